extension GeneratedFile {
  /// Runs a Python module as `python -m` would, and says so in words if it is not installed. Python 3.6 and later.
  static let moduleProgram = GeneratedFile(path: "run_module.py", bytes: Array(moduleSource.utf8))
}

private let moduleSource = #"""
  import importlib.util
  import os
  import runpy
  import sys

  results, module = sys.argv[1:3]
  # As with "python -m", modules beside the tests come first, not those beside this program.
  sys.path[0] = os.getcwd()

  if importlib.util.find_spec(module) is None:
      problem = "missing tool: no Python module named %s for %s" % (module, sys.executable)
      print(problem, file=sys.stderr)
      with open(os.path.join(results, "problem.txt"), "w", encoding="utf-8") as out:
          out.write(problem)
      sys.exit(127)

  sys.argv = sys.argv[2:]
  runpy.run_module(module, run_name="__main__", alter_sys=True)

  """#
