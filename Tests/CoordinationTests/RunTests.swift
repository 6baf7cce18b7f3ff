import Journal
import Model
import Scheduling
import Synchronization
import Testing
import Wire

@testable import Coordination

@Suite struct RunTests {
  @Test func everyCaseEndsOnceAndItsLogIsWhatItPrinted() async throws {
    let world = try World(ScriptedAgent("n1"), ScriptedAgent("n2"))
    let observed = try await world.run(plan(20))
    #expect(Set(observed.verdicts.values) == [.pass])
    observed.checkLogs()
    #expect(world.agents.allSatisfy { $0.seen.byes == 1 })
    #expect(world.agents.allSatisfy { agent in agent.seen.lines.allSatisfy { $0.wasClosed } })
  }

  @Test func hundredsOfCasesOverFourNodesComplete() async throws {
    let agents = (1...4).map { ScriptedAgent("n\($0)") }
    let world = try World(agents[0], agents[1], agents[2], agents[3])
    let observed = try await world.run(plan(600))
    #expect(observed.verdicts.values.count { $0 == .pass } == 600)
    observed.checkLogs()
  }

  @Test func aRunWithoutNodesEnds() async throws {
    let observed = try await World().run(plan(3))
    #expect(observed.verdicts.values.allSatisfy { $0 == .error })
  }

  @Test func nothingIsAcknowledgedOrToldBeforeItIsOnDisk() async throws {
    let early = Mutex<[String]>([])
    let path = Mutex<RunFolder?>(nil)
    @Sendable func durable() -> [Event] {
      guard let folder = path.withLock({ $0 }) else { return [] }
      return (try? JournalReader.events(of: folder)) ?? []
    }
    var script = ScriptedAgent.Script()
    script.acknowledged = { number, agent in
      let ended = durable().compactMap { event -> AttemptID? in
        if case .attemptFinished(let end) = event.activity { end.attempt } else { nil }
      }
      for (sequence, attempt) in agent.seen.finished where sequence <= number && !ended.contains(attempt) {
        early.withLock { $0.append("\(attempt) was acknowledged before it was durable") }
      }
    }
    let world = try World(ScriptedAgent("n1", script))
    path.withLock { $0 = world.folder }
    try await world.run(plan(10)) { batch in
      let last = durable().last?.number ?? 0
      if let event = batch.last?.event, event.number > last {
        early.withLock { $0.append("event \(event.number) was told before it was durable") }
      }
    }
    #expect(early.withLock { $0 } == [])
    let agent = world.agents[0].seen
    #expect(!agent.acknowledged.isEmpty)
    #expect(agent.acknowledged == agent.acknowledged.sorted())
  }

  @Test func whatIsToldAfterTheEndIsKept() async throws {
    let world = try World(ScriptedAgent("n1"))
    let coordinator = try Coordinator(
      settings: world.settings(), plan: plan(1), contents: Contents(),
      journal: try JournalWriter(creating: world.folder), connector: Lab(agents: world.agents), sinks: [], wall: wall)
    try await coordinator.run()
    let delivered = Activity.published(.init(id: CaseID(rawValue: "case1"), server: "s", link: "l"))
    coordinator.note(delivered)
    await coordinator.conclude()
    await coordinator.record(.init(id: CaseID(rawValue: "case1"), server: "t", link: "l"))
    let events = try JournalReader.events(of: world.folder)
    #expect(events.suffix(3).map(\.activity.name) == ["run_finished", "published", "published"])
    #expect(JournalWriter.isAlive(world.folder))
    withExtendedLifetime(coordinator) {}
  }

  @Test func casesOnEachNodeRunThere() async throws {
    let world = try World(ScriptedAgent("n1"), ScriptedAgent("n2"))
    var plan = plan(["ready@n1", "ready@n2", "other"])
    for (index, node) in ["n1", "n2"].enumerated() {
      plan.cases[index].definition.name = "ready"
      plan.cases[index].definition.onEachNode = true
      plan.cases[index].node = node
    }
    let observed = try await world.run(plan)
    for attempt in observed.attempts where attempt.id.rawValue.hasPrefix("ready@") {
      #expect(attempt.id.rawValue == "ready@\(attempt.node ?? "")")
    }
    #expect(Set(observed.verdicts.values) == [.pass])
  }

  @Test(arguments: [-90_000, 0, 3_600, 1_600_000_000] as [Double])
  func timesAreCorrectedByTheNodesClock(_ ahead: Double) async throws {
    var script = ScriptedAgent.Script()
    script.clockAhead = ahead
    let before = wall()
    let world = try World(ScriptedAgent("n1", script))
    let observed = try await world.run(plan(2))
    let after = wall()
    // As exact as a ping is short; a busy machine makes none last for seconds.
    let range = before.advanced(bySeconds: -5)...after.advanced(bySeconds: 5)
    #expect(observed.starts.allSatisfy { range.contains($0.began) })
    #expect(observed.attempts.allSatisfy { range.contains($0.outcome.started) && range.contains($0.outcome.stopped) })
    let offset = world.agents[0].seen.orders.first?.environment["SORTIE_CLOCK_OFFSET_MS"].flatMap(Double.init)
    #expect(abs((offset ?? .infinity) - ahead * 1000) < 5_000)
  }

  @Test func artifactsComeBackUnderTheirNames() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.start(order)
      agent.emit(.artifact(order.attempt, stream: 1, path: "a/b/report.xml", size: 6, isCut: false))
      agent.emit(.artifact(order.attempt, stream: 2, path: "empty", size: 0, isCut: false))
      agent.print(order.attempt, Array("<x".utf8), stream: 1, at: 0)
      agent.print(order.attempt, Array("/>\n".utf8 + [10]), stream: 1, at: 2)
      agent.emit(.artifact(order.attempt, stream: 3, path: "half", size: 10, isCut: true))
      agent.print(order.attempt, [1, 2, 3], stream: 3, at: 0)
      agent.finish(order.attempt, .pass)
    }
    let observed = try await World(ScriptedAgent("n1", script)).run(plan(["c"]))
    #expect(observed.artifact("c", "a/b/report.xml") == "<x/>\n\n")
    // What was announced and did not come is not claimed.
    #expect(Set(observed.artifacts.map(\.path)) == ["a/b/report.xml", "empty"])
  }
}
