import Drivers
import Model
import Testing

/// The verdict table of docs/drivers.md, row by row.
struct EndingTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var ending: Ending
    var verdict: Verdict
    var result: Double?
    var reason: String?
    var args: [String: JSONValue] = [:]
    var criteria = Criteria.percentage(100)
    var testDescription: String { "\(ending) \(args) \(criteria)" }
  }

  static let commandRows = [
    Row(ending: .exited(0), verdict: .pass, result: 100),
    Row(ending: .exited(1), verdict: .fail, result: 0, reason: "exit status 1"),
    Row(ending: .exited(3), verdict: .fail, result: 0, reason: "exit status 3"),
    Row(ending: .exited(77), verdict: .fail, result: 0, reason: "exit status 77"),
    Row(
      ending: .exited(77), verdict: .skip, reason: "skipped by itself (exit status 77)", args: ["skip_exit": 77]),
    Row(ending: .exited(0), verdict: .pass, result: 100, args: ["skip_exit": 77]),
    Row(
      ending: .exited(126), verdict: .error,
      reason: "missing tool: command found but not executable (exit status 126)"),
    Row(ending: .exited(127), verdict: .error, reason: "missing tool: command not found (exit status 127)"),
    Row(ending: .exited(128), verdict: .fail, result: 0, reason: "exit status 128"),
    Row(ending: .exited(139), verdict: .fail, result: 0, reason: "exit status 139 (128 + SIGSEGV)"),
    Row(ending: .exited(255), verdict: .fail, result: 0, reason: "exit status 255"),
    Row(
      ending: .exited(0), verdict: .fail, result: 100,
      reason: "the result is 100 %, the criteria are 0, which never passes", criteria: .percentage(0)),
    Row(ending: .exited(0), verdict: .pass, result: 100, criteria: .expression("ret == 0")),
    Row(ending: .exited(1), verdict: .fail, result: 0, reason: "exit status 1", criteria: .expression("ret == 0")),
  ]

  static let sharedRows = [
    Row(ending: .signalled(11), verdict: .fail, result: 0, reason: "killed by SIGSEGV"),
    Row(ending: .signalled(15), verdict: .fail, result: 0, reason: "killed by SIGTERM"),
    Row(
      ending: .signalled(9), verdict: .fail, result: 0,
      reason: "killed by SIGKILL (from outside, or out of memory)"),
    Row(ending: .signalled(40), verdict: .fail, result: 0, reason: "killed by signal 40"),
    Row(ending: .timedOut(afterSeconds: 30), verdict: .fail, result: 0, reason: "timed out after 30 s"),
    Row(ending: .timedOut(afterSeconds: 0.5), verdict: .fail, result: 0, reason: "timed out after 0.5 s"),
    Row(
      ending: .notSpawned(errno: 2, program: "tox"), verdict: .error,
      reason: "cannot start tox: missing tool: no such program"),
    Row(
      ending: .notSpawned(errno: 13, program: "./a"), verdict: .error,
      reason: "cannot start ./a: missing tool: not executable"),
    Row(
      ending: .notSpawned(errno: 8, program: "./a"), verdict: .error,
      reason: "cannot start ./a: missing tool: not a program this machine can run"),
    Row(
      ending: .notSpawned(errno: 20, program: "a/b"), verdict: .error,
      reason: "cannot start a/b: missing tool: a part of its path is no folder"),
    Row(
      ending: .notSpawned(errno: 7, program: "a"), verdict: .error,
      reason: "cannot start a: its arguments and environment are too long"),
    Row(
      ending: .notSpawned(errno: 11, program: "a"), verdict: .error,
      reason: "cannot start a: no more processes are allowed here"),
    Row(ending: .notSpawned(errno: 12, program: "a"), verdict: .error, reason: "cannot start a: out of memory"),
    Row(ending: .notSpawned(errno: 24, program: "a"), verdict: .error, reason: "cannot start a: too many open files"),
    Row(ending: .notSpawned(errno: 99, program: "a"), verdict: .error, reason: "cannot start a: error number 99"),
    Row(ending: .cancelled, verdict: .error, reason: "cancelled"),
  ]

  @Test(arguments: ["exec", "bashfeature"], commandRows + sharedRows)
  func commandsAreJudgedByTheTable(driver: String, row: Row) {
    expect(row, of: driver)
  }

  @Test(arguments: ["unit", "pytest", "robotframework", "xtesting"], sharedRows)
  func otherDriversShareEverythingButTheStatus(driver: String, row: Row) {
    expect(row, of: driver)
  }

  @Test(arguments: [
    (0, Verdict.pass, nil), (1, .fail, "exit status 1: the disk is full"), (77, .skip, "the disk is full"),
    (127, .error, "missing tool: command not found (exit status 127): the disk is full"),
  ])
  func aCommandMaySayWhy(status: Int32, verdict: Verdict, reason: String?) {
    let spec = RunSpec(driver: "exec", args: ["argv": ["a"], "skip_exit": 77])
    let judgement = Drivers.judge(.exited(status), spec: spec, context: context()) { name in
      name == "reason.txt" ? Array("the disk\nis full\n".utf8) : nil
    }
    #expect(judgement.verdict == verdict)
    #expect(judgement.reason == reason)
  }

  @Test func anUnknownDriverIsAnError() {
    let judgement = Drivers.judge(
      .exited(0), spec: RunSpec(driver: "docker"), context: context(), read: { _ in nil })
    #expect(judgement == Judgement(.error, reason: "there is no driver named docker"))
  }

  private func expect(_ row: Row, of driver: String) {
    let spec = RunSpec(driver: driver, args: row.args)
    let judgement = Drivers.judge(row.ending, spec: spec, context: context(row.criteria), read: { _ in nil })
    #expect(judgement == Judgement(row.verdict, result: row.result, reason: row.reason))
  }
}

func context(_ criteria: Criteria = .percentage(100), environment: [String: String] = [:]) -> DriverContext {
  DriverContext(
    workDirectory: "/w", resultsDirectory: "/r", python: "python3", criteria: criteria, environment: environment,
    project: "functest", tier: "smoke", caseName: "a_case")
}
