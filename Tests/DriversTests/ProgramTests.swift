import Drivers
import Foundation
import Model
import Testing

/// The programs that run in a Python on the node, with the Python of the system.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "there is no /usr/bin/python3"))
struct ProgramTests {
  static let tests = """
    import unittest
    class Some(unittest.TestCase):
        def test_good(self): print("good news")
        def test_bad(self): self.assertEqual("<1>", "\\x00&2")
        def test_err(self): raise OSError("line one\\nline two")
        @unittest.skip("not here")
        def test_skipped(self): pass
        @unittest.expectedFailure
        def test_expected(self): self.fail()
        @unittest.expectedFailure
        def test_unexpected(self): pass
        def test_parts(self):
            for number in range(3):
                with self.subTest(number=number): self.assertEqual(number, 1)
    """

  @Test(arguments: ["some_tests", "some_tests.py", "."])
  func unittestIsRunByModuleFileOrFolder(name: String) async throws {
    try await Attempt.with { attempt in
      try attempt.write(name == "." ? "test_some.py" : "some_tests.py", Self.tests)
      let judgement = try await attempt.run(RunSpec(driver: "unit", args: ["name": .string(name)]))
      #expect(judgement.verdict == .fail, "\(attempt.output)")
      #expect(judgement.result == 100.0 * 3 / 7)
      #expect(judgement.details?["testsRun"] == 7)
      #expect(judgement.details?["failures"] == 3)
      #expect(judgement.details?["errors"] == 1)
      #expect(judgement.details?["skipped"] == 1)
      #expect(judgement.reason?.hasPrefix("4 of 7 tests failed, first ") == true)
      #expect(attempt.output.contains("good news"))
    }
  }

  @Test func oneTestOfAModuleCanBeNamed() async throws {
    try await Attempt.with { attempt in
      try attempt.write("some_tests.py", Self.tests)
      let judgement = try await attempt.run(RunSpec(driver: "unit", args: ["name": "some_tests.Some.test_good"]))
      #expect(judgement.verdict == .pass)
      #expect(judgement.result == 100)
    }
  }

  static let unloadable = [
    ("import nowhere_to_be_found", "cannot load broken.py: ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
    ("import sys; sys.exit(3)", "cannot load broken.py: it ended Python (3)"),
    ("x = 1", "no test was run"),
    ("import os; os._exit(0)", "unittest left no results (exit status 0)"),
  ]

  @Test(arguments: unloadable)
  func unittestThatCannotBeLoadedIsAnError(source: String, reason: String) async throws {
    try await Attempt.with { attempt in
      try attempt.write("broken.py", source)
      let judgement = try await attempt.run(RunSpec(driver: "unit", args: ["name": "broken.py"]))
      #expect(judgement.verdict == .error)
      #expect(judgement.reason == reason, "\(attempt.output)")
    }
  }

  @Test func aMissingModuleIsAnErrorThatNamesIt() async throws {
    try await Attempt.with { attempt in
      let judgement = try await attempt.run(RunSpec(driver: "unit", args: ["name": "no_such_module"]))
      #expect(judgement.verdict == .error)
      #expect(judgement.reason?.contains("no_such_module") == true)
    }
  }

  @Test func classFixturesThatFailAreErrorsOfTheTest() async throws {
    try await Attempt.with { attempt in
      try attempt.write(
        "t.py",
        """
        import unittest
        class A(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise RuntimeError("no set-up")
            def test_a(self): pass
        class B(unittest.TestCase):
            def test_b(self): pass
        """)
      let judgement = try await attempt.run(RunSpec(driver: "unit", args: ["name": "t.py"]))
      #expect(judgement.verdict == .fail)
      #expect(judgement.result == 50)
    }
  }

  @Test(arguments: [("pytest", "dir"), ("robotframework", "suites")])
  func aFrameworkThatIsNotInstalledIsAMissingTool(driver: String, key: String) async throws {
    try await Attempt.with { attempt in
      // An environment of its own has neither framework, whatever the system's Python has.
      let python = try await bareInterpreter(attempt)
      let judgement = try await attempt.run(RunSpec(driver: driver, args: [key: "t", "python": .string(python)]))
      #expect(judgement.verdict == .error)
      #expect(judgement.reason?.hasPrefix("missing tool: no Python module named ") == true, "\(attempt.output)")
    }
  }

  private func bareInterpreter(_ attempt: Attempt) async throws -> String {
    let folder = attempt.folder.appending(path: "bare/bin")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("include-system-site-packages = false\nhome = /usr/bin\n".utf8)
      .write(to: folder.deletingLastPathComponent().appending(path: "pyvenv.cfg"))
    let python = folder.appending(path: "python3")
    try FileManager.default.createSymbolicLink(atPath: python.path, withDestinationPath: "/usr/bin/python3")
    return python.path
  }

  static let class_ = """
    import os
    class Base:
        dir_results = "/nowhere"
        def __init__(self, **kwargs):
            assert kwargs["run"]["args"] == {"answer": 42}, kwargs
            self.case_name, self.project_name = kwargs["case_name"], kwargs["project_name"]
            self.criteria, self.result, self.details = kwargs["criteria"], 0, {}
            self.is_skipped = False
        def clean(self):
            print("cleaned", self.dir_results)
    class Good(Base):
        def run(self, **kwargs):
            self.result, self.details = 85.5, {"answer": kwargs["answer"], "odd": {1: float("nan"), "s": {2}}}
            return 0
    class Poor(Good):
        def run(self, **kwargs):
            self.result = 50
            return 70
    class Skips(Good):
        def check_requirements(self): self.is_skipped = True
    class Raises(Good):
        def run(self, **kwargs): raise ValueError("too bad")
    class Needs(Good):
        def run(self, **kwargs): import not_installed_here
    class Old(Base):
        def run(self, **kwargs):
            self.criteria = "PASS"
        def check_criteria(self): return 0 if self.criteria == "PASS" else 1
    class OldFail(Old):
        def run(self, **kwargs):
            self.criteria = "FAIL"
    class Unmakeable(Base):
        def __init__(self, **kwargs): raise KeyError("name")
    """

  static let classes: [(String, Verdict, Double?, String?)] = [
    ("Good", .pass, 85.5, nil),
    ("Poor", .fail, 50, "run() returned 70"),
    ("Skips", .skip, nil, "its requirements are not met"),
    ("Raises", .fail, 0, "it raised ValueError: too bad"),
    ("Needs", .error, nil, "missing tool: No module named 'not_installed_here'"),
    ("Old", .pass, 100, nil),
    ("OldFail", .fail, 0, "its result is 0 %"),
    ("Unmakeable", .error, nil, "cannot make cases.Unmakeable: KeyError: 'name'"),
    ("Nowhere", .error, nil, "cannot load cases.Nowhere: AttributeError: module 'cases' has no attribute 'Nowhere'"),
  ]

  @Test(arguments: classes)
  func aClassIsTakenAtItsWord(name: String, verdict: Verdict, result: Double?, reason: String?) async throws {
    try await Attempt.with { attempt in
      attempt.criteria = .percentage(80)
      try attempt.write("cases.py", Self.class_)
      let spec = RunSpec(driver: "xtesting", entry: .type(module: "cases", name: name), args: ["answer": 42])
      let judgement = try await attempt.run(spec)
      #expect(judgement.verdict == verdict, "\(attempt.output)")
      #expect(judgement.result == result)
      #expect(judgement.reason == reason)
      if name == "Good" {
        #expect(judgement.details == ["answer": 42, "odd": ["1": "nan", "s": [2]]])
        #expect(attempt.output.contains("cleaned \(attempt.results.path)"))
      }
    }
  }

  @Test func anEntryPointThatIsNotThereIsAMissingTool() async throws {
    try await Attempt.with { attempt in
      let judgement = try await attempt.run(RunSpec(driver: "xtesting", entry: .named("no_such_entry")))
      #expect(judgement.verdict == .error)
      #expect(judgement.reason?.hasPrefix("missing tool: no entry point no_such_entry in xtesting.testcase") == true)
    }
  }

  @Test func anEntryPointOfAnInstalledPackageIsFound() async throws {
    try await Attempt.with { attempt in
      try attempt.write("cases.py", Self.class_)
      try attempt.write("cases-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: cases\nVersion: 1\n")
      try attempt.write("cases-1.dist-info/entry_points.txt", "[xtesting.testcase]\ngood = cases:Good\n")
      let judgement = try await attempt.run(RunSpec(driver: "xtesting", entry: .named("good"), args: ["answer": 42]))
      #expect(judgement.verdict == .fail, "85.5 of 100: \(attempt.output)")
      #expect(judgement.result == 85.5)
    }
  }
}
