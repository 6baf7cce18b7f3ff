import Foundation
import Model
import Testing

@testable import Reporting

struct RunStateTests {
  @Test func foldsTheWholeRun() {
    let state = ExpectedOutcomes.script().state
    #expect(state.cases.map(\.id.rawValue) == ExpectedOutcomes.cases.map(\.id))
    #expect(state.hooks.map(\.id.rawValue) == ["setup:tier:smoke", "teardown:tier:smoke"])
    #expect(state.missing.map(\.rawValue) == ["never", "adrift"])
    #expect(!state.isComplete)
    #expect(state.running.isEmpty)
    #expect(state.cancel?.by == "interrupt")
    #expect(state.counts == Counts(pass: 6, fail: 1, skip: 2, error: 2, flaky: 1))
    #expect(state.nodes.map(\.name) == ["n1", "n2", "n3", "n4"])
    #expect(state.nodes.map(\.standing) == [.ready, .ready, .excluded, .unreached])
    #expect(state.resumptions == 1)
  }

  @Test func everythingTwiceChangesNothing() {
    let script = ExpectedOutcomes.script()
    var state = script.state
    let once = Report(of: state)
    for event in script.events where !["node_lost", "run_resumed"].contains(event.activity.name) { state.apply(event) }
    var twice = Report(of: state)
    twice.nodes = once.nodes
    #expect(twice == once)
  }

  @Test func aLateVerdictIsRefused() {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.attempt("a", on: "n1", .pass, result: 100)
    script.finish("a", .pass)
    script.finish("a", .fail, "too late")
    script.attempt("a", 2, on: "n2", .fail, reason: "from a paused machine")
    script.end()
    #expect(script.report.cases.first?.verdict == .pass)
    #expect(script.report.cases.first?.node == "n1")
    #expect(script.report.exit == 0)
  }

  @Test func whatRunsIsWhatStartedAndDidNotEnd() {
    var script = Script()
    script.begin([planned("smoke", "a"), planned("smoke", "b")])
    script.start("b", on: "n1")
    script.start("a", 1, on: "n1")
    #expect(script.state.running.map(\.owner.rawValue) == ["b", "a"])
    script.start("a", 2, on: "n2")
    #expect(script.state.running.map(\.node) == ["n1", "n2"])
    script.finish("a", .error, "given up", attempts: 2)
    #expect(script.state.running.map(\.owner.rawValue) == ["b"])
  }

  @Test func eventsWithoutAPlanAreSurvived() {
    var script = Script()
    script.attempt("a", on: "n1", .pass)
    script.finish("a", .pass)
    script.add(.published(.init(id: CaseID(rawValue: "a"), server: "s", link: "l")))
    script.add(.artifact(.init(attempt: AttemptID(rawValue: "x"), path: "p", size: 1, isCut: false)))
    script.end(missing: ["b"])
    #expect(script.state.cases.isEmpty)
    #expect(script.state.missing.map(\.rawValue) == ["b"])
  }

  @Test func journalsOfNewerVersionsAreSurvived() throws {
    var script = Script()
    script.begin([planned("smoke", "a")])
    var state = script.state
    let newer = """
      {"number": 3, "time": "2026-11-21T00:00:00Z", "event": "node_painted", "colour": {"deep": ["red", 1, null]}}
      {"number": 4, "time": "2026-11-21T00:00:01Z", "event": "case_finished", "id": "a", "verdict": "pass", "attempts": 1, \
      "mood": "good"}
      """
    var log = ConsolidatedLog()
    var lines: [UInt8] = []
    for line in newer.replacing("\\\n", with: "").split(separator: "\n") {
      let event = try JSONDecoder().decode(Event.self, from: Data(line.utf8))
      state.apply(event)
      log.append(event, to: &lines)
    }
    #expect(state.missing.isEmpty)
    #expect(String(decoding: lines, as: UTF8.self).split(separator: "\n").count == 1)
  }

  @Test func aFailureOfAnAttemptThatCameTooLateIsNotFlaky() {
    var script = Script()
    script.begin([planned("smoke", "a", retries: 1), planned("smoke", "b")])
    script.start("a", 1, on: "n1")
    script.attempt("a", 2, on: "n2", .pass)
    script.finish("a", .pass, attempts: 2)
    script.attempt("a", 1, on: "n1", .fail)
    script.attempt("b", 1, on: "n1", .error)
    script.attempt("b", 2, on: "n1", .pass)
    script.finish("b", .pass, attempts: 2)
    script.end()
    #expect(script.report.cases.map(\.flaky) == [nil, nil])
    #expect(script.report.counts.flaky == 0)
  }

  @Test func drainedNodesAndThoseOfOldJournalsAreNotCalledUnreached() {
    var script = Script()
    var resting = Node(name: "n2", address: .local)
    resting.isDrained = true
    script.begin([planned("smoke", "a")], nodes: [Node(name: "n1", address: .local), resting])
    #expect(script.state.nodes.map(\.name) == ["n1"])
    script.add(.nodeLost(.init(node: "n1", reason: "connection refused")))
    #expect(SummaryTable.text(script.report).contains("\n  n1 was never reached: connection refused\n"))
    var old = Script()
    old.begin([planned("smoke", "a")])
    #expect(old.state.nodes.isEmpty)
  }

  @Test func tenThousandCasesFoldInNoTime() {
    var script = Script()
    script.begin((0..<10_000).map { planned("smoke", "case\($0)") })
    for number in 0..<10_000 {
      script.attempt("case\(number)", on: "n\(number % 7)", .pass, result: 100)
      script.finish("case\(number)", .pass)
    }
    script.end()
    #expect(script.report.counts.pass == 10_000)
    #expect(script.report.exit == 0)
  }
}
