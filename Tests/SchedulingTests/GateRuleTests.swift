import Model
import Scheduling
import Testing

@Suite struct GateRuleTests {
  @Test(arguments: [Verdict.pass, .skip]) func anOpenGateLetsTheRestGoOn(verdict: Verdict) {
    var play = Play([testCase("a", gate: true), testCase("b"), testCase("c", tier: "u")])
    play.ready("n1", slots: 3)
    #expect(play.last == ["lease a on n1"])
    #expect(play.explain("c") == "waits for gate t/a")
    play.finish("a", verdict)
    #expect(play.last.suffix(2) == ["lease b on n1", "lease c on n1"])
  }

  @Test func aFailedGateSkipsWhatStandsBehindItAndLetsTheOthersEnd() {
    var play = Play([testCase("a"), testCase("b", gate: true), testCase("c"), testCase("d", tier: "u")])
    play.ready("n1", slots: 3)
    #expect(play.last == ["lease b on n1", "lease a on n1"])
    play.finish("b", .fail, "no ping")
    #expect(play.last == ["fail b: no ping", "skip c: gate t/b", "skip d: gate t/b"])
    play.finish("a")
    #expect(play.last == ["pass a", "done"])
  }

  @Test func aGateThatErrsIsTriedAgainThenCountsAsFailed() {
    var play = Play([testCase("a", gate: true), testCase("b")])
    play.ready("n1")
    play.tell(.noMoreNodes)
    play.finish("a", .error, "no tool")
    #expect(play.last == ["lease a on n1"])
    play.finish("a", .error, "no tool")
    #expect(play.last == ["error a: no tool", "skip b: gate t/a", "done"])
  }

  @Test func aSkippedGateIsOpenFromTheStart() {
    var plan = Plan(cases: [])
    for (order, name) in ["a", "b"].enumerated() {
      let definition = testCase(name, gate: order == 0)
      let disposition: Disposition = order == 0 ? .skip(reason: "scenario") : .run
      plan.cases.append(
        PlannedCase(id: CaseID(rawValue: name), definition: definition, disposition: disposition, order: order))
    }
    var play = Play(plan)
    play.tell(.began)
    #expect(play.last == ["skip a: scenario"])
    play.ready("n1")
    #expect(play.last == ["lease b on n1"])
  }

  @Test func aGateOnEachNodeOpensItsOwnNode() {
    var play = Play([testCase("g", gate: true, each: true), testCase("a"), testCase("b")], nodes: ["n1", "n2", "n3"])
    play.ready("n1", "n2")
    #expect(play.all == ["lease g@n1 on n1", "lease g@n2 on n2"])
    #expect(play.explain("a") == "waits for gate t/g")
    play.finish("g@n1")
    #expect(play.last == ["pass g@n1", "lease a on n1"])
    play.finish("g@n2", .fail, "disk full")
    #expect(play.last == ["fail g@n2: disk full", "exclude n2: gate t/g: disk full"])
    #expect(play.explain("b") == "waits for a free slot")
    play.gone("n3")
    #expect(play.last == ["error g@n3: node n3 is lost: power"])
    play.finish("a")
    #expect(play.last == ["pass a", "lease b on n1"])
  }

  @Test func aGateThatFailsOnEveryNodeStopsTheRun() {
    var play = Play([testCase("g", gate: true, each: true), testCase("a"), testCase("e", each: true)])
    play.ready("n1", "n2")
    play.finish("g@n1", .fail)
    #expect(play.verdicts["e@n1"]?.reason == "gate t/g")
    play.finish("g@n2", .fail)
    #expect(play.verdicts.count == 5)
    #expect(play.verdicts["a"]?.reason == "gate t/g")
    #expect(play.verdicts["a"]?.verdict == .skip)
    #expect(play.last.last == "done")
  }

  @Test func nodesThatNeverComeAreErrorsOfTheirInstances() {
    var play = Play([testCase("g", gate: true, each: true), testCase("a")])
    play.ready("n1")
    play.tell(.noMoreNodes)
    #expect(play.last == ["error g@n2: node n2 never became ready"])
    play.finish("g@n1")
    #expect(play.last.last == "lease a on n1")
  }

  @Test func strictTiersGoOneAfterTheOther() {
    var play = Play([testCase("a"), testCase("b"), testCase("c", tier: "u")], strict: true)
    play.ready("n1", slots: 3)
    #expect(play.last == ["lease a on n1", "lease b on n1"])
    #expect(play.explain("c") == "waits for tier t")
    play.finish("a")
    #expect(play.last == ["pass a"])
    play.finish("b", .fail)
    #expect(play.last == ["fail b", "lease c on n1"])
  }

  @Test func withoutGatesTiersRunSideBySide() {
    var play = Play([testCase("a"), testCase("b", tier: "u")])
    play.ready("n1", slots: 2)
    #expect(play.last == ["lease a on n1", "lease b on n1"])
    #expect(play.leases.map(\.tier) == ["t", "u"])
  }
}
