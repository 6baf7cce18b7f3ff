import Model
import Scheduling
import Testing

@Suite struct ErrorRuleTests {
  @Test func anErrorMovesToAnotherNodeOnce() {
    var play = Play([testCase("a")])
    play.ready("n1", "n2")
    let first = play.attempt("a")
    play.finish("a", .error, "no memory")
    #expect(play.last == ["lease a on n2"])
    play.tell(.attemptFinished(first, verdict: .pass, reason: nil, duration: 1))
    #expect(play.last == [], "the first attempt is superseded")
    play.finish("a", .error, "no disk")
    #expect(play.last == ["error a: no disk", "done"])
    #expect(play.verdicts["a"]?.attempts == 2)
    #expect(play.verdicts["a"]?.attempt?.rawValue == "r.a.2")
  }

  @Test func withoutAnotherNodeTheSameOneTriesAgain() {
    var play = Play([testCase("a", requires: ["gpu": ""])])
    play.ready("n1", labels: ["gpu": "1"])
    play.ready("n2")
    play.tell(.noMoreNodes)
    play.finish("a", .error)
    #expect(play.last == ["lease a on n1"])
    play.finish("a", .pass)
    #expect(play.last == ["pass a", "done"])
  }

  @Test func aRetryWaitsForNodesThatMayStillCome() {
    var play = Play([testCase("a")])
    play.ready("n1")
    play.finish("a", .error)
    #expect(play.last == [], "n2 is not there yet")
    play.ready("n2")
    #expect(play.last == ["lease a on n2"])
    var alone = Play([testCase("a")])
    alone.ready("n1")
    alone.finish("a", .error)
    alone.tell(.noMoreNodes)
    #expect(alone.last == ["lease a on n1"])
  }

  @Test func aFailureIsNotRetried() {
    var play = Play([testCase("a")])
    play.ready("n1", "n2")
    play.finish("a", .fail, "2 of 3")
    #expect(play.last == ["fail a: 2 of 3", "done"])
  }

  @Test func aLostNodeGivesBackWhatItHad() {
    var play = Play([testCase("a", weight: 0.3), testCase("b", weight: 0.2), testCase("c", weight: 0.1)])
    play.ready("n1")
    #expect(play.last == ["lease a on n1", "lease b on n1"])
    play.start("a")
    play.tell(.nodeLost("n1", reason: "cut", gone: false))
    #expect(play.last == [])
    #expect(play.explain("c") == "waits for a node")
    play.gone("n1")
    play.ready("n2", slots: 3)
    #expect(play.last == ["lease a on n2", "lease b on n2", "lease c on n2"])
    play.gone("n2")
    #expect(play.last == [], "b never started, and a started only once")
    play.ready("n3", slots: 3)
    play.start("a")
    play.gone("n3")
    #expect(play.last == ["error a: node n3 is lost: power"])
    #expect(play.verdicts["a"]?.attempts == 2)
    play.tell(.noMoreNodes)
    #expect(play.verdicts["b"]?.reason?.hasPrefix("no node is left: node n1 is lost: power") == true)
    #expect(play.last.last == "done")
  }

  @Test func aGoneNodeStaysGone() {
    var play = Play([testCase("a")])
    play.gone("n1")
    play.ready("n1")
    #expect(play.last == [])
    play.tell(.nodeBack("n1"))
    #expect(play.last == [])
  }

  @Test func aNodeThatComesBackGoesOn() {
    var play = Play([testCase("a"), testCase("b")])
    play.ready("n1")
    play.tell(.nodeLost("n1", reason: "cut", gone: false))
    play.tell(.nodeBack("n1"))
    #expect(play.last == [])
    play.finish("a")
    #expect(play.last == ["pass a", "lease b on n1"])
  }

  @Test func errorsInARowExcludeANode() {
    var play = Play((0..<6).map { testCase("c\($0)", weight: Double(9 - $0)) }, Policy(nodeErrorLimit: 2))
    play.ready("n1", "n2")
    play.finish("c0", .error, "no tool")
    #expect(play.last == ["lease c2 on n1"])
    play.finish("c2", .error, "no tool")
    #expect(play.last == ["exclude n1: 2 errors in a row, the last: no tool"])
    play.finish("c1")
    #expect(play.last == ["pass c1", "lease c0 on n2"])
  }

  @Test func aVerdictEndsTheRowAndTheLastNodeIsKept() {
    var play = Play((0..<9).map { testCase("c\($0)") }, Policy(errorRetries: 0, nodeErrorLimit: 2))
    play.ready("n1")
    for number in 0..<9 { play.finish("c\(number)", .error) }
    #expect(play.last.last == "done")
    #expect(!play.all.contains { $0.hasPrefix("exclude") })
    #expect(play.verdicts.values.allSatisfy { $0.attempts == 1 })
  }

  @Test func aDrainedNodeEndsWhatRunsAndTearsDown() {
    let domains = ["d": Domain(setup: aHook, teardown: aHook)]
    let tiers = [Tier(name: "t", teardown: aHook)]
    let cases = (0..<8).map { testCase("c\($0)", domain: "d", weight: 0.1) }
    var play = Play(cases, tiers: tiers, domains: domains)
    play.ready("n1")
    play.finish("setup:domain:d@n1")
    play.start("c0")
    play.tell(.nodeExcluded("n1", reason: "drained"))
    #expect(play.last == ["cancel r.c1.1 on n1", "cancel r.c2.1 on n1", "cancel r.c3.1 on n1"])
    for name in ["c1", "c2", "c3"] {
      play.tell(.attemptFinished(play.attempt(name), verdict: .error, reason: "told to end", duration: 0))
      #expect(play.last == [], "nothing is leased to a drained node")
    }
    play.finish("c0", .pass)
    #expect(play.last == ["pass c0"])
    play.ready("n2", slots: 9)
    play.finish("setup:domain:d@n2")
    for number in 1..<8 { play.finish("c\(number)") }
    #expect(play.verdicts.values.allSatisfy { $0.verdict == .pass && $0.attempts == 1 })
    #expect(play.last == ["pass c7", "lease teardown:domain:d@n1 on n1", "lease teardown:domain:d@n2 on n2"])
    play.finish("teardown:domain:d@n1")
    play.finish("teardown:domain:d@n2")
    #expect(play.last == ["lease teardown:tier:t on n1"])
    play.finish("teardown:tier:t")
    #expect(play.last == ["done"])
  }

  @Test func withNothingButADrainedNodeWhatWaitsIsAnErrorThatSaysSo() {
    var play = Play([testCase("a"), testCase("b")])
    play.ready("n1")
    play.start("a")
    play.tell(.nodeExcluded("n1", reason: "drained"))
    play.tell(.noMoreNodes)
    #expect(play.last == ["error b: no node is left: node n1 is excluded: drained"])
    play.finish("a", .fail, "no ping")
    #expect(play.last == ["fail a: no ping", "done"])
  }

  @Test func aDrainedNodeStillEndsTheSetUpThatRuns() {
    var play = Play([testCase("a")], tiers: [Tier(name: "t", setup: aHook, teardown: aHook)])
    play.ready("n1")
    play.start("setup:tier:t")
    play.tell(.nodeExcluded("n1", reason: "drained"))
    #expect(play.last == [])
    play.finish("setup:tier:t")
    play.ready("n2")
    #expect(play.last == ["lease a on n2"])
    play.finish("a")
    #expect(play.last == ["pass a", "lease teardown:tier:t on n1"])
  }

  @Test func anExcludedNodeIsAskedForWhatWaitsThere() {
    var play = Play((0..<8).map { testCase("c\($0)", weight: 0.1) })
    play.ready("n1")
    #expect(play.last.count == 1 + 3)
    play.start("c0")
    play.tell(.nodeExcluded("n1", reason: "drained"))
    #expect(play.last == ["cancel r.c1.1 on n1", "cancel r.c2.1 on n1", "cancel r.c3.1 on n1"])
    play.tell(.attemptFinished(play.attempt("c1"), verdict: .error, reason: "told to end", duration: 0))
    play.tell(.attemptFinished(play.attempt("c2"), verdict: .pass, reason: nil, duration: 0))
    #expect(play.last == ["pass c2"])
    play.finish("c0")
    play.ready("n2", slots: 9)
    #expect(play.last == ["c1", "c4", "c5", "c6", "c7"].map { "lease \($0) on n2" })
  }
}
