import Model
import Scheduling
import Testing
import Wire

@testable import Coordination

/// Lines that end, at any point, and what comes back.
@Suite struct LinkTests {
  /// Five cases make twenty records; the line ends in the middle of any of them, and of any two.
  @Test(arguments: 1...20)
  func aCutAnywhereLosesNothing(_ place: Int) async throws {
    var script = ScriptedAgent.Script()
    script.cuts = [place, place + 1, place * 2 + 3]
    let world = try World(ScriptedAgent("n1", script))
    let observed = try await world.run(plan(5))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    #expect(observed.attempts.count == 5, "a cut link kills nothing")
    observed.checkLogs()
    #expect(world.agents[0].seen.lines.dropLast().allSatisfy { $0.wasClosed })
  }

  @Test(arguments: 1...12)
  func anAgentThatForgotMakesErrorsThatMoveOn(_ place: Int) async throws {
    let gate = Mailbox<Void>()
    var script = ScriptedAgent.Script()
    script.cuts = [place]
    script.forgets = true
    script.run = { order, agent in
      gate.close()
      agent.play(order)
    }
    let world = try World(ScriptedAgent("n1", script), .behind(gate, "n2"))
    let observed = try await world.run(plan(6))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    observed.checkLogs()
    for attempt in observed.attempts where attempt.outcome.verdict == .error {
      #expect(attempt.outcome.reason == "the agent on n1 died")
    }
    #expect(!observed.attempts.contains { $0.outcome.verdict == .fail })
    // What it had not begun is ordered again; what it had begun is not run twice under one name.
    for (attempt, orders) in Dictionary(grouping: world.agents[0].seen.orders, by: \.attempt) where orders.count > 1 {
      #expect(observed.attempts.contains { $0.attempt == attempt && $0.outcome.verdict == .pass })
    }
  }

  @Test func anAgentThatDiedForGoodGivesItsCasesToOthers() async throws {
    let gate = Mailbox<Void>()
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      gate.close()
      agent.start(order)
      agent.print(order.attempt, Array("half".utf8))
      agent.cut()
    }
    script.greet = { $0 == 1 ? .welcome : .unreachable(Fault(.link, "no route")) }
    let world = try World(ScriptedAgent("n1", script), .behind(gate, "n2"))
    let observed = try await world.run(plan(6), world.settings(lease: 0.1))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    let lost = try #require(observed.attempts.first { $0.outcome.verdict == .error })
    #expect(lost.node == "n1" && lost.outcome.reason?.contains("n1 was lost") == true)
    #expect(observed.log(lost.id.rawValue) == "half", "what it printed is kept")
    #expect(observed.attempts.contains { $0.id == lost.id && $0.node == "n2" && $0.outcome.verdict == .pass })
    #expect(observed.events.contains { $0.activity.name == "node_lost" })
    #expect(observed.events.contains { $0.activity.name == "node_excluded" })
  }

  @Test func anAgentThatFallsSilentIsNoticed() async throws {
    let gate = Mailbox<Void>()
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      gate.close()
      agent.start(order)
      // From here on it hears everything and says nothing: a half-open link.
      agent.mute()
    }
    let world = try World(ScriptedAgent("n1", script), .behind(gate, "n2"))
    let observed = try await world.run(plan(4), world.settings(lease: 2, silence: 0.5))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    #expect(
      observed.events.contains {
        if case .nodeLost(let lost) = $0.activity { lost.reason.contains("has been silent") } else { false }
      })
  }

  @Test(arguments: [1, 2])
  func anAgentThatNeverAnswersHoldsNobodyUp(_ silentFrom: Int) async throws {
    var script = ScriptedAgent.Script()
    script.greet = { $0 >= silentFrom ? .silence : .welcome }
    script.run = { _, agent in agent.cut() }
    let world = try World(ScriptedAgent("n1", script), ScriptedAgent("n2"))
    let observed = try await world.run(plan(4), world.settings(lease: 2, silence: 0.5))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    #expect(observed.attempts.filter { $0.outcome.verdict == .pass }.allSatisfy { $0.node == "n2" })
  }

  @Test func theEndOfARunDoesNotWaitForAGreeting() async throws {
    var script = ScriptedAgent.Script()
    script.greet = { _ in .silence }
    let world = try World(ScriptedAgent("n1", script), ScriptedAgent("n2"))
    let observed = try await world.run(plan(4), world.settings(heartbeat: 60, silence: 3600))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    #expect(world.agents[0].seen.byes == 1, "it was greeted, so it is told that the run is over")
    #expect(world.agents[0].seen.lines.allSatisfy { $0.wasClosed })
  }

  @Test func aNodeThatIsNotReachedAtFirstIsTriedAgain() async throws {
    var script = ScriptedAgent.Script()
    script.greet = { $0 < 3 ? .unreachable(Fault(.link, "not yet")) : .welcome }
    let observed = try await World(ScriptedAgent("n1", script)).run(plan(3))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
  }

  @Test func aCancelThatWasLostOnItsWayIsSentAgain() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.start(order)
      agent.emit(.notice(.init(.info, "running")))
    }
    // The first cancel is lost with its line, on a node that holds the attempt.
    script.cancel = { cancel, agent in
      if agent.seen.cancels.count == 1 { agent.cut() } else { agent.endAll(cancel) }
    }
    let world = try World(ScriptedAgent("n1", script))
    let observed = try await world.run(plan(1)) { [weak world] batch in
      if batch.contains(where: { $0.event.activity.name == "attempt_started" }) {
        world?.coordinator?.cancel(by: "test", now: false)
      }
    }
    #expect(observed.verdicts == ["case1": .error])
    #expect(world.agents[0].seen.cancels.count == 2)
  }

  @Test func oneBatchOfOrdersSurvivesALineThatBreaksOverItsFiles() async throws {
    let world = try World(
      ScriptedAgent("n1", Self.breaksOverFirstOffer), ScriptedAgent("n2", Self.breaksOverFirstOffer))
    try makeFile(world.state + "/catalog/suite/a.txt", Array("a".utf8))
    let folder = world.state + "/catalog"
    let observed = try await world.run(
      plan((1...12).map { "c\($0)" }) {
        $0.files = ["suite"]
        $0.folder = folder
      })
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
  }

  private static var breaksOverFirstOffer: ScriptedAgent.Script {
    var script = ScriptedAgent.Script()
    script.offered = { agent in if agent.seen.offers.count == 1 { agent.cut() } }
    return script
  }
}
