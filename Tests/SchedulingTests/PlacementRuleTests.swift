import Model
import Scheduling
import Testing

@Suite struct PlacementRuleTests {
  private let exclusive = [LockRequest("sut", .exclusive)]

  @Test func longestFirstThenCatalogOrder() {
    var play = Play([
      testCase("a", weight: 1), testCase("b", weight: 9), testCase("c", weight: 9), testCase("d", weight: nil),
    ])
    play.ready("n1", slots: 4)
    #expect(play.last == ["d", "b", "c", "a"].map { "lease \($0) on n1" })
    #expect(play.leases.count == 1)
  }

  @Test func longCasesAreNotPrefetchedShortOnesAre() {
    for (weight, count) in [(10.0, 1), (0.6, 1), (0.1, 6), (0.001, 51)] {
      var play = Play((0..<102).map { testCase("c\($0)", weight: weight) })
      play.ready("n1")
      #expect(play.last.count == count, "\(weight) s")
    }
  }

  @Test func unknownCasesAreJudgedByWhatTheirDomainTook() {
    var play = Play((0..<40).map { testCase("c\($0)", weight: nil) })
    play.ready("n1")
    #expect(play.last == ["lease c0 on n1"])
    play.finish("c0", took: 0.05)
    #expect(play.last.count == 1 + 1 + 10)
    #expect(play.leases.map(\.attempts.count) == [1, 1, 10])
  }

  @Test func everySlotIsFilledBeforeAnythingWaits() {
    var play = Play((0..<8).map { testCase("c\($0)", gate: $0 == 0, weight: 0.1) })
    play.ready("n1", "n2", slots: 2)
    play.finish("c0")
    #expect(play.last.filter { $0.hasSuffix("on n2") }.count >= 2)
  }

  @Test func unitsAreBounded() {
    var play = Play((0..<100).map { testCase("c\($0)", weight: 0.001) }, Policy(batchLimit: 8))
    play.ready("n1", slots: 2)
    #expect(play.leases.map(\.attempts.count) == [2, 8])
  }

  @Test func labelsMustMatch() {
    let cases = [
      testCase("x86", requires: ["arch": "x86"], weight: 1), testCase("gpu", requires: ["gpu": ""], weight: 2),
      testCase("arm", requires: ["arch": "arm"], weight: 3),
    ]
    var play = Play(cases)
    play.ready("n1", labels: ["arch": "x86", "gpu": "a100"], slots: 4)
    #expect(play.last == ["lease gpu on n1", "lease x86 on n1"])
    #expect(play.explain("arm") == "waits for a node with label arch=arm")
    play.tell(.noMoreNodes)
    #expect(play.last == ["error arm: no node has label arch=arm"])
  }

  @Test func aCaseOnEachNodeWithLabelsIsNotForTheOthers() {
    var play = Play([testCase("a", each: true, requires: ["gpu": ""])])
    play.ready("n1")
    #expect(play.last == ["skip a@n1: node n1 has no label gpu"])
    play.ready("n2", labels: ["gpu": "1"])
    #expect(play.last == ["lease a@n2 on n2"])
  }

  @Test func anExclusiveCaseRunsAloneAndNothingOvertakesIt() {
    var play = Play([
      testCase("a", weight: 9), testCase("big", locks: exclusive, weight: 5), testCase("b", weight: 3),
    ])
    play.ready("n1", "n2")
    #expect(play.all == ["lease a on n1"])
    #expect(play.explain("big") == "waits for lock sut, held by a")
    #expect(play.explain("b") == "waits: its locks are reserved for a more urgent case")
    play.finish("a")
    #expect(play.last == ["pass a", "lease big on n1"])
    #expect(play.explain("b") == "waits for lock sut, held by big")
    play.finish("big")
    #expect(play.last == ["pass big", "lease b on n1"])
  }

  @Test func anExclusiveCaseIsNeverQueued() {
    var play = Play([testCase("a", weight: 0.2), testCase("x", locks: [LockRequest("disk", .exclusive)], weight: 0.1)])
    play.ready("n1")
    #expect(play.all == ["lease a on n1"])
    play.finish("a")
    #expect(play.last.last == "lease x on n1")
  }

  @Test func otherLocksDoNotStandInTheWay() {
    var play = Play([
      testCase("a", locks: [LockRequest("disk", .exclusive)]), testCase("b", locks: [LockRequest("disk", .shared)]),
      testCase("c", locks: [LockRequest("net", .exclusive)]),
    ])
    play.ready("n1", slots: 3)
    #expect(play.last == ["lease a on n1", "lease c on n1"])
  }

  @Test func aReservationEndsWithItsNode() {
    var play = Play([
      testCase("a", weight: 9), testCase("big", locks: exclusive, requires: ["big": ""], weight: 5),
      testCase("b", weight: 3),
    ])
    play.ready("n1")
    play.ready("n2", labels: ["big": ""])
    play.ready("n3")
    #expect(play.all == ["lease a on n1"])
    play.tell(.nodeLost("n2", reason: "cut", gone: false))
    #expect(play.last == ["lease b on n3"])
  }

  @Test func fencesRiseOverTheWholeRun() {
    var play = Play([testCase("a"), testCase("b"), testCase("c")])
    play.ready("n1", "n2")
    play.finish("a", .error)
    play.finish("b")
    play.finish("c")
    play.finish("a")
    let fences = play.leases.flatMap(\.attempts).map(\.fence)
    #expect(fences == [1, 2, 3, 4])
    #expect(play.last.last == "done")
  }

  @Test func gatesAndHooksAreMarkedForTheNodesQueue() {
    var play = Play([testCase("g", gate: true), testCase("a")], tiers: [Tier(name: "t", setup: aHook)])
    play.ready("n1")
    play.finish("setup:tier:t")
    play.finish("g")
    #expect(play.leases.flatMap(\.attempts).map(\.priority) == [2, 1, 0])
  }
}
