extension GeneratedFile {
  /// Loads an Xtesting test case by entry point or class, runs it and writes down what it says of itself. It never
  /// publishes anything. Python 3.6 and later.
  static let xtestingProgram = GeneratedFile(path: "run_xtesting.py", bytes: Array(xtestingSource.utf8))
}

private let xtestingSource = #"""
  import importlib
  import json
  import logging
  import math
  import os
  import sys
  import traceback

  results, result_name, case_name = sys.argv[1:4]
  sys.argv = sys.argv[:1]
  # As with "python -m", modules beside the tests come first, not those beside this program.
  sys.path[0] = os.getcwd()
  logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s: %(message)s")

  EX_OK, EX_SKIPPED, EX_FAILED = 0, 67, 68
  GROUP = "xtesting.testcase"


  def give_up(problem):
      print(problem, file=sys.stderr)
      with open(os.path.join(results, "problem.txt"), "w", encoding="utf-8", errors="replace") as out:
          out.write(problem)
      sys.exit(1)


  def plain(value, depth=0):
      """What JSON can hold; the rest as text."""
      if value is None or isinstance(value, (bool, int, str)):
          return value
      if isinstance(value, float):
          return value if math.isfinite(value) else str(value)
      if depth > 50:
          return "..."
      if isinstance(value, dict):
          return {str(key): plain(item, depth + 1) for key, item in value.items()}
      if isinstance(value, (list, tuple, set, frozenset)):
          return [plain(item, depth + 1) for item in value]
      return str(value)


  def entry_points():
      try:
          from importlib import metadata
      except ImportError:  # before Python 3.8
          import pkg_resources
          return list(pkg_resources.iter_entry_points(GROUP))
      points = metadata.entry_points()
      if hasattr(points, "select"):
          return list(points.select(group=GROUP))
      return list(points.get(GROUP, []))


  def load(run):
      if "module" in run:
          return getattr(importlib.import_module(run["module"]), run["class"])
      for point in entry_points():
          if point.name == run["name"]:
              return point.load()
      give_up("missing tool: no entry point %s in %s for %s; is its package installed?" % (
          run["name"], GROUP, sys.executable))


  def successful(case):
      """The case's own word; where its class has none, the rule of its generation."""
      if hasattr(case, "is_successful"):
          return case.is_successful()
      if hasattr(case, "check_criteria"):
          return EX_OK if case.check_criteria() == 0 else EX_FAILED
      result, criteria = getattr(case, "result", None), getattr(case, "criteria", None)
      if isinstance(result, str) or isinstance(criteria, str):
          return EX_OK if result == "PASS" or criteria == "PASS" else EX_FAILED
      return EX_OK if criteria and result is not None and result >= criteria else EX_FAILED


  def write(case, status, reason=None):
      report = {"status": status, "reason": reason}
      for name in ("result", "criteria", "start_time", "stop_time", "details"):
          report[name] = plain(getattr(case, name, None))
      path = os.path.join(results, result_name)
      with open(path + ".new", "w", encoding="utf-8") as out:
          json.dump(report, out, allow_nan=False)
      os.rename(path + ".new", path)


  def run(case, arguments):
      """The status and, where something was raised, a reason."""
      try:
          if hasattr(case, "check_requirements"):
              case.check_requirements()
          if getattr(case, "is_skipped", False):
              return EX_SKIPPED, "its requirements are not met"
          code = case.run(**arguments)
          status = successful(case)
          if status == EX_OK or code in (None, EX_OK):
              return status, None
          return status, "run() returned %s" % code
      except ImportError as error:
          traceback.print_exc(file=sys.stdout)
          give_up("missing tool: %s" % error)
      except (Exception, SystemExit) as error:
          traceback.print_exc(file=sys.stdout)
          return EX_FAILED, "it raised %s: %s" % (type(error).__name__, error)


  with open(os.path.join(results, case_name), encoding="utf-8") as source:
      definition = json.load(source)
  entry = definition["run"]
  what = entry.get("name") or "%s.%s" % (entry.get("module"), entry.get("class"))

  try:
      kind = load(entry)
  except ImportError as error:
      give_up("missing tool: cannot load %s: %s" % (what, error))
  except Exception as error:
      traceback.print_exc(file=sys.stdout)
      give_up("cannot load %s: %s: %s" % (what, type(error).__name__, error))

  # Xtesting's folder is fixed to one below /var; several cases at once need their own.
  if hasattr(kind, "dir_results"):
      kind.dir_results = results

  try:
      case = kind(**definition)
  except Exception as error:
      traceback.print_exc(file=sys.stdout)
      give_up("cannot make %s: %s: %s" % (what, type(error).__name__, error))

  try:
      status, reason = run(case, entry.get("args") or {})
      write(case, status, reason)
  finally:
      if hasattr(case, "clean"):
          try:
              case.clean()
          except Exception:
              traceback.print_exc(file=sys.stdout)
  sys.exit(0 if status in (EX_OK, EX_SKIPPED) else 1)

  """#
