import Glibc
import Model
import Testing
import Wire

@testable import Agent

@Suite(.serialized) struct LifeTests {
  @Test func theAgentSaysWhatItIs() async throws {
    try await withNode { node in
      let facts = try node.attach().welcome?.facts
      #expect(facts?.system.hasPrefix("Linux ") == true && facts?.architecture == "x86_64")
      #expect(facts?.directory == node.directory.path && facts?.machine.count == 10)
      #expect((facts?.cores ?? 0) > 0 && (facts?.memory ?? 0) > 1 << 20 && (facts?.diskFree ?? 0) > 0)
    }
  }

  @Test func manyLinesAtOnceFindOneAgent() async throws {
    try await withNode { node in
      let clients = try (0..<6).map { _ in try node.connect() }
      for (index, client) in clients.enumerated() { try client.attach("r\(index)") }
      #expect(Set(clients.compactMap { $0.welcome?.life }).count == 1)
      #expect(Processes.find(["serve", node.directory.path]).count == 1)
    }
  }

  @Test func aLostBridgeEndsNothing() async throws {
    try await withNode { node in
      let first = try node.attach()
      let attempt = try first.script("survivor", node.awaiting("go") + "; echo done")
      try first.wait("the start") { $0.hasStarted(attempt) }
      first.close()
      let second = try node.attach()
      #expect(second.welcome?.life == first.welcome?.life && second.welcome?.attempts == [attempt])
      try node.touch("go")
      #expect(try second.outcome(attempt).verdict == .pass && second.text(attempt) == "done\n")
    }
  }

  @Test func anotherRunOfTheSameNameFindsNothing() async throws {
    try await withNode { node in
      let first = try node.attach()
      let old = try first.script("old", node.awaiting("never"))
      try first.wait("the start") { $0.hasStarted(old) }
      let fault = #expect(throws: Fault.self) { try node.attach { $0.isNew = true } }
      #expect(fault?.code == .busy, "the first one's coordinator is there")
      first.close()
      let second = try node.attach { $0.isNew = true }
      #expect(second.welcome?.attempts == [] && second.welcome?.sequence == 0)
      let attempt = try second.script("old", "echo new")
      #expect(try second.outcome(attempt).verdict == .pass && second.text(attempt) == "new\n")
    }
  }

  @Test func theBridgeGoesWithItsLine() async throws {
    try await withNode { node in
      let client = try node.attach()
      client.cut()
      #expect(Processes.waitGone([client.bridge]))
    }
  }

  @Test func byeRemovesTheRun() async throws {
    try await withNode { node in
      let client = try node.attach()
      let folder = node.directory.run(RunID(rawValue: "r1"))
      #expect(try client.outcome(client.script("c", "echo x; echo y >y") { $0.artifacts = ["y"] }).verdict == .pass)
      #expect(!folderEntries(folder).isEmpty)
      client.send(Frame.encode(.bye, []))
      try client.wait("the end") { $0.isOver }
      #expect(access(folder, F_OK) != 0)
      #expect(try node.attach().welcome?.sequence == 0, "nothing is left of it")
    }
  }

  /// The run is over for its coordinator; the slot has to become free for others all the same.
  @Test func byeEndsWhatRunsAndFreesTheSlot() async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let client = try node.attach()
      let attempt = try client.script("running", "trap '' TERM; echo up; sleep \(mark); sleep \(mark)")
      try client.order("queued", ["sleep", mark])
      try client.wait("output") { $0.text(attempt) == "up\n" }
      let sleepers = Processes.find([mark])
      client.send(Frame.encode(.bye, []))
      #expect(Processes.waitGone(sleepers))
      let next = try node.attach("r2")
      #expect(try next.outcome(next.order("next", ["true"])).verdict == .pass)
      #expect(access(node.directory.run(RunID(rawValue: "r1")), F_OK) != 0 && Processes.find([mark]) == [])
    }
  }

  @Test func anIdleAgentExits() async throws {
    try await withNode { node in
      let client = try node.attach(idle: 0.2)
      #expect(try client.outcome(client.order("c", ["true"])).verdict == .pass)
      let (daemon, slots) = (node.daemon, node.slots)
      client.send(Frame.encode(.bye, []))
      #expect(Processes.waitGone([daemon ?? 0] + slots) && node.daemon == nil)
      #expect(try node.attach(idle: 0.2).welcome?.attempts == [])
    }
  }

  @Test func aBusyAgentIsNotIdle() async throws {
    try await withNode { node in
      let first = try node.attach(idle: 0.2)
      let attempt = try first.script("busy", "sleep 1.5; echo done")
      try first.wait("the start") { $0.hasStarted(attempt) }
      first.cut()
      #expect(!Processes.waitGone([node.daemon ?? 0], seconds: 1.2))
      let second = try node.attach()
      #expect(second.welcome?.life == first.welcome?.life)
      #expect(try second.outcome(attempt).verdict == .pass)
    }
  }

  @Test func theEndOfTheLeaseEndsWhatRuns() async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let first = try node.attach { $0.lease = 1 }
      let finished = try first.order("finished", ["true"])
      #expect(try first.outcome(finished).verdict == .pass)
      let running = try first.script("running", "trap '' TERM; echo up; sleep \(mark); sleep \(mark)")
      let queued = try first.order("queued", ["sleep", mark])
      try first.wait("output") { $0.text(running) == "up\n" }
      let sleepers = Processes.find([mark])
      #expect(Processes.waitGone(sleepers), "nobody sent anything for a second")
      let second = try node.attach()
      #expect(try second.outcome(finished).verdict == .pass, "what was finished is kept")
      let ended = try second.outcome(running)
      #expect(ended.verdict == .error && ended.reason?.contains("lease") == true, "\(ended.reason ?? "")")
      let waited = try second.outcome(queued)
      #expect(waited.verdict == .error && waited.reason?.contains("lease") == true && !second.hasStarted(queued))
      #expect(try second.outcome(second.order("after", ["true"])).verdict == .pass)
    }
  }

  @Test func aLineThatIsOnlyQuietKeepsItsLease() async throws {
    try await withNode { node in
      let client = try node.attach { $0.lease = 2 }
      let attempt = try client.script("quiet", "sleep 2.5; echo done")
      #expect(try client.outcome(attempt).verdict == .pass, "heartbeats hold it")
    }
  }
}
