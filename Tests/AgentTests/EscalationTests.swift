import Testing

@testable import Agent

@Suite struct EscalationTests {
  @Test func timeIsOver() {
    var tree = Escalation(deadline: 10, grace: 5)
    #expect(tree.step(at: 0) == .wait(until: 10))
    #expect(tree.cause == nil)
    #expect(!tree.isKilling)
    #expect(tree.step(at: 10) == .terminate)
    #expect(tree.cause == .timeout)
    #expect(!tree.isKilling)
    #expect(tree.step(at: 11) == .wait(until: 15))
    #expect(tree.step(at: 15) == .kill)
    #expect(tree.isKilling)
    #expect(tree.step(at: 15) == .wait(until: 15.1), "what forks meanwhile is looked for again soon")
    #expect(tree.step(at: 24.95) == .wait(until: 25))
    #expect(tree.step(at: 25) == .giveUp)
    #expect(tree.cause == .timeout)
  }

  @Test func cancelled() {
    var tree = Escalation(deadline: 10, grace: 5)
    #expect(tree.end(.cancel, at: 3) == .terminate)
    #expect(tree.cause == .cancel)
    #expect(tree.step(at: 10) == .kill, "the deadline does not lengthen the grace")
    #expect(tree.cause == .cancel)
  }

  @Test func atOnce() {
    var tree = Escalation(deadline: 10, grace: 5)
    #expect(tree.end(.cancel, at: 3, atOnce: true) == .kill)
    #expect(tree.isKilling)
    var asked = Escalation(deadline: 10, grace: 5)
    #expect(asked.end(.timeout, at: 10) == .terminate)
    #expect(asked.end(.cancel, at: 11, atOnce: true) == .kill, "the first cause stays")
    #expect(asked.cause == .timeout)
    #expect(asked.end(.cancel, at: 12, atOnce: true) == .wait(until: 12.1))
  }

  @Test func askingTwiceDoesNotAskAgain() {
    var tree = Escalation(deadline: 10, grace: 5)
    _ = tree.end(.cancel, at: 1)
    #expect(tree.end(.cancel, at: 2) == .wait(until: 6))
    #expect(tree.end(.leftovers, at: 6) == .kill)
  }

  @Test func leftoversGetAShortGrace() {
    var tree = Escalation(deadline: 10, grace: 5)
    #expect(tree.end(.leftovers, at: 3) == .terminate)
    #expect(tree.step(at: 4) == .wait(until: 5))
    var hurried = Escalation(deadline: 10, grace: 0.5)
    #expect(hurried.end(.leftovers, at: 3) == .terminate)
    #expect(hurried.step(at: 3.5) == .kill)
  }

  @Test func oddTimes() {
    var never = Escalation(deadline: .infinity, grace: 5)
    #expect(never.step(at: 1e300) == .wait(until: .infinity))
    var past = Escalation(deadline: -1, grace: -1)
    #expect(past.step(at: 0) == .terminate)
    #expect(past.step(at: 0) == .kill)
  }
}
