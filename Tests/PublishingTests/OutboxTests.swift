import Model
import Publishing
import Testing

@Suite struct OutboxTests {
  private let server = "http://h/api/v1"
  private func key(_ number: Int, _ server: String = "http://h/api/v1") -> OutboxEntry.Key {
    .init(attempt: attempt(number), server: server)
  }
  private func filled(_ count: Int) -> Outbox {
    var outbox = Outbox()
    for number in 0..<count { outbox.enqueue(key(number), now: 0) }
    return outbox
  }

  @Test func `entries go in order, one at a time, and leave when delivered`() {
    var outbox = filled(3)
    for number in 0..<3 {
      #expect(outbox.next(for: server, now: 0) == .send(key(number)))
      #expect(outbox.next(for: server, now: 0) == .busy)
      #expect(outbox.sent(key(number), .delivered(link: "l"), now: 0, random: 0) == .delivered(link: "l"))
    }
    #expect(outbox.next(for: server, now: 0) == .empty)
    #expect(outbox.servers.isEmpty)
    #expect(!outbox.contains(key(0)))
  }

  @Test func `servers do not wait for each other`() {
    var outbox = filled(1)
    outbox.enqueue(key(0, "http://other/api/v1"), now: 0)
    #expect(outbox.next(for: server, now: 0) == .send(key(0)))
    #expect(outbox.next(for: "http://other/api/v1", now: 0) == .send(key(0, "http://other/api/v1")))
  }

  @Test func `a refusal does not hold back the others`() {
    var outbox = filled(2)
    _ = outbox.next(for: server, now: 0)
    #expect(outbox.sent(key(0), .refused(reason: "403 no"), now: 0, random: 0) == .refused(reason: "403 no"))
    #expect(outbox.next(for: server, now: 0) == .send(key(1)))
  }

  @Test(arguments: [
    (0.0, [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 150, 150]), (0.5, [0.75, 1.5, 3, 6, 12, 24, 48, 96, 192, 225, 225]),
  ]) func `a server that is down is left alone for longer and longer`(row: (random: Double, delays: [Double])) {
    var outbox = filled(2)
    var now = 0.0
    for delay in row.delays {
      #expect(outbox.next(for: server, now: now) == .send(key(0)))
      #expect(outbox.sent(key(0), .unavailable(reason: "refused"), now: now, random: row.random) == .kept)
      #expect(outbox.next(for: server, now: now) == .wait(until: now + delay))
      now += delay
    }
    #expect(outbox.trouble(for: server) == "refused")
    _ = outbox.next(for: server, now: now)
    _ = outbox.sent(key(0), .delivered(link: ""), now: now, random: 0)
    #expect(outbox.trouble(for: server) == nil)
    #expect(outbox.next(for: server, now: now) == .send(key(1)))
  }

  @Test(arguments: [(5.0, 5.0), (1e9, 3600), (0.1, 0.5), (.infinity, 3600)])
  func `a server may ask for patience, within reason`(row: (asked: Double, delay: Double)) {
    var outbox = filled(1)
    _ = outbox.next(for: server, now: 0)
    _ = outbox.sent(key(0), .unavailable(reason: "503", retryAfter: row.asked), now: 0, random: 0)
    #expect(outbox.next(for: server, now: 0) == .wait(until: row.delay))
  }

  @Test func `what may have arrived is asked for after it settled`() {
    var outbox = filled(2)
    _ = outbox.next(for: server, now: 0)
    #expect(outbox.sent(key(0), .ambiguous(reason: "cut"), now: 0, random: 0) == .keptUncertain)
    #expect(outbox.next(for: server, now: 9.9) == .wait(until: 10))
    #expect(outbox.next(for: server, now: 10) == .ask(key(0)))
    #expect(outbox.asked(key(0), .unavailable(reason: "down"), now: 10, random: 0) == .keptUncertain)
    #expect(outbox.next(for: server, now: 10.5) == .ask(key(0)))
    #expect(outbox.asked(key(0), .absent, now: 11, random: 0) == .kept)
    #expect(outbox.next(for: server, now: 11) == .send(key(0)))
    #expect(outbox.sent(key(0), .ambiguous(reason: "cut"), now: 11, random: 0) == .keptUncertain)
    #expect(outbox.next(for: server, now: 21) == .ask(key(0)))
    #expect(outbox.asked(key(0), .found(link: "l"), now: 21, random: 0) == .delivered(link: "l"))
    #expect(outbox.next(for: server, now: 21) == .send(key(1)))
  }

  @Test func `what an earlier process may have sent is asked for`() {
    var outbox = Outbox()
    outbox.enqueue(key(0), sentBefore: 4, now: 100)
    outbox.enqueue(key(1), now: 100)
    #expect(outbox.next(for: server, now: 100) == .wait(until: 106))
    #expect(outbox.next(for: server, now: 106) == .ask(key(0)))
    _ = outbox.asked(key(0), .found(link: ""), now: 106, random: 0)
    outbox.enqueue(key(1), sentBefore: 1000, now: 106)
    #expect(outbox.next(for: server, now: 106) == .ask(key(1)))
  }

  @Test func `a failing entry steps aside, and is never given up`() {
    var outbox = filled(2)
    var now = 0.0
    for _ in 0..<3 {
      if case .ask = outbox.next(for: server, now: now) {
        _ = outbox.asked(key(0), .absent, now: now, random: 0)
        #expect(outbox.next(for: server, now: now) == .send(key(0)))
      }
      _ = outbox.sent(key(0), .failed(reason: "500"), now: now, random: 0)
      now += 2
    }
    // Its next try is due at 4 + 2.
    #expect(outbox.next(for: server, now: 5) == .send(key(1)))
    _ = outbox.sent(key(1), .delivered(link: ""), now: 5, random: 0)
    #expect(outbox.next(for: server, now: 5) == .wait(until: 6))
    for _ in 0..<200 {
      now += 400
      #expect(outbox.next(for: server, now: now) == .ask(key(0)))
      _ = outbox.asked(key(0), .absent, now: now, random: 1)
      #expect(outbox.next(for: server, now: now) == .send(key(0)))
      _ = outbox.sent(key(0), .failed(reason: "500"), now: now, random: 1)
    }
    #expect(outbox.count(for: server) == 1)
  }

  @Test func `a held server waits for somebody`() {
    var outbox = filled(1)
    _ = outbox.next(for: server, now: 0)
    #expect(outbox.sent(key(0), .held(reason: "401"), now: 0, random: 0) == .kept)
    #expect(outbox.next(for: server, now: 1e9) == .held(reason: "401"))
    outbox.release()
    #expect(outbox.next(for: server, now: 1e9) == .send(key(0)))
  }

  @Test func `ends of what is not under way change nothing`() {
    var outbox = filled(2)
    _ = outbox.sent(key(1), .ambiguous(reason: ""), now: 0, random: 0)
    _ = outbox.asked(key(1), .absent, now: 0, random: 0)
    outbox.forget(key(1))
    #expect(outbox.next(for: server, now: 0) == .send(key(0)))
    _ = outbox.sent(key(1), .delivered(link: ""), now: 0, random: 0)
    #expect(outbox.next(for: server, now: 0) == .busy)
    #expect(outbox.count(for: server) == 2)
  }

  /// A server that stores or not, answers or not, and is down at times: nothing is lost, nothing is stored twice.
  @Test(arguments: 0..<200) func `whatever happens, each entry is stored once`(seed: Int) {
    var generator = SplitMix(state: UInt64(seed))
    var outbox = Outbox(policy: DeliveryPolicy(patience: 2))
    var stored: [OutboxEntry.Key: Int] = [:]
    var ended: Set<OutboxEntry.Key> = []
    var refused: Set<OutboxEntry.Key> = []
    var now = 0.0
    let entries = 40
    var steps = 0
    var isEmpty = false
    for number in 0..<entries { outbox.enqueue(key(number), now: now) }
    while !isEmpty, steps < 20_000 {
      steps += 1
      let luck = steps > 2000 ? 0 : Int.random(in: 0..<10, using: &generator)
      switch outbox.next(for: server, now: now) {
      case .send(let key):
        #expect(!ended.contains(key))
        let result: SendResult
        switch luck {
        case 0...3:
          stored[key, default: 0] += 1
          result = .delivered(link: "")
        case 4:
          stored[key, default: 0] += 1
          result = .ambiguous(reason: "cut after storing")
        case 5: result = .ambiguous(reason: "cut before storing")
        case 6: result = .failed(reason: "500")
        case 7:
          stored[key, default: 0] += 1
          result = .failed(reason: "500 after storing")
        case 8:
          refused.insert(key)
          result = .refused(reason: "403")
        default: result = .unavailable(reason: "down")
        }
        switch outbox.sent(key, result, now: now, random: 0.3) {
        case .delivered, .refused: ended.insert(key)
        case .kept, .keptUncertain: break
        }
      case .ask(let key):
        let result: AskResult =
          luck == 9 ? .unavailable(reason: "down") : stored[key] == nil ? .absent : .found(link: "")
        if case .delivered = outbox.asked(key, result, now: now, random: 0.3) { ended.insert(key) }
      case .wait(let until):
        #expect(until > now)
        now = until
      case .held, .busy, .drop: Issue.record("nobody asked for that")
      case .empty: isEmpty = true
      }
    }
    #expect(isEmpty && ended.count == entries)
    #expect(stored.values.allSatisfy { $0 == 1 })
    #expect(stored.count + refused.count == entries)
  }

  @Test func `a hundred thousand entries with thousands aside are no burden`() {
    var outbox = filled(100_000)
    var now = 0.0
    var delivered = 0
    var steps = 0
    while steps < 2_000_000 {
      steps += 1
      let decision = outbox.next(for: server, now: now)
      if case .empty = decision { break }
      if case .wait(let until) = decision { now = until }
      if case .ask(let key) = decision { _ = outbox.asked(key, .absent, now: now, random: 0) }
      if case .send(let key) = decision {
        now += 0.001
        let isStubborn = key.attempt.rawValue.hasSuffix("7.1") && now < 60
        _ = outbox.sent(key, isStubborn ? .failed(reason: "500") : .delivered(link: ""), now: now, random: 0)
        if !isStubborn { delivered += 1 }
      }
    }
    #expect(delivered == 100_000)
  }
}
