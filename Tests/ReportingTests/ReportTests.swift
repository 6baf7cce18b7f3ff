import Foundation
import Model
import Testing

@testable import Reporting

struct ReportTests {
  @Test func holdsWhatWasExpected() {
    let report = ExpectedOutcomes.script().report
    #expect(report.cases.count == ExpectedOutcomes.cases.count)
    for (item, expected) in zip(report.cases, ExpectedOutcomes.cases) {
      #expect(item.id == expected.id)
      #expect(item.tier == expected.tier, "\(item.id)")
      #expect(item.verdict == expected.verdict, "\(item.id)")
      #expect(item.reason == expected.reason, "\(item.id)")
      #expect(item.node == expected.node, "\(item.id)")
      #expect(item.attempts == expected.attempts, "\(item.id)")
      #expect(item.duration == expected.duration, "\(item.id)")
      #expect(item.result == expected.result, "\(item.id)")
      #expect(item.published.state == expected.publication, "\(item.id)")
      #expect(item.history.count == expected.attempts, "\(item.id)")
      #expect(item.flaky == expected.flaky, "\(item.id)")
    }
    #expect(report.counts == ExpectedOutcomes.counts)
    #expect(report.missing == ["never", "adrift"])
    #expect(report.lastSeen.map(\.id) == report.missing)
    #expect(report.lastSeen[0].place == "never leased")
    #expect(report.resumed == 1)
    #expect(report.nodes.map(\.state) == [.ready, .ready, .excluded, .unreached])
    #expect(report.exit == 130)
    #expect(report.exitReason == "interrupted by interrupt")
    #expect(report.hooks.map(\.verdict) == [.pass, .fail])
    #expect(report.cases[8].history[0].artifacts == [.init(path: "out/report.html", size: 9, isCut: true)])
    #expect(report.cases[8].history[0].leaked == ["sleep (4711)"])
  }

  /// The keys are an interface.
  @Test func hasTheDocumentedKeysEvenWhereNothingIsKnown() throws {
    let bytes = try ExpectedOutcomes.script().report.json()
    let top = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(
      Set(top.keys) == [
        "sortie", "run", "started", "finished", "duration", "host", "pod", "installer", "scenario", "build_tag",
        "version", "arguments", "servers", "slice", "exit", "exit_reason", "complete", "missing", "last_seen",
        "resumed",
        "counts", "nodes", "cases", "hooks",
      ])
    let cases = try #require(top["cases"] as? [[String: Any]])
    for item in cases {
      #expect(
        Set(item.keys) == [
          "tier", "domain", "project", "case", "id", "verdict", "criteria", "result", "duration", "node", "attempts",
          "published", "reason", "flaky", "log", "decided", "history",
        ])
    }
    #expect(cases[0]["case"] as? String == "node_ready")
    #expect(cases[0]["criteria"] as? Double == 100)
    #expect(cases[4]["criteria"] as? String == "success_rate >= 90%")
    #expect(cases[4]["domain"] as? String == "tempest")
    #expect(cases[4]["attempts"] as? Int == 2)
    #expect(cases[5]["result"] is NSNull)
    #expect(
      (cases[3]["published"] as? [String: Any])?["reason"] as? String == "\(ExpectedOutcomes.server): 403 pod unknown")
    #expect((cases[5]["published"] as? [String: Any])?["reason"] as? String == "skip is not published")
  }

  @Test func isReadBackAsItWasWritten() throws {
    let report = ExpectedOutcomes.script().report
    #expect(try Report(json: try report.json()) == report)
    #expect(throws: Fault.self) { try Report(json: Array("{}".utf8)) }
  }

  @Test func aLogIsNamedOnlyWhereSomethingWasPrinted() throws {
    var script = Script()
    script.begin([planned("smoke", "quiet"), planned("smoke", "loud")])
    script.attempt("quiet", on: "n1", .fail, reason: "no")
    script.finish("quiet", .fail, "no")
    script.attempt("loud", on: "n1", .fail, reason: "no", output: "x")
    script.finish("loud", .fail, "no")
    script.end()
    let report = script.report
    #expect(report.cases.map(\.log) == [nil, "cases/loud/1.log"])
    #expect(report.cases.map { $0.history[0].log } == [nil, "cases/loud/1.log"])
    let texts = [
      SummaryTable.text(report), TAP.document(report), script.say(PlainConsole()),
      String(decoding: JUnit().document(report, tail: script.tail), as: UTF8.self),
      String(decoding: try report.json(), as: UTF8.self),
    ]
    for text in texts {
      #expect(text.contains("cases/loud/1.log"))
      #expect(!text.contains("cases/quiet"))
    }
  }

  @Test func aNodeThatErredTooOftenIsNamedWithTheCountAndTheLastReason() {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.add(.nodeReady(.init(node: "n1", facts: NodeFacts(system: "Linux"))))
    let reason = "3 errors in a row, the last: no tool"
    script.add(.nodeExcluded(.init(node: "n1", reason: reason)))
    script.end(missing: ["a"])
    #expect(script.report.nodes.first?.reason == reason)
    #expect(SummaryTable.text(script.report).contains("\n  n1 got no more work: \(reason)\n"))
    #expect(script.say(PlainConsole()).contains("\nwarning: node n1 got no more work: \(reason)\n"))
  }

  @Test func knowsThatARunGoesOn() {
    var script = Script()
    script.begin([planned("smoke", "a"), planned("smoke", "b", skip: "not here")])
    script.start("a", on: "n1")
    let report = script.report
    #expect(!report.isComplete)
    #expect(report.missing == ["a"])
    #expect(report.exit == 3)
    #expect(report.cases.map(\.verdict) == [.error, .skip])
  }

  @Test func numbersThatJSONDoesNotKnowAreNull() throws {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.attempt("a", on: "n1", .fail, result: .nan, duration: .infinity)
    script.finish("a", .fail)
    script.end()
    #expect(script.report.cases.first?.result == nil)
    #expect(try !script.report.json().isEmpty)
  }

  @Test func aRefusalThatIsTakenBackCounts() {
    var script = Script()
    script.begin([planned("smoke", "a")], servers: ["s", "t"])
    script.attempt("a", on: "n1", .pass, result: 100)
    script.finish("a", .pass)
    script.end()
    let id = CaseID(rawValue: "a")
    #expect(script.report.cases[0].published.reason == "waiting for s, t")
    script.add(.published(.init(id: id, server: "s", refusal: "no such pod")))
    #expect(script.report.cases[0].published.state == .refused)
    script.add(.published(.init(id: id, server: "s", link: "s/1")))
    #expect(script.report.cases[0].published.state == .pending)
    #expect(script.report.exit == 5)
    script.add(.published(.init(id: id, server: "t", link: "t/1")))
    #expect(script.report.cases[0].published == Publication(.delivered, link: "s/1"))
    #expect(script.report.exit == 0)
  }
}
