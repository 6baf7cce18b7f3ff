import Model
import Testing

@testable import Reporting

struct TAPTests {
  @Test func holdsWhatWasExpected() {
    let lines = TAP.document(ExpectedOutcomes.script().report).split(separator: "\n").map(String.init)
    #expect(lines.prefix(2) == ["TAP version 13", "1..13"])
    let tests = lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }
    #expect(tests.count == ExpectedOutcomes.cases.count)
    for (index, expected) in ExpectedOutcomes.cases.enumerated() {
      let name = "\(index + 1) - \(expected.tier)/\(expected.id)"
      let line =
        switch expected.verdict {
        case .pass: "ok \(name)"
        case .skip: "ok \(name) # SKIP \(expected.reason ?? "")"
        case .fail: "not ok \(name)"
        case .error: "not ok \(name) # ERROR \(expected.reason ?? "")"
        }
      #expect(tests[index] == line)
    }
    #expect(lines.contains("# flaky 2/3: vnf/shaky"))
  }

  @Test func explainsAFailure() {
    var script = Script()
    script.begin([planned("smoke", "a", criteria: .expression("success_rate >= 90%"))])
    script.attempt("a", on: "n1", .fail, result: 62.5, reason: "3 of \"8\"", duration: 2.5, output: "x")
    script.finish("a", .fail, "3 of \"8\" failed")
    script.end()
    #expect(
      TAP.document(script.report) == """
        TAP version 13
        1..1
        not ok 1 - smoke/a
          ---
          verdict: fail
          message: "3 of \\"8\\" failed"
          criteria: "success_rate >= 90%"
          result: 62.5
          duration: 2.5
          node: "n1"
          attempts: 1
          log: "cases/a/1.log"
          ...

        """)
  }

  @Test func nothingPlannedIsAPlanOfNothing() {
    var script = Script()
    script.begin([])
    script.end()
    #expect(TAP.document(script.report) == "TAP version 13\n1..0 # SKIP nothing was planned\n")
  }
}
