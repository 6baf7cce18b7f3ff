import Glibc
import Model
import Testing
import Wire

@testable import Agent

@Suite(.serialized) struct EndingTests {
  @Test func everyEndingIsToldApart() async throws {
    try await withNode { node in
      let client = try node.attach { $0.slots = 2 }
      let cases: [(String, [String], Verdict, Ending)] = [
        ("pass", ["/bin/true"], .pass, .exited(0)),
        ("fail", ["sh", "-c", "exit 3"], .fail, .exited(3)),
        ("signal", ["sh", "-c", "kill -SEGV $$"], .fail, .signalled(11)),
        ("missing", ["/no/such/program"], .error, .notSpawned(errno: 2, program: "/no/such/program")),
        ("unfound", ["no-such-program"], .error, .notSpawned(errno: 2, program: "no-such-program")),
        ("folder", ["/etc"], .error, .notSpawned(errno: 13, program: "/etc")),
        ("notools", ["sh", "-c", "no-such-program"], .error, .exited(127)),
      ]
      let attempts = try cases.map { try client.order($0.0, $0.1) }
      for (attempt, expected) in zip(attempts, cases) {
        let outcome = try client.outcome(attempt)
        #expect(outcome.verdict == expected.2, "\(expected.0): \(outcome.reason ?? "")")
        #expect(outcome.ending == expected.3)
        #expect((outcome.reason == nil) == (expected.2 == .pass))
        #expect(outcome.stopped >= outcome.started && outcome.leaked == [])
        #expect(client.hasStarted(attempt))
      }
      #expect(client.oddities == [])
    }
  }

  @Test func anOrderThatMakesNoSenseIsAnErrorAndTheSlotGoesOn() async throws {
    try await withNode { node in
      let client = try node.attach()
      let driver = try client.order("driver", []) { $0.run = RunSpec(driver: "telepathy") }
      let empty = try client.order("empty", [])
      let outside = try client.order("outside", ["true"]) {
        $0.files = [FileEntry(path: "../x", isExecutable: false, hash: String(repeating: "0", count: 64), size: 0)]
      }
      let absent = try client.order("absent", ["true"]) {
        $0.files = [FileEntry(path: "x", isExecutable: false, hash: String(repeating: "0", count: 64), size: 0)]
      }
      struct Torn: Encodable { var attempt = "r1.torn.1" }
      try client.send(.run, Torn())
      for attempt in [driver, empty, outside, absent, AttemptID(rawValue: "r1.torn.1")] {
        let outcome = try client.outcome(attempt)
        #expect(outcome.verdict == .error && outcome.reason?.isEmpty == false)
      }
      #expect(try client.outcome(client.order("fine", ["true"])).verdict == .pass)
    }
  }

  @Test func anAttemptWithoutAFileNameIsRefused() async throws {
    try await withNode { node in
      let client = try node.attach()
      try client.order("bad", ["true"]) { $0.attempt = AttemptID(rawValue: "../../x") }
      try client.wait("a refusal") { $0.refusal != nil }
      #expect(client.refusal?.message.contains("../../x") == true)
    }
  }

  @Test func whoIgnoresTheTimeoutIsKilled() async throws {
    try await withNode { node in
      let client = try node.attach()
      let mark = Processes.mark()
      let attempt = try client.script("deaf", "trap '' TERM; echo deaf; sleep \(mark); sleep \(mark)") {
        ($0.timeout, $0.grace) = (0.3, 0.2)
      }
      let outcome = try client.outcome(attempt)
      #expect(outcome.verdict == .fail && outcome.ending == .timedOut(afterSeconds: 0.3))
      #expect(client.text(attempt) == "deaf\n" && Processes.find([mark]) == [])
    }
  }

  @Test func whoObeysTheTimeoutMaySayGoodbye() async throws {
    try await withNode { node in
      let client = try node.attach()
      let attempt = try client.script("polite", "trap 'echo bye; exit 0' TERM; while :; do sleep 0.02; done") {
        ($0.timeout, $0.grace) = (0.3, 20)
      }
      let outcome = try client.outcome(attempt)
      #expect(outcome.verdict == .fail && outcome.ending == .timedOut(afterSeconds: 0.3))
      #expect(client.text(attempt).hasSuffix("bye\n"))
    }
  }

  /// A case that prints faster than anybody reads still hears its timeout, and a cancellation.
  @Test(arguments: [[], ["never printed"]]) func chatterDoesNotDrownTheTimeout(_ secrets: [String]) async throws {
    try await withNode { node in
      let client = try node.attach { $0.secrets = secrets }
      let timed = try client.order("timed", ["yes"]) { ($0.timeout, $0.outputLimit) = (0.3, 1 << 20) }
      let outcome = try client.outcome(timed)
      #expect(outcome.ending == .timedOut(afterSeconds: 0.3) && outcome.outputDropped > 0)
      let cancelled = try client.order("cancelled", ["yes"]) { $0.outputLimit = 1 << 20 }
      try client.wait("output") { !$0.bytes(cancelled).isEmpty }
      try client.send(.cancel, Cancel(attempts: [cancelled]))
      #expect(try client.outcome(cancelled).ending == .cancelled)
    }
  }

  @Test func cancelQueuedAndRunning() async throws {
    try await withNode { node in
      let client = try node.attach()
      let mark = Processes.mark()
      let running = try client.order("running", ["sleep", mark])
      let queued = try client.order("queued", ["sleep", mark])
      let last = try client.order("last", ["true"])
      try client.wait("the start") { $0.hasStarted(running) }
      try client.send(.cancel, Cancel(attempts: [queued, AttemptID(rawValue: "nobody's")]))
      let first = try client.outcome(queued)
      #expect(first.verdict == .error && first.ending == .cancelled && !client.hasStarted(queued))
      #expect(client.known(running) == nil)
      try client.send(.cancel, Cancel(attempts: [running]))
      let second = try client.outcome(running)
      #expect(second.verdict == .error && second.ending == .cancelled && Processes.find([mark]) == [])
      #expect(try client.outcome(last).verdict == .pass)
    }
  }

  /// The slot's process is still starting when it is told to end what it was given just before.
  @Test(arguments: [true, false]) func cancelAtTheVeryStart(_ now: Bool) async throws {
    try await withNode { node in
      let client = try node.attach()
      let attempt = try client.order("early", ["sleep", Processes.mark()])
      try client.roundTrip()
      try client.send(.cancel, Cancel(attempts: nil, now: now))
      #expect(try client.outcome(attempt).ending == .cancelled)
    }
  }
}
