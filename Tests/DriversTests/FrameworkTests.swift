import Drivers
import Foundation
import Model
import Testing

/// An interpreter that has all three, if the caller made one.
let frameworkPython = ProcessInfo.processInfo.environment["SORTIE_TEST_PYTHON"]
let noFrameworks: Comment = "SORTIE_TEST_PYTHON names no Python with pytest, robot and xtesting"

/// Real pytest, Robot Framework and Xtesting.
@Suite(.enabled(if: frameworkPython != nil, noFrameworks))
struct FrameworkTests {
  @Test func pytestResultsAreRead() async throws {
    try await Attempt.with { attempt in
      attempt.python = frameworkPython ?? ""
      attempt.criteria = .percentage(40)
      try attempt.write(
        "suite/test_a.py",
        """
        import pytest
        def test_good(): pass
        def test_bad(): assert 1 == 2, "why <b> & ü"
        @pytest.mark.skip(reason="s")
        def test_skipped(): pass
        @pytest.mark.xfail
        def test_expected(): assert 0
        @pytest.fixture
        def later():
            yield
            raise OSError("no tear-down")
        def test_late(later): pass
        @pytest.mark.parametrize("n", [1, 2])
        def test_many(n): pass
        """)
      let judgement = try await attempt.run(
        RunSpec(driver: "pytest", args: ["dir": "suite", "options": ["tb": "short"]]))
      #expect(judgement.verdict == .pass, "\(attempt.output)")
      #expect(judgement.result == 60)
      #expect(judgement.details?["skipped"] == 2)
      #expect(judgement.reason?.hasPrefix("2 of 7 tests failed, first suite.test_a.test_bad: ") == true)
    }
  }

  @Test(arguments: [
    ("import not_installed_here", "t.py", "pytest was interrupted or could not collect the tests: "),
    ("", "nowhere", "pytest was called wrongly: "), ("x = 1", "t.py", "pytest found no tests"),
  ])
  func pytestThatCannotRunIsAnError(source: String, target: String, reason: String) async throws {
    try await Attempt.with { attempt in
      attempt.python = frameworkPython ?? ""
      try attempt.write("t.py", source)
      let judgement = try await attempt.run(RunSpec(driver: "pytest", args: ["dir": .string(target)]))
      #expect(judgement.verdict == .error)
      #expect(judgement.reason?.hasPrefix(reason) == true, "\(judgement) \(attempt.output)")
    }
  }

  static let suite = """
    *** Settings ***
    Suite Teardown    Run Keyword If    '${BREAK}' == 'yes'    Fail    no tear-down
    *** Variables ***
    ${BREAK}    no
    *** Test Cases ***
    One
        [Tags]    fine
        Log    hello
    Two
        [Tags]    broken
        Fail    nope <x>
    Three
        [Tags]    fine
        Skip    because

    """

  static let runs: [([String: JSONValue], Verdict, Double?, String?)] = [
    ([:], .fail, 100 * 2 / 3, "1 of 3 tests failed, first Two: nope <x>"),
    (["include": "fine"], .pass, 100, nil),
    (["exclude": ["broken"], "deny_skipping": true], .fail, 50, "1 of 2 tests were skipped"),
    (["test": "Three"], .skip, nil, "all 1 tests skipped themselves: because"),
    // The test that passed fails with the tear-down.
    (
      ["include": "fine", "variable": ["BREAK:yes"]], .fail, 50,
      "1 of 2 tests failed, first A: Suite teardown failed: no tear-down"
    ),
    (
      ["include": "nothing"], .error, nil,
      "Robot Framework refused the suites or options, or nothing matched (exit status 252)"
    ),
  ]

  @Test(arguments: runs)
  func robotResultsAreRead(
    args: [String: JSONValue], verdict: Verdict, result: Double?, reason: String?
  ) async throws {
    try await Attempt.with { attempt in
      attempt.python = frameworkPython ?? ""
      try attempt.write("a.robot", Self.suite)
      let judgement = try await attempt.run(
        RunSpec(driver: "robotframework", args: args.merging(["suites": ["a.robot"]]) { $1 }))
      #expect(judgement.verdict == verdict, "\(attempt.output)")
      #expect(judgement.result == result)
      #expect(judgement.reason == reason)
    }
  }

  static let entries: [(String, [String: JSONValue], Verdict, Double?)] = [
    ("first", [:], .pass, 100), ("second", [:], .pass, 100),
    ("bashfeature", ["cmd": "true"], .pass, 100), ("bashfeature", ["cmd": "false"], .fail, 0),
    ("pytest", ["dir": "t.py"], .fail, 50), ("nowhere", [:], .error, nil),
  ]

  @Test(arguments: entries)
  func entryPointsOfXtestingRun(
    name: String, args: [String: JSONValue], verdict: Verdict, result: Double?
  ) async throws {
    try await Attempt.with { attempt in
      attempt.python = frameworkPython ?? ""
      try attempt.write("t.py", "def test_a(): pass\ndef test_b(): assert 0\n")
      let judgement = try await attempt.run(RunSpec(driver: "xtesting", entry: .named(name), args: args))
      #expect(judgement.verdict == verdict, "\(judgement) \(attempt.output)")
      #expect(judgement.result == result)
    }
  }
}
