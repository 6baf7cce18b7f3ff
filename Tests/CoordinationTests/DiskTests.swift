import Glibc
import Model
import Scheduling
import Synchronization
import Testing
import Wire

@testable import Coordination
@testable import Journal

/// The coordinator's disk refuses for a while, or for good.
@Suite struct DiskTests {
  /// A disk that refuses while somebody says so.
  private final class Refusal: Sendable {
    let refuses = Atomic(false)
    let refusals = Atomic(0)
    let patience: Int

    /// - Parameter patience: how often it refuses before it gives in.
    init(patience: Int = .max) { self.patience = patience }

    func ask() throws(DiskError) {
      guard refuses.load(ordering: .relaxed) else { return }
      let count = refusals.add(1, ordering: .relaxed).newValue
      if count >= patience { refuses.store(false, ordering: .relaxed) }
      throw DiskError("fdatasync", ENOSPC)
    }
  }

  /// The real disk, where it does not refuse.
  private struct RefusingDisk: Disk {
    let refusal: Refusal
    let real = SystemDisk()

    func makeFolder(_ path: String) throws(DiskError) { try real.makeFolder(path) }
    func syncFolder(_ path: String) throws(DiskError) { try real.syncFolder(path) }
    func open(_ path: String, for purpose: DiskPurpose) throws(DiskError) -> Int32 { try real.open(path, for: purpose) }
    func close(_ file: Int32) { real.close(file) }
    func size(of file: Int32) throws(DiskError) -> Int64 { try real.size(of: file) }
    func read(_ file: Int32, at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
      try real.read(file, at: offset, count: count)
    }
    func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(DiskError) {
      try real.write(bytes, to: file, at: offset)
    }
    func truncate(_ file: Int32, to size: Int64) throws(DiskError) { try real.truncate(file, to: size) }
    func sync(_ file: Int32) throws(DiskError) {
      try refusal.ask()
      try real.sync(file)
    }
    func syncAll(around file: Int32) throws(DiskError) {
      try refusal.ask()
      try real.syncAll(around: file)
    }
  }

  private func journal(_ world: World, _ disk: Refusal) throws -> sending JournalWriter {
    try JournalWriter(creating: world.folder, disk: RefusingDisk(refusal: disk))
  }

  /// Two cases start and stay; the disk begins to refuse as the first verdict comes in.
  private static func script(_ disk: Refusal) -> ScriptedAgent.Script {
    var script = ScriptedAgent.Script()
    script.slots = 1
    script.run = { order, agent in
      disk.refuses.store(true, ordering: .relaxed)
      agent.play(order)
    }
    return script
  }

  @Test func nothingIsLostOrForgottenWhileTheDiskRefuses() async throws {
    let disk = Refusal()
    let world = try World(ScriptedAgent("n1", Self.script(disk)))
    // Once the refusal was shouted about, there is room again.
    let settings = world.settings(policy: Policy(batchSeconds: 0))
    let observed = try await world.run(plan(5), settings, journal: journal(world, disk)) { batch in
      for recorded in batch where recorded.event.number == 0 { disk.refuses.store(false, ordering: .relaxed) }
    }
    #expect(disk.refusals.load(ordering: .relaxed) > 0)
    #expect(observed.verdicts["case1"] == .pass)
    // Nothing was begun meanwhile, and everything ran afterwards.
    #expect(observed.finished.allSatisfy { $0.verdict == .pass })
    #expect(observed.notices.contains { $0.contains("for a while nothing was begun: fdatasync") })
    guard case .runFinished(let end) = observed.events.last?.activity else { return }
    #expect(end.missing.isEmpty)
    observed.checkLogs()
    let shouted = world.told.withLock { $0 }.filter { $0.event.number == 0 }
    #expect(shouted.count >= 2, "the refusal and its end are said, and said once each")
  }

  @Test func nothingIsAcknowledgedWhileTheDiskRefuses() async throws {
    let disk = Refusal(patience: 3)
    let early = Atomic(0)
    var script = Self.script(disk)
    script.acknowledged = { _, _ in
      if disk.refuses.load(ordering: .relaxed) { early.add(1, ordering: .relaxed) }
    }
    let world = try World(ScriptedAgent("n1", script))
    try await world.run(plan(1), journal: journal(world, disk))
    #expect(disk.refusals.load(ordering: .relaxed) == 3)
    #expect(early.load(ordering: .relaxed) == 0)
    #expect(!world.agents[0].seen.acknowledged.isEmpty)
  }

  @Test func aCancelAtOnceEndsARunWhoseDiskRefusesForGood() async throws {
    let disk = Refusal()
    let world = try World(ScriptedAgent("n1", Self.script(disk)))
    let fault = await #expect(throws: Fault.self) {
      _ = try await world.run(plan(3), journal: journal(world, disk)) { [weak world] batch in
        for recorded in batch where recorded.event.number == 0 { world?.coordinator?.cancel(by: "test", now: true) }
      }
    }
    #expect(fault?.code == .system)
    let agent = world.agents[0].seen
    #expect(agent.byes == 0, "the agent keeps the verdicts that are not in the journal")
    #expect(agent.acknowledged.isEmpty)
    #expect(agent.cancels.contains(Cancel(attempts: nil, now: true)))
    let events = try JournalReader.events(of: world.folder)
    #expect(!events.contains { $0.activity.name == "attempt_finished" })
    #expect(!world.told.withLock { $0 }.contains { $0.event.activity.name == "attempt_finished" })
  }
}
