import Model
import Scheduling
import Testing

@Suite struct HookRuleTests {
  private let tiers = [Tier(name: "t", setup: aHook, teardown: aHook)]
  private let domains = ["d": Domain(setup: aHook, teardown: aHook)]

  @Test func aTierIsSetUpOnceAndTornDownWhereItWasSetUp() {
    var play = Play([testCase("a"), testCase("b"), testCase("c", tier: "u", weight: 1)], tiers: tiers)
    play.ready("n1", slots: 2)
    #expect(play.last == ["lease setup:tier:t on n1", "lease c on n1"])
    play.ready("n2")
    #expect(play.last == [])
    #expect(play.explain("a") == "waits for the set-up of tier t")
    play.finish("setup:tier:t")
    #expect(play.last == ["lease a on n1", "lease b on n2"])
    play.finish("a")
    play.finish("b")
    #expect(play.last == ["pass b", "lease teardown:tier:t on n1"])
    play.finish("c")
    play.finish("teardown:tier:t", .fail, "left behind")
    #expect(play.last == ["teardown:tier:t: left behind", "done"])
  }

  @Test func aFailedSetUpOfATierIsAnErrorOfItsCases() {
    var play = Play([testCase("a"), testCase("b"), testCase("c", tier: "u", weight: 1)], tiers: tiers)
    play.ready("n1", slots: 3)
    play.finish("setup:tier:t", .fail, "exit 1")
    #expect(
      play.last == [
        "setup:tier:t: exit 1", "error a: set-up of tier t failed on n1", "error b: set-up of tier t failed on n1",
        "lease teardown:tier:t on n1",
      ])
  }

  @Test func aSetUpOfATierThatErrsMovesOn() {
    var play = Play([testCase("a")], tiers: tiers)
    play.ready("n1", "n2")
    play.finish("setup:tier:t", .error)
    #expect(play.last == ["lease setup:tier:t on n2"])
    play.finish("setup:tier:t", .pass)
    play.finish("a")
    #expect(play.last.last == "lease teardown:tier:t on n2")
    play.start("teardown:tier:t")
    play.gone("n2")
    #expect(play.last == ["lease teardown:tier:t on n1"])
  }

  @Test func aDomainIsSetUpOncePerNode() {
    var play = Play(["a", "b", "c"].map { testCase($0, domain: "d") }, domains: domains)
    play.ready("n1", "n2")
    #expect(play.all == ["lease setup:domain:d@n1 on n1", "lease setup:domain:d@n2 on n2"])
    #expect(play.explain("a") == "waits for the set-up of domain d")
    play.finish("setup:domain:d@n1")
    #expect(play.last == ["lease a on n1"])
    play.finish("a")
    #expect(play.last == ["pass a", "lease b on n1"])
    play.finish("b")
    play.finish("c")
    #expect(play.last == ["pass c", "lease teardown:domain:d@n1 on n1"])
    play.finish("setup:domain:d@n2")
    #expect(play.last == ["lease teardown:domain:d@n2 on n2"])
    play.finish("teardown:domain:d@n1")
    play.finish("teardown:domain:d@n2")
    #expect(play.last == ["done"])
  }

  @Test func oneCaseIsWorthOneSetUp() {
    var play = Play([testCase("a", domain: "d")], domains: domains)
    play.ready("n1", "n2")
    #expect(play.all == ["lease setup:domain:d@n1 on n1"])
    #expect(play.explain("a") == "waits for the set-up of domain d")
    play.finish("setup:domain:d@n1", .fail, "no image")
    #expect(play.last == ["setup:domain:d@n1: no image", "lease setup:domain:d@n2 on n2"])
  }

  @Test func aNodeWhoseSetUpFailedDoesNotGetTheDomain() {
    var play = Play([testCase("a", domain: "d"), testCase("b", weight: 1)], domains: domains)
    play.ready("n1")
    play.finish("setup:domain:d@n1", .fail, "no image")
    #expect(play.last == ["setup:domain:d@n1: no image", "lease b on n1"])
    play.ready("n2")
    #expect(play.last == ["lease setup:domain:d@n2 on n2"])
    play.tell(.noMoreNodes)
    play.finish("setup:domain:d@n2", .error)
    #expect(play.verdicts["a"]?.reason == "set-up of domain d failed on n1, n2")
    #expect(play.verdicts["a"]?.verdict == .error)
  }

  @Test func tearDownsOfTiersComeAfterThoseOfDomains() {
    var play = Play([testCase("a", domain: "d")], tiers: tiers, domains: domains)
    play.ready("n1", slots: 4)
    play.finish("setup:tier:t")
    play.finish("setup:domain:d@n1")
    play.finish("a")
    #expect(play.last == ["pass a", "lease teardown:domain:d@n1 on n1"])
    play.finish("teardown:domain:d@n1")
    #expect(play.last == ["lease teardown:tier:t on n1"])
    play.finish("teardown:tier:t")
    #expect(play.last == ["done"])
  }

  @Test func whatCannotBeTornDownIsNamed() {
    var play = Play([testCase("a", domain: "d")], tiers: tiers, domains: domains)
    play.ready("n1")
    play.finish("setup:tier:t")
    play.finish("setup:domain:d@n1")
    play.start("a")
    play.gone("n1")
    play.tell(.noMoreNodes)
    #expect(
      play.last == [
        "error a: no node is left: node n1 is lost: power",
        "teardown:domain:d@n1: not run: node n1 is lost: power",
        "teardown:tier:t: not run: node n1 is lost: power", "done",
      ])
  }

  @Test func aTierThatNobodyRanNeedsNoHooks() {
    var play = Play([testCase("g", tier: "s", gate: true), testCase("a")], tiers: [Tier(name: "s")] + tiers)
    play.ready("n1")
    play.finish("g", .fail)
    #expect(play.last == ["fail g", "skip a: gate s/g", "done"])
  }
}
