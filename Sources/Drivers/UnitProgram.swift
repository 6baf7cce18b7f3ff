extension GeneratedFile {
  /// Loads and runs unittest tests and writes a JUnit file. Python 3.6 and later.
  static let unitProgram = GeneratedFile(path: "run_unit.py", bytes: Array(unitSource.utf8))
}

private let unitSource = #"""
  import importlib.util
  import os
  import re
  import sys
  import time
  import unittest
  from xml.sax.saxutils import escape, quoteattr

  results, xml_name, target = sys.argv[1:4]
  sys.argv = [target]
  # As with "python -m", modules beside the tests come first, not those beside this program.
  sys.path[0] = os.getcwd()


  def give_up(problem):
      print(problem, file=sys.stderr)
      with open(os.path.join(results, "problem.txt"), "w", encoding="utf-8", errors="replace") as out:
          out.write(problem)
      sys.exit(1)


  def load(name):
      loader = unittest.TestLoader()
      if os.path.isdir(name):
          suite = loader.discover(name)
      elif os.path.isfile(name):
          folder, file_name = os.path.split(os.path.abspath(name))
          sys.path.insert(0, folder)
          module_name = os.path.splitext(file_name)[0]
          spec = importlib.util.spec_from_file_location(module_name, name)
          if spec is None:
              give_up("cannot load %s: it is no Python file" % name)
          module = importlib.util.module_from_spec(spec)
          sys.modules[module_name] = module
          spec.loader.exec_module(module)
          suite = loader.loadTestsFromModule(module)
      else:
          suite = loader.loadTestsFromName(name)
      if loader.errors:
          give_up("cannot load %s: %s" % (name, loader.errors[0].strip().splitlines()[-1]))
      return suite


  class Result(unittest.TextTestResult):
      """Remembers the worst outcome of every test; sub-tests and class fixtures count for whom they belong to."""

      RANK = {"passed": 0, "skipped": 1, "error": 2, "failure": 3}

      def __init__(self, *args, **kwargs):
          super().__init__(*args, **kwargs)
          self.outcomes = {}

      def note(self, test, kind, message=""):
          key = test.id()
          if key not in self.outcomes or self.RANK[kind] > self.RANK[self.outcomes[key][0]]:
              self.outcomes[key] = (kind, message)

      @staticmethod
      def say(error):
          text = str(error[1]).strip()
          return "%s: %s" % (error[0].__name__, text) if text else error[0].__name__

      def addSuccess(self, test):
          super().addSuccess(test)
          self.note(test, "passed")

      def addExpectedFailure(self, test, err):
          super().addExpectedFailure(test, err)
          self.note(test, "passed")

      def addUnexpectedSuccess(self, test):
          super().addUnexpectedSuccess(test)
          self.note(test, "failure", "unexpected success")

      def addSkip(self, test, reason):
          super().addSkip(test, reason)
          self.note(test, "skipped", reason)

      def addFailure(self, test, err):
          super().addFailure(test, err)
          self.note(test, "failure", self.say(err))

      def addError(self, test, err):
          super().addError(test, err)
          self.note(test, "error", self.say(err))

      def addSubTest(self, test, subtest, err):
          super().addSubTest(test, subtest, err)
          if err is not None:
              kind = "failure" if issubclass(err[0], test.failureException) else "error"
              self.note(test, kind, "%s: %s" % (subtest._subDescription(), self.say(err)))


  NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


  def attribute(text):
      return quoteattr(NOT_XML.sub("?", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


  def write(outcomes, seconds):
      count = lambda kind: sum(1 for outcome in outcomes.values() if outcome[0] == kind)
      # Written aside and renamed, so that a torn file is never taken for a result.
      path = os.path.join(results, xml_name)
      with open(path + ".new", "w", encoding="utf-8", errors="replace") as out:
          out.write('<?xml version="1.0" encoding="utf-8"?>\n')
          out.write('<testsuite name=%s tests="%d" failures="%d" errors="%d" skipped="%d" time="%.3f">\n' % (
              attribute(target), len(outcomes), count("failure"), count("error"), count("skipped"), seconds))
          for key in outcomes:
              kind, message = outcomes[key]
              owner, _, name = key.rpartition(".")
              out.write('<testcase classname=%s name=%s' % (attribute(owner), attribute(name)))
              if kind == "passed":
                  out.write("/>\n")
              else:
                  out.write("><%s message=%s/></testcase>\n" % (kind, attribute(message[:4000])))
          out.write("</testsuite>\n")
      os.rename(path + ".new", path)


  try:
      suite = load(target)
  except Exception as error:
      give_up("cannot load %s: %s: %s" % (target, type(error).__name__, error))
  except SystemExit as error:
      give_up("cannot load %s: it ended Python (%s)" % (target, error))

  start = time.time()
  result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Result).run(suite)
  write(result.outcomes, time.time() - start)
  sys.exit(0 if result.wasSuccessful() else 1)

  """#
