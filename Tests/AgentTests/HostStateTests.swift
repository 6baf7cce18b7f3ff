import Model
import Testing
import Wire

@testable import Agent

@Suite struct HostStateTests {
  private var agent = SimulatedAgent()

  // MARK: Fences

  @Test mutating func aLowerFenceIsRefusedByName() throws {
    agent.attach()
    let first = try agent.order("a", ordinal: 2, fence: 7)
    try agent.order("a", ordinal: 1, fence: 6)
    try agent.order("a", ordinal: 2, fence: 5)
    try agent.order("b", fence: 1)
    agent.begin(0)
    agent.begin(1)
    #expect(agent.started == [first, AttemptID(rawValue: "r.b.1")])
    let said = try agent.said()
    #expect(said.count == 2 && said.allSatisfy { $0.hasPrefix("warning: ") })
    for (line, name) in zip(said, ["r.a.1", "r.a.2"]) {
      #expect(line.contains("\(name) was refused") && line.contains("lower than 7") && line.contains("\(first)"))
    }
  }

  @Test mutating func anOrderThatComesAgainIsPassedOver() throws {
    agent.attach()
    let attempt = try agent.order("a", fence: 3)
    for _ in 0..<2 { try agent.order("a", fence: 3) }
    agent.begin(0)
    try agent.order("a", fence: 3)
    agent.begin(1)
    try agent.finish(0)
    agent.sync()
    try agent.order("a", fence: 3)
    #expect(agent.started == [attempt])
    #expect(try agent.said() == ["r.a.1: pass: r"])
    agent.acknowledge(.max)
    try agent.order("a", fence: 3)
    agent.begin(0)
    #expect(agent.started == [attempt], "it has ended, and the coordinator has said that it knows")
    #expect(try agent.said().first?.contains("r.a.1 was refused") == true)
  }

  /// Never two live attempts of one case.
  @Test mutating func aHigherFenceWaitsForTheEndOfTheLower() throws {
    agent.attach()
    let first = try agent.order("a", ordinal: 1, fence: 1)
    agent.begin(0)
    let second = try agent.order("a", ordinal: 2, fence: 2)
    #expect(agent.ended == [.end(slot: 0, now: true)])
    let third = try agent.order("a", ordinal: 3, fence: 3)
    agent.begin(1)
    #expect(agent.started == [first], "the slot has not said that it is over")
    try agent.finish(0, .error, ending: .cancelled)
    agent.begin(1)
    #expect(agent.started == [first, third])
    try agent.finish(1)
    agent.sync()
    #expect(
      try agent.said() == ["\(second): error: \(third) took its place", "\(first): error: r", "\(third): pass: r"])
    #expect(agent.state.session.attempts.count == 3 && agent.state.running.isEmpty)
  }

  @Test mutating func aWaitingAttemptGivesWayAtOnce() throws {
    agent.attach()
    try agent.order("a", ordinal: 1, fence: 1)
    let second = try agent.order("a", ordinal: 2, fence: 2)
    agent.begin(0)
    agent.begin(1)
    #expect(agent.started == [second])
    // A successor that was cancelled meanwhile does not begin.
    try agent.order("a", ordinal: 3, fence: 3)
    agent.perform(agent.state.cancel(Cancel(attempts: [AttemptID(rawValue: "r.a.3")]), at: agent.now))
    try agent.finish(0)
    agent.begin(0)
    #expect(agent.started == [second])
  }

  // MARK: Lines, leases, lives

  @Test mutating func aNumberOfAnotherLifeDoesNotCount() throws {
    agent.attach()
    try agent.order("a")
    agent.begin()
    agent.grow(0, by: 10)
    try agent.finish(0)
    agent.sync()
    #expect(try agent.drain().map(\.0) == [1, 2])
    for (life, count) in [("1", 0), (nil, 0), ("0", 2)] as [(String?, Int)] {
      agent.attach(received: 2, life: life)
      #expect(try agent.drain().count == count, "\(life ?? "any")")
    }
  }

  @Test mutating func verdictsAreNotSentBeforeTheyAreDurable() throws {
    agent.attach()
    try agent.order("a")
    try agent.order("b")
    agent.begin(0)
    agent.begin(1)
    agent.grow(0, by: 10)
    try agent.finish(0)
    agent.grow(1, by: 5)
    #expect(try agent.drain().map(\.0) == [1], "the output, and not what stands behind the verdict")
    try agent.finish(1)
    #expect(try agent.drain().isEmpty && agent.state.needsSync)
    agent.sync()
    #expect(try agent.drain().map(\.0) == [2, 3, 4] && !agent.state.needsSync)
  }

  @Test(arguments: [(900, 8), (20, 8), (3, 3)] as [(Double, Double)])
  func aSilentLineIsLetGo(_ lease: Double, _ limit: Double) {
    var agent = SimulatedAgent(lease: lease)
    agent.attach()
    agent.tick(limit)
    agent.state.heard(at: agent.time)
    agent.tick(limit)
    #expect(agent.cuts == 0)
    agent.tick(0.5)
    agent.tick(0.5)
    #expect(agent.cuts == 1, "once")
    agent.attach()
    agent.tick(1)
    #expect(agent.cuts == 1)
  }

  @Test mutating func theEndOfTheLeaseEndsEverything() throws {
    agent = SimulatedAgent(lease: 20)
    agent.attach()
    for id in ["a", "b", "c"] { try agent.order(id) }
    agent.begin(0)
    agent.begin(1)
    try agent.finish(0)
    agent.tick(20)
    #expect(agent.ended == [])
    agent.tick(1)
    agent.tick(1)
    #expect(agent.ended == [.end(slot: 1, now: true)])
    try agent.finish(1, .error, ending: .cancelled)
    agent.sync()
    agent.attach()
    let reason = "error: the node's lease ended"
    #expect(try agent.said() == ["r.a.1: pass: r", "r.c.1: \(reason)", "r.b.1: \(reason)"])
    try agent.order("d")
    agent.begin(0)
    #expect(agent.started.last == AttemptID(rawValue: "r.d.1"), "it serves whoever came back")
  }

  // MARK: Slots

  @Test mutating func aSlotThatNeverReportsIsEnded() throws {
    agent.attach()
    try agent.order("a", timeout: 100, grace: 10)
    agent.begin(0)
    for _ in 0..<139 {
      agent.tick(1)
      agent.state.heard(at: agent.time)
    }
    #expect(agent.ended == [])
    agent.tick(1)
    #expect(agent.ended == [.kill(slot: 0)])
    agent.sync()
    #expect(try agent.said().first?.contains("error: its slot on n1 did not report") == true)
  }

  @Test(arguments: [(true, 30), (false, 40)] as [(Bool, Int)])
  func aSlotThatDoesNotCancelIsEnded(_ isNow: Bool, _ seconds: Int) throws {
    var agent = SimulatedAgent()
    agent.attach()
    try agent.order("a", timeout: 1000, grace: 10)
    agent.begin(0)
    agent.perform(agent.state.cancel(Cancel(attempts: nil, now: isNow), at: agent.now))
    for _ in 0..<seconds - 1 { agent.tick(1) }
    #expect(agent.ended == [.end(slot: 0, now: isNow)])
    agent.tick(1)
    #expect(agent.ended.last == .kill(slot: 0) && agent.ended.count == 2)
  }

  /// A machine that was suspended blames no slot for it.
  @Test mutating func suspendIsNoTimeout() throws {
    agent.attach()
    try agent.order("a", timeout: 10, grace: 1)
    agent.begin(0)
    agent.tick(100)
    #expect(agent.ended == [])
  }

  @Test mutating func aDeadSlotIsAnError() throws {
    agent.attach()
    try agent.order("a")
    agent.begin(0)
    agent.slots[0] = nil
    agent.perform(agent.state.slotDied(0, at: agent.now))
    agent.perform(agent.state.slotDied(0, at: agent.now))
    agent.sync()
    #expect(try agent.said() == ["r.a.1: error: its slot died"])
  }

  // MARK: Acknowledgements

  @Test mutating func whatIsAcknowledgedIsDeleted() throws {
    agent.attach()
    for id in ["a", "b"] { try agent.order(id) }
    agent.begin(0)
    agent.begin(1)
    agent.grow(0, by: 10)
    try agent.keep(0, stream: 1, size: 3)
    agent.grow(1, by: 10)
    try agent.finish(0)
    agent.sync()
    let whole = agent.spool.count
    agent.acknowledge(try agent.drain().last?.0 ?? 0)
    #expect(agent.files.keys.map(\.attempt) == [AttemptID(rawValue: "r.b.1")])
    #expect(agent.spool.count > whole, "a mark says that it is released")
    #expect(SpoolLog(agent.spool).remnants.map(\.attempt) == [AttemptID(rawValue: "r.b.1")])
    try agent.finish(1)
    agent.sync()
    agent.acknowledge(.max)
    #expect(agent.spool.isEmpty && agent.files.isEmpty && agent.state.session.isIdle && agent.state.jobs.isEmpty)
  }

  @Test mutating func aSpoolOfReleasedRecordsIsRewritten() throws {
    agent.attach()
    let kept = try agent.order("kept")
    agent.begin(7)
    for index in 0..<5000 {
      try agent.order("c\(index)")
      agent.begin(0)
      try agent.finish(0)
      agent.sync()
      agent.acknowledge(.max)
    }
    let line = 400
    #expect(agent.compactions > 0 && agent.spool.count < HostState.compactionThreshold + line)
    #expect(agent.state.spoolSize == agent.spool.count)
    #expect(SpoolLog(agent.spool).remnants.map(\.attempt) == [kept])
  }
}
