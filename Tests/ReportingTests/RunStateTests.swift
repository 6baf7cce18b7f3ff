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
    #expect(state.counts == Counts(pass: 5, fail: 1, skip: 2, error: 2))
    #expect(state.nodes.map(\.name) == ["n1", "n2", "n3"])
    #expect(state.nodes.map(\.standing) == [.ready, .ready, .excluded])
  }

  @Test func everythingTwiceChangesNothing() {
    let script = ExpectedOutcomes.script()
    var state = script.state
    let once = Report(of: state)
    for event in script.events where event.activity.name != "node_lost" { state.apply(event) }
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
