import Model
import Scheduling
import Testing

@Suite struct RetryRuleTests {
  @Test func aFailureIsRetriedAsOftenAsTheCaseSays() {
    var play = Play([testCase("a", retries: 2)])
    play.ready("n1")
    play.finish("a", .fail, "1 of 3")
    #expect(play.last == ["lease a on n1"])
    play.finish("a", .fail, "2 of 3")
    #expect(play.last == ["lease a on n1"])
    play.finish("a", .fail, "3 of 3")
    #expect(play.last == ["fail a: 3 of 3", "done"])
    #expect(play.verdicts["a"]?.attempts == 3)
    #expect(play.verdicts["a"]?.attempt?.rawValue == "r.a.3")
  }

  @Test func aPassAfterAFailureIsFlaky() {
    var play = Play([testCase("a", retries: 2)])
    play.ready("n1")
    play.finish("a", .fail)
    play.finish("a", .pass)
    #expect(play.last == ["pass a: flaky: passed on attempt 2 of 3", "done"])
    #expect(play.verdicts["a"]?.attempt?.rawValue == "r.a.2")
  }

  @Test func errorsAndFailuresHaveBudgetsOfTheirOwn() {
    var play = Play([testCase("a", retries: 1)])
    play.ready("n1", "n2")
    play.finish("a", .error, "no memory")
    #expect(play.last == ["lease a on n2"])
    play.finish("a", .fail, "no ping")
    #expect(play.last == ["lease a on n1"], "a retry may run anywhere")
    play.finish("a", .pass)
    #expect(play.last == ["pass a: flaky: passed on attempt 2 of 2", "done"], "errors are no attempts of the test")
    #expect(play.verdicts["a"]?.attempts == 3)
  }

  @Test func aFailureStandsWhereNoRetryCanBeHad() {
    var play = Play([testCase("a", retries: 3)])
    play.ready("n1")
    play.tell(.noMoreNodes)
    play.finish("a", .fail, "no ping")
    play.finish("a", .error, "no memory")
    play.finish("a", .error, "no memory")
    #expect(play.last == ["fail a: no ping", "done"])
    #expect(play.verdicts["a"]?.attempt?.rawValue == "r.a.1")
    #expect(play.verdicts["a"]?.attempts == 3)
  }

  @Test func aFailureStandsWhenTheLastNodeGoes() {
    var play = Play([testCase("a", retries: 3)])
    play.ready("n1")
    play.tell(.noMoreNodes)
    play.finish("a", .fail, "no ping")
    play.gone("n1")
    #expect(play.last == ["fail a: no ping", "done"])
  }

  @Test func aFailureStandsWhenTheRunIsCancelled() {
    var play = Play([testCase("a", retries: 3), testCase("b", locks: [LockRequest("sut", .exclusive)], retries: 1)])
    play.ready("n1")
    play.finish("a", .fail, "no ping")
    play.tell(.cancel(now: false))
    #expect(play.last == ["cancel r.a.2 on n1", "skip b: cancelled"])
    play.finish("a", .error, "told to end")
    #expect(play.last == ["fail a: no ping", "done"])
  }

  @Test(arguments: [false, true]) func aRetryThatWaitsWhenTheRunIsCancelledIsTheFailure(now: Bool) {
    let locks = [LockRequest("sut", .exclusive)]
    var play = Play([testCase("a", weight: 1, retries: 1), testCase("b", locks: locks, weight: 5)])
    play.ready("n1", "n2")
    play.finish("b")
    play.finish("a", .fail, "no ping")
    play.tell(.cancel(now: now))
    if !now { play.finish("a", .skip, "not here") }
    #expect(play.verdicts["a"]?.verdict == .fail)
    #expect(play.verdicts["a"]?.reason == "no ping")
    #expect(play.last.last == "done")
  }

  @Test func afterACancelNothingIsRetried() {
    var play = Play([testCase("a", retries: 3)])
    play.ready("n1")
    play.start("a")
    play.tell(.cancel(now: false))
    play.finish("a", .fail, "no ping")
    #expect(play.last == ["fail a: no ping", "done"])
  }

  @Test func aGateHoldsUntilItsLastRetry() {
    var play = Play([testCase("g", gate: true, retries: 1), testCase("a")])
    play.ready("n1", slots: 2)
    play.finish("g", .fail)
    #expect(play.last == ["lease g on n1"])
    play.finish("g", .pass)
    #expect(play.last == ["pass g: flaky: passed on attempt 2 of 2", "lease a on n1"])
  }

  @Test func aGateOnEachNodeIsRetriedOnItsNode() {
    var play = Play([testCase("g", gate: true, each: true, retries: 1), testCase("a")])
    play.ready("n1", "n2")
    play.finish("g@n2", .fail, "no disk")
    #expect(play.last == ["lease g@n2 on n2"])
    play.finish("g@n2", .fail, "no disk")
    #expect(play.last == ["fail g@n2: no disk", "exclude n2: gate t/g: no disk"])
  }

  @Test(arguments: [-5, 0, 1_000_000]) func aPlanFromElsewhereMaySayAnything(retries: Int) {
    var play = Play([testCase("a", retries: retries)])
    play.ready("n1")
    for _ in 0..<20 { play.finish("a", .fail) }
    #expect(play.last.isEmpty || play.last.last == "done")
    #expect(play.verdicts["a"]?.attempts == (retries > 0 ? 11 : 1))
  }
}
