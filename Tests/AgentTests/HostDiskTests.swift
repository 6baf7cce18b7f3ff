import Model
import Testing
import Wire

@testable import Agent

/// A node whose disk is full, and what a new agent finds on it.
@Suite struct HostDiskTests {
  private var agent = SimulatedAgent()
  private let words = "n1's disk is full: write /w: No space left on device"

  @Test mutating func nothingBeginsOnAFullDisk() throws {
    agent.attach()
    for id in ["a", "b", "c"] { try agent.order(id) }
    agent.begin(0)
    agent.isFull = true
    agent.begin(1)
    #expect(agent.started.count == 1 && agent.slots.count == 1)
    try agent.order("d")
    agent.begin(1)
    let said = try agent.said()
    #expect(said.first?.hasPrefix("error: \(words)") == true)
    #expect(said.dropFirst() == ["r.c.1: error: \(words)", "r.b.1: error: \(words)", "r.d.1: error: \(words)"])
    try agent.finish(0)
    #expect(try agent.said() == ["r.a.1: pass: r"], "what no disk takes is sent all the same, and said once")
    agent.tick(1)
    agent.isFull = false
    agent.tick(1)
    agent.sync()
    #expect(try agent.said() == ["info: n1's disk can be written again"])
    let ends = SpoolLog(agent.spool).remnants.filter { $0.ending != nil }.map(\.attempt.rawValue)
    #expect(Set(ends) == ["r.a.1", "r.b.1", "r.c.1", "r.d.1"], "what was kept in memory is on the disk now")
    try agent.order("e")
    agent.begin(0)
    #expect(agent.started.last == AttemptID(rawValue: "r.e.1"))
  }

  @Test mutating func aVerdictThatNoDiskTakesIsSent() throws {
    agent.attach()
    try agent.order("a")
    agent.begin(0)
    agent.isFull = true
    try agent.finish(0)
    agent.sync()
    let said = try agent.said()
    #expect(said.first == "r.a.1: pass: r" && said.dropFirst().first?.hasPrefix("error: ") == true && said.count == 2)
    agent.acknowledge(.max)
    #expect(agent.state.unspooled.isEmpty && agent.state.jobs.isEmpty)
    agent.isFull = false
    agent.tick(1)
    #expect(agent.spool.isEmpty, "nobody needs it any more")
  }

  @Test mutating func aRefusedSyncIsSaid() throws {
    agent.attach()
    try agent.order("a")
    agent.begin(0)
    try agent.finish(0)
    agent.isFull = true
    agent.sync()
    let said = try agent.said()
    #expect(said.count == 2 && said.last?.contains("fdatasync /w") == true)
  }

  @Test mutating func aRefusedOutputStopsAdmission() throws {
    agent.attach()
    for id in ["a", "b"] { try agent.order(id) }
    agent.begin(0)
    agent.isFull = true
    agent.perform(agent.state.outputRefused("splice /o: No space left on device", at: agent.now))
    agent.begin(1)
    #expect(agent.started.count == 1)
    let said = try agent.said()
    #expect(said.count == 2 && said.allSatisfy { $0.contains("n1's disk is full: splice /o: No space left") })
  }

  // MARK: A new life

  @Test mutating func aNewAgentGoesOnWithWhatTheOldOneHeld() throws {
    agent.attach()
    for id in ["done", "cut", "waiting", "gone"] { try agent.order(id) }
    for slot in [0, 1] { agent.begin(slot) }
    agent.grow(0, by: 300)
    try agent.keep(0, stream: 1, size: 7)
    agent.grow(1, by: 40)
    try agent.finish(0)
    agent.sync()
    let done = AttemptID(rawValue: "r.done.1")
    let cut = AttemptID(rawValue: "r.cut.1")
    agent.time = 5
    agent.die(life: "2", received: 99, of: "1", held: [HeldAttempt(attempt: done, output: 100)])
    #expect(Set(agent.state.session.attempts.keys) == [done, cut])
    agent.sync()
    var records: [String] = []
    for (number, record) in try agent.drain() {
      #expect(Int(number) == records.count + 1)
      switch record {
      case .data(let attempt, let stream, let offset, let length):
        records.append("\(attempt) \(stream): \(offset)+\(length)")
      case .event(let bytes):
        switch try Payload.decode(NodeEvent.self, from: bytes) {
        case .started(let attempt, _): records.append("\(attempt) started")
        case .artifact(let attempt, let stream, _, let size, _): records.append("\(attempt) artifact \(stream) \(size)")
        case .finished(let attempt, let outcome):
          records.append("\(attempt) \(outcome.verdict) \(outcome.reason ?? "")")
        case .notice(let notice): records.append(notice.text)
        case .unknown(let name): records.append(name)
        }
      }
    }
    #expect(
      records == [
        "r.done.1 started", "r.done.1 0: 100+200", "r.done.1 artifact 1 7", "r.done.1 1: 0+7", "r.done.1 pass r",
        "r.cut.1 started", "r.cut.1 0: 0+40", "r.cut.1 error the agent on n1 died while it ran",
      ])
    agent.die(life: "3", received: 0, of: nil, held: [])
    agent.sync()
    let said = try agent.said()
    #expect(said.map { $0.prefix(12) } == ["r.done.1: pa", "r.cut.1: err"], "the same again in the next life")
    agent.acknowledge(.max)
    #expect(agent.spool.isEmpty && agent.files.isEmpty)
  }

  @Test mutating func fencesOutliveTheAgent() throws {
    agent.attach()
    try agent.order("a", ordinal: 2, fence: 5)
    agent.begin(0)
    agent.die(life: "2", received: 0, of: nil, held: [])
    try agent.order("a", ordinal: 1, fence: 4)
    agent.begin(0)
    #expect(agent.started == [])
    agent.sync()
    #expect(try agent.said().last?.contains("r.a.1 was refused") == true)
  }

  @Test mutating func whatTheDiskLostIsSaid() throws {
    agent.attach()
    try agent.order("a")
    agent.begin(0)
    agent.grow(0, by: 300)
    try agent.keep(0, stream: 1, size: 7)
    try agent.finish(0)
    agent.sync()
    let attempt = AttemptID(rawValue: "r.a.1")
    agent.files[Session.Stream(attempt: attempt, index: 0)] = 250
    agent.files[Session.Stream(attempt: attempt, index: 1)] = 6
    agent.spool += [1, 2, 3]
    agent.die(life: "2", received: 0, of: nil, held: [HeldAttempt(attempt: attempt, output: 260)])
    #expect(try !agent.said().contains { $0.contains("pass") }, "it may not be durable yet")
    agent.attach(life: "other")
    agent.sync()
    let said = try agent.said()
    #expect(said.count == 4 && said.last == "r.a.1: pass: r")
    #expect(said[0].contains("3 bytes at the end") && said[1].contains("40 bytes of the output of r.a.1"))
    #expect(said[2].contains("a file that r.a.1 left was lost"))
  }
}
