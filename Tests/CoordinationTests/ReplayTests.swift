import Glibc
import Journal
import Model
import Scheduling
import TestSupport
import Testing
import Wire

@testable import Coordination

/// A run is rebuilt from its journal, wherever that ends.
@Suite struct ReplayTests {
  /// Gates, retries, errors, artifacts, a cut line, a set-up: a run in which much happens.
  private func events() async throws -> (World, [Event], RunSettings) {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.start(order)
      agent.print(order.attempt, Array("one\n".utf8))
      agent.print(order.attempt, Array("two\n".utf8))
      agent.emit(.artifact(order.attempt, stream: 1, path: "a/b", size: 8, isCut: false))
      agent.print(order.attempt, Array("artifact".utf8), stream: 1)
      agent.emit(.artifact(order.attempt, stream: 2, path: "empty", size: 0, isCut: false))
      let verdict: Verdict =
        switch order.id.rawValue {
        case "flaky": order.attempt.ordinal == 1 ? .fail : .pass
        case "bad": .fail
        case "broken": .error
        default: .pass
        }
      agent.finish(order.attempt, verdict)
    }
    let world = try World(ScriptedAgent("n1", script), ScriptedAgent("n2", script))
    var plan = plan(["gate", "flaky", "bad", "broken", "behind"])
    plan.cases[0].definition.isBlocking = true
    plan.cases[1].definition.retries = 2
    plan.tiers[0].setup = Hook(run: RunSpec(driver: "exec"))
    plan.tiers[0].teardown = Hook(run: RunSpec(driver: "exec"))
    let settings = world.settings()
    let observed = try await world.run(plan, settings)
    return (world, observed.events, settings)
  }

  @Test func everyPrefixOfARunIsRebuilt() async throws {
    let (_, events, settings) = try await events()
    for count in 2..<events.count {
      let prefix = Array(events.prefix(count))
      let replay = try Replay(prefix) { _ in settings }
      // What is owed is what the run really did next, as far as nothing new came in.
      let owed = replay.owed.compactMap { if case .record(let activity, _, _) = $0 { activity.name } else { nil } }
      #expect(Array(events.dropFirst(count).prefix(owed.count).map(\.activity.name)) == owed, "after \(count) events")
      let open = Set(replay.machine.ledger.all.map(\.plan.attempt))
      #expect(open == Self.open(prefix, owed: replay.owed), "after \(count) events")
    }
  }

  /// The attempts that were leased and have not ended.
  private static func open(_ events: [Event], owed: [Effect]) -> Set<AttemptID> {
    var open: Set<AttemptID> = []
    let later: [Activity] = owed.compactMap { if case .record(let activity, _, _) = $0 { activity } else { nil } }
    for activity in events.map(\.activity) + later {
      if case .unitLeased(let lease) = activity { open.formUnion(lease.attempts) }
      if case .attemptFinished(let end) = activity { open.remove(end.attempt) }
    }
    return open
  }

  @Test func aResumedRunRepeatsNothingThatIsFinished() async throws {
    let (first, events, _) = try await events()
    for count in stride(from: 2, to: events.count, by: 5) {
      let world = try World(ScriptedAgent("n1"), ScriptedAgent("n2"))
      try first.copyFiles(to: world)
      try Self.write(Array(events.prefix(count)), to: world)
      let finished = Self.verdicts(events.prefix(count))
      let settings = world.settings()
      var read: [Event] = []
      let journal = try JournalWriter(resuming: world.folder) { read.append($0) }
      let run = try ResumedRun(read, host: "there") { _ in settings }
      let coordinator = try Coordinator(
        resuming: run, contents: Contents(), journal: journal, connector: Lab(agents: world.agents), sinks: [],
        wall: wall)
      try await coordinator.run()
      let all = try JournalReader.events(of: world.folder)
      #expect(all.prefix(count).map(\.number) == events.prefix(count).map(\.number))
      #expect(all.map(\.time) == all.map(\.time).sorted(), "time runs backwards after \(count) events")
      let verdicts = Self.verdicts(all[...])
      #expect(verdicts.count == 5, "after \(count) events: \(verdicts)")
      for (id, verdict) in finished { #expect(verdicts[id] == verdict) }
      for case .attemptStarted(let start) in all.dropFirst(count).map(\.activity) {
        #expect(finished[start.id] == nil, "\(start.attempt) began although its case was finished")
      }
      let ends = all.compactMap { if case .caseFinished(let end) = $0.activity { end.id } else { nil } }
      #expect(Set(ends).count == ends.count)
    }
  }

  @Test func journalsThatMakeNoSenseAreRefusedByName() async throws {
    let (_, events, settings) = try await events()
    func code(_ events: [Event]) -> Fault? {
      do throws(Fault) {
        _ = try Replay(events) { _ in settings }
        return nil
      } catch {
        return error
      }
    }
    #expect(code([])?.code == .damaged)
    #expect(code(Array(events.prefix(1)))?.code == .damaged)
    #expect(code(Array(events.dropFirst()))?.code == .damaged)
    // Another version's rules: an event is missing that must follow, or stands elsewhere.
    let lease = try #require(events.firstIndex { $0.activity.name == "unit_leased" })
    var without = events
    without.remove(at: lease)
    let fault = try #require(code(without))
    #expect(fault.message.contains("does not follow"))
    #expect(fault.hint?.contains("by that version") == true)
  }

  @Test func aRunThatHasEndedIsNotResumed() async throws {
    let (_, events, settings) = try await events()
    let fault = #expect(throws: Fault.self) { _ = try ResumedRun(events, host: "h") { _ in settings } }
    #expect(fault?.code == .usage)
  }

  private static func verdicts(_ events: ArraySlice<Event>) -> [CaseID: Verdict] {
    var verdicts: [CaseID: Verdict] = [:]
    for case .caseFinished(let end) in events.map(\.activity) { verdicts[end.id] = end.verdict }
    return verdicts
  }

  private static func write(_ events: [Event], to world: World) throws {
    let journal = try JournalWriter(creating: world.folder)
    for event in events { _ = try journal.append(event.activity, at: event.time, sequence: event.sequence) }
    try journal.commit()
  }
}

extension World {
  /// Gives another world the raw logs and artifacts of this one's run.
  func copyFiles(to other: World) throws {
    func copy(_ path: String) throws {
      for name in Folder.names(folder.path + path) {
        let child = path + "/" + name
        if Folder.names(folder.path + child).isEmpty {
          try makeFile(other.folder.path + child, content(of: folder.path + child))
        } else {
          try copy(child)
        }
      }
    }
    try copy("/cases")
    try copy("/artifacts")
  }
}
