import Model
import Scheduling
import Testing

@Suite struct EndingRuleTests {
  @Test func anEmptyPlanIsDoneAtOnce() {
    var play = Play([])
    play.tell(.began)
    #expect(play.last == ["done"])
    play.ready("n1")
    #expect(play.last == [])
  }

  @Test func cancelEndsWhatRunsAndSkipsTheRest() {
    let teardown = [Tier(name: "t", teardown: aHook)]
    var play = Play(["a", "b", "c", "d"].map { testCase($0, weight: 0.15) }, tiers: teardown)
    play.ready("n1")
    #expect(play.last == ["lease a on n1", "lease b on n1"])
    play.start("a")
    play.tell(.cancel(now: false))
    #expect(
      play.last == ["cancel r.a.1 on n1", "cancel r.b.1 on n1", "skip c: cancelled", "skip d: cancelled"])
    play.tell(.cancel(now: false))
    #expect(play.last == [])
    play.tell(.attemptFinished(play.attempt("b"), verdict: .error, reason: "told to end", duration: 0))
    #expect(play.last == ["skip b: cancelled"])
    play.finish("a", .error, "told to end")
    #expect(play.last == ["error a: cancelled", "lease teardown:tier:t on n1"])
    play.finish("teardown:tier:t")
    #expect(play.last == ["done"])
  }

  @Test func aVerdictThatOvertakesTheCancelCounts() {
    var play = Play([testCase("a")])
    play.ready("n1")
    play.tell(.cancel(now: false))
    play.finish("a", .pass)
    #expect(play.last == ["pass a", "done"])
  }

  @Test func cancelNowWaitsForNothing() {
    var play = Play(["a", "b"].map { testCase($0) }, tiers: [Tier(name: "t", teardown: aHook)])
    play.ready("n1", "n2")
    play.start("a")
    play.tell(.cancel(now: false))
    play.tell(.cancel(now: true))
    #expect(
      play.last == [
        "cancel r.a.1 on n1", "cancel r.b.1 on n2", "error a: cancelled", "skip b: cancelled",
        "teardown:tier:t: not run: cancelled", "done",
      ])
    play.finish("a", .pass)
    #expect(play.last == [])
  }

  @Test func withoutNodesEverythingIsAnError() {
    var play = Play([testCase("a"), testCase("b", requires: ["gpu": "1"])])
    play.tell(.noMoreNodes)
    #expect(play.last == ["error a: no node", "error b: no node", "done"])
  }

  @Test func explainSaysWhatBecameOfACase() {
    var play = Play([testCase("a"), testCase("b")])
    #expect(play.explain("a") == "waits for the run to begin")
    play.ready("n1")
    #expect(play.explain("a") == "waits on n1 since 0 s")
    play.start("a")
    #expect(play.explain("a") == "runs on n1, leased 0 s ago")
    #expect(play.explain("b") == "waits for a free slot")
    play.finish("a", .fail, "no ping")
    #expect(play.explain("a") == "finished: fail, no ping")
    #expect(play.explain("x") == "there is no case x in this run")
  }
}
