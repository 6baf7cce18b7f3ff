import Model
import Testing

@testable import Reporting

struct ExitStatusTests {
  @Test func precedenceIsTotalAndAsDocumented() {
    #expect(Reporting.ExitStatus.precedence.map(\.rawValue) == [130, 2, 4, 3, 1, 5, 0])
    #expect(Set(Reporting.ExitStatus.precedence) == Set(Reporting.ExitStatus.allCases))
    for (index, strong) in Reporting.ExitStatus.precedence.enumerated() {
      for weak in Reporting.ExitStatus.precedence[index...] {
        #expect(Reporting.ExitStatus.strongest(of: [weak, strong]) == strong)
      }
    }
    #expect(Reporting.ExitStatus.strongest(of: []) == .passed)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var what: String
    var verdicts: [Verdict]
    var status: Reporting.ExitStatus
    var servers: [String] = []
    var missing = false
    var cancelled = false
    var slice: Slice?
    var badHook = false
    var testDescription: String { what }
  }

  static let rows: [Row] = [
    Row(what: "all passed", verdicts: [.pass, .pass], status: .passed),
    Row(what: "a rule skipped one", verdicts: [.pass, .skip], status: .passed),
    Row(what: "a test failed", verdicts: [.pass, .fail], status: .failed),
    Row(what: "an error is stronger than a failure", verdicts: [.fail, .error], status: .infrastructure),
    Row(what: "one is missing", verdicts: [.pass, .pass], status: .infrastructure, missing: true),
    Row(what: "a tear-down failed", verdicts: [.pass], status: .infrastructure, badHook: true),
    Row(what: "nothing was selected", verdicts: [], status: .nothing),
    Row(what: "an empty share is green", verdicts: [], status: .passed, slice: Slice(index: 2, count: 3)),
    Row(what: "results wait", verdicts: [.pass], status: .undelivered, servers: ["s"]),
    Row(what: "a failure is stronger than waiting", verdicts: [.fail], status: .failed, servers: ["s"]),
    Row(what: "skips wait for no server", verdicts: [.pass, .skip], status: .undelivered, servers: ["s"]),
    Row(what: "interrupted", verdicts: [.error, .fail], status: .interrupted, cancelled: true),
  ]

  @Test(arguments: rows) func judges(_ row: Row) {
    var script = Script()
    let names = row.verdicts.indices.map { "case\($0)" } + (row.missing ? ["lost"] : [])
    script.begin(names.map { planned("smoke", $0) }, servers: row.servers, slice: row.slice)
    for (name, verdict) in zip(names, row.verdicts) {
      script.attempt(name, on: "n1", verdict, result: verdict == .pass ? 100 : 0)
      script.finish(name, verdict, verdict == .pass ? nil : "so it is")
    }
    if row.badHook { script.attempt("teardown:tier:smoke", on: "n1", .fail, reason: "left things") }
    script.end(cancelled: row.cancelled, missing: row.missing ? ["lost"] : [])
    let conclusion = Conclusion(of: script.state)
    #expect(conclusion.status == row.status)
    #expect(!conclusion.reason.isEmpty)
  }

  @Test func onlySkippedByThePlanIsNothing() {
    var script = Script()
    script.begin([planned("smoke", "a", skip: "nothing to run")])
    script.finish("a", .skip, "nothing to run", attempts: 0)
    script.end()
    #expect(Conclusion(of: script.state).status == .nothing)
  }

  @Test func longListsAreShortened() {
    var script = Script()
    script.begin((1...9).map { planned("smoke", "c\($0)") })
    for number in 1...9 {
      script.attempt("c\(number)", on: "n1", .fail)
      script.finish("c\(number)", .fail)
    }
    script.end()
    #expect(Conclusion(of: script.state).reason == "failed: c1, c2, c3, c4, c5 and 4 more")
  }
}
