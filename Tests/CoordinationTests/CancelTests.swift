import Model
import Scheduling
import Synchronization
import Testing
import Wire

@testable import Coordination

@Suite struct CancelTests {
  /// Runs until its cases are told to end; set-ups and tear-downs pass.
  private static var hanging: ScriptedAgent.Script {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      if order.id.rawValue.contains(":") { agent.play(order) } else { agent.start(order) }
    }
    return script
  }

  private static func withHooks(_ count: Int) -> Plan {
    var plan = plan(count)
    let hook = Hook(run: RunSpec(driver: "exec"), timeout: 5)
    plan.tiers = [Tier(name: "smoke", setup: hook, teardown: hook)]
    return plan
  }

  /// Cancels a run as soon as a case has started.
  private func cancelled(_ world: World, _ plan: Plan, now: Bool) async throws -> Observed {
    try await world.run(plan) { [weak world] batch in
      for recorded in batch {
        guard case .attemptStarted(let start) = recorded.event.activity, !start.id.rawValue.contains(":") else {
          continue
        }
        world?.coordinator?.cancel(by: "test", now: now)
      }
    }
  }

  @Test func aCancelEndsTheCasesAndRunsTheTearDowns() async throws {
    let world = try World(ScriptedAgent("n1", Self.hanging))
    let observed = try await cancelled(world, Self.withHooks(5), now: false)
    #expect(observed.finished.allSatisfy { $0.reason == "cancelled" })
    #expect(observed.verdicts.values.contains(.error), "what ran was cut off")
    #expect(observed.verdicts.values.contains(.skip), "what had not started was not run")
    #expect(observed.attempts.last?.id.rawValue == "teardown:tier:smoke")
    #expect(observed.attempts.last?.outcome.verdict == .pass)
    guard case .runFinished(let end) = observed.events.last?.activity else { return }
    #expect(end.isCancelled && end.missing.isEmpty)
  }

  @Test func aCancelAtOnceWaitsForNothing() async throws {
    var script = Self.hanging
    script.cancel = { _, _ in }
    let world = try World(ScriptedAgent("n1", script))
    let observed = try await cancelled(world, Self.withHooks(5), now: true)
    #expect(observed.finished.allSatisfy { $0.reason == "cancelled" })
    #expect(!observed.attempts.contains { $0.id.rawValue.hasPrefix("teardown") })
    #expect(observed.notices.contains { $0.contains("teardown:tier:smoke") }, "what was not torn down is named")
    #expect(world.agents[0].seen.cancels.contains(Cancel(attempts: nil, now: true)), "the node ends what runs")
    #expect(world.agents[0].seen.byes == 1)
  }

  @Test func aSecondCancelEndsAWaitThatTheFirstOneLeft() async throws {
    var script = Self.hanging
    let world = Mutex<World?>(nil)
    // The node does not obey; whoever waits for it loses patience.
    script.cancel = { cancel, _ in
      if !cancel.now { world.withLock { $0 }?.coordinator?.cancel(by: "test", now: true) }
    }
    let own = try World(ScriptedAgent("n1", script))
    world.withLock { $0 = own }
    defer { world.withLock { $0 = nil } }
    let observed = try await cancelled(own, Self.withHooks(3), now: false)
    #expect(observed.verdicts.count == 3)
  }

  @Test func aChattyNodeDoesNotHoldUpTheEnd() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.start(order)
      for _ in 0..<25 { agent.print(order.attempt, [UInt8](repeating: 65, count: 200_000)) }
    }
    script.cancel = { _, agent in
      for _ in 0..<25 { agent.print(AttemptID(rawValue: "r.case1.1"), [UInt8](repeating: 66, count: 200_000)) }
    }
    let world = try World(ScriptedAgent("n1", script))
    let observed = try await cancelled(world, plan(1), now: true)
    #expect(observed.verdicts == ["case1": .error])
  }

  @Test func aLineThatComesUpAtTheVeryEndIsClosed() async throws {
    let asked = Mailbox<Void>()
    let gate = Mailbox<Void>()
    let line = ScriptedLine(agent: ScriptedAgent("late"))
    let lane = NodeLane(
      node: Node(name: "late", address: .local), session: NodeSession(node: "late"),
      lease: NodeLease(lease: 60, margin: 0, at: uptime()), hasBeenReady: false,
      attach: Attach(version: "1", run: RunID(rawValue: "r"), node: "late"),
      connector: SlowConnector(asked: asked, gate: gate, line: line), inbox: Mailbox<Input>(),
      patience: .init(heartbeat: .seconds(60), silence: .seconds(60), pause: .seconds(1)), wall: wall,
      supplies: .init(source: { _ in nil }, held: { [] }))
    async let lasting: Void = lane.run()
    _ = await asked.take()
    await lane.finish()
    gate.close()
    await lasting
    #expect(line.wasClosed)
  }
}

/// Does not hear of cancellation, and has its line only once the gate opens.
private struct SlowConnector: Connector {
  let asked: Mailbox<Void>
  let gate: Mailbox<Void>
  let line: ScriptedLine

  func attach(to node: Node) async throws -> any NodeLine {
    asked.post(())
    await Task { _ = await gate.take() }.value
    return line
  }
}
