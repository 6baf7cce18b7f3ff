import CSpawn
import Glibc
import Model
import Testing
import Wire

@testable import Agent

/// Agents that die, and what the next one in their directory makes of it.
@Suite(.serialized) struct RebirthTests {
  @Test func finishedAttemptsOutliveTheirAgent() async throws {
    try await withNode { node in
      let first = try node.attach()
      let attempt = try first.script("done", "echo one; echo art >a; echo two") { $0.artifacts = ["a"] }
      let other = try first.script("other", "echo other")
      for attempt in [attempt, other] { #expect(try first.outcome(attempt).verdict == .pass) }
      node.killDaemon()
      let second = try node.connect()
      try second.attach("r1") {
        $0.life = first.welcome?.life
        $0.received = first.received
        $0.held = [HeldAttempt(attempt: attempt, output: 4)]
      }
      #expect(second.welcome?.attempts.count == 2 && second.welcome?.acknowledged == 0)
      #expect(try second.outcome(attempt) == first.outcome(attempt) && second.outcome(other) == first.outcome(other))
      #expect(second.artifacts(attempt)["a"]?.text == "art\n" && second.text(other) == "other\n")
      #expect(second.oddities.count == 1 && second.text(attempt) == "two\n", "from the fourth byte on")
      second.acknowledge(second.received)
      try second.roundTrip()
      #expect(folderEntries(node.directory.run(RunID(rawValue: "r1"))) == ["verdicts"])
      node.killDaemon()
      #expect(try node.attach().welcome?.attempts == [], "what was acknowledged is forgotten for good")
    }
  }

  @Test func whatRanIsAnErrorWithItsOutput() async throws {
    try await withNode { node in
      let first = try node.attach()
      let released = try first.script("released", "echo released")
      #expect(try first.outcome(released).verdict == .pass)
      first.acknowledge(first.received)
      let running = try first.script("running", "echo up; \(node.awaiting("never"))")
      let queued = try first.script("queued", "echo queued")
      try first.wait("output") { $0.text(running) == "up\n" }
      node.killDaemon()
      let second = try node.attach()
      #expect(second.welcome?.attempts == [running])
      let outcome = try second.outcome(running)
      #expect(outcome.verdict == .error && outcome.reason == "the agent on n1 died while it ran")
      #expect(second.text(running) == "up\n" && second.known(released) == nil && second.known(queued) == nil)
      try second.script("queued", "echo queued")
      #expect(try second.outcome(queued).verdict == .pass && second.oddities == [])
    }
  }

  /// The agent is killed at each of its durable steps, for the first and for the third time that it gets there.
  @Test(
    arguments: [
      "order-taken", "attempt-begun", "verdict-written", "verdict-synced", "acknowledgement-taken",
    ], [1, 3]) func everyCrashIsSurvived(_ point: String, _ count: Int) async throws
  {
    try await withNode { node in
      var client = try node.connect(environment: ["SORTIE_CRASH": "\(point):\(count)"])
      try client.attach("r1")
      let names = (0..<4).map { "c\($0)" }
      let attempts = names.map { AttemptID(rawValue: "r1.\($0).1") }
      for name in names { try client.script(name, "echo \(name); echo art >a; echo end") { $0.artifacts = ["a"] } }
      let life = client.welcome?.life
      // Acknowledges each end as it comes, until the agent is gone.
      var told = 0
      while !client.isOver, client.welcome?.life == life {
        try? client.wait("news") { $0.received > UInt64(told) || $0.isOver }
        told = Int(client.received)
        client.acknowledge(client.received)
      }
      if let daemon = node.daemon { Processes.waitGone([daemon]) }
      let next = try node.connect()
      next.takeOver(client)
      next.beginAnew()
      try next.attach("r1") { ($0.life, $0.received, $0.held) = (life, client.received, client.held) }
      #expect(next.welcome?.life != life, "it was another agent")
      client = next
      let held = Set(client.welcome?.attempts ?? [])
      for (name, attempt) in zip(names, attempts) where client.known(attempt) == nil && !held.contains(attempt) {
        #expect(!client.hasStarted(attempt), "\(attempt) had begun and is forgotten")
        try client.script(name, "echo \(name); echo art >a; echo end") { $0.artifacts = ["a"] }
      }
      for (name, attempt) in zip(names, attempts) {
        let outcome = try client.outcome(attempt)
        let ends = client.events.filter { if case .finished(attempt, _) = $0 { true } else { false } }
        #expect(Set(ends).count == 1, "one verdict of \(attempt)")
        guard outcome.verdict == .pass else {
          #expect(outcome.verdict == .error && outcome.reason?.contains("died while it ran") == true)
          continue
        }
        #expect(client.text(attempt) == "\(name)\nend\n" && client.artifacts(attempt)["a"]?.text == "art\n")
      }
      #expect(client.oddities == [])
      client.acknowledge(client.received)
      try client.roundTrip()
      #expect(folderEntries(node.directory.run(RunID(rawValue: "r1"))) == ["verdicts"])
    }
  }

  @Test func foldersThatNobodyCameBackToAreDeleted() async throws {
    try await withNode { node in
      try node.directory.create()
      for (name, days) in [("old", 31), ("young", 29)] as [(String, Int64)] {
        let folder = node.directory.run(RunID(rawValue: name))
        try makeFolders(folder)
        let file = Descriptor(sortie_open(folder + "/verdicts", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600))
        #expect(file.number >= 0)
        let time = timespec(tv_sec: Int(Clock.wall().nanoseconds / 1_000_000_000 - days * 86_400), tv_nsec: 0)
        for path in [folder + "/verdicts", folder] { utimensat(AT_FDCWD, path, [time, time], 0) }
      }
      _ = try node.attach()
      #expect(Set(folderEntries(node.directory.runs)) == ["young", "r1"])
    }
  }
}
