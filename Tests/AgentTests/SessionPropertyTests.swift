import Model
import TestSupport
import Testing
import Wire

@testable import Agent

/// A session against a receiver that knows nothing but the numbers: whatever is printed, sent, lost, sent again and
/// acknowledged, each stream arrives whole, in order, once.
@Suite struct SessionPropertyTests {
  @Test(arguments: 0..<40) func streamsArriveExactly(_ seed: Int) {
    var world = SessionWorld(seed: UInt64(seed))
    for _ in 0..<400 { world.step() }
    world.settle()
    #expect(world.faults == [], "seed \(seed)")
    #expect(world.arrived == world.printed, "seed \(seed)")
    #expect(world.endings == world.finished, "seed \(seed)")
    #expect(world.session.isIdle, "seed \(seed)")
    #expect(world.released == Set(world.finished), "seed \(seed)")
  }
}

private struct SessionWorld {
  struct Stream: Hashable {
    var attempt: AttemptID
    var index: UInt16
  }

  var session = Session(run: RunID(rawValue: "r"))
  var faults: [String] = []
  var printed: [Stream: Int64] = [:]
  var arrived: [Stream: Int64] = [:]
  var finished: [AttemptID] = []
  var endings: [AttemptID] = []
  var released: Set<AttemptID> = []
  private var random: Seeded
  private var received: UInt64 = 0
  private var durable: UInt64 = 0
  private var live: [AttemptID] = []
  private var names: [[UInt8]: AttemptID] = [:]
  private var count = 0

  init(seed: UInt64) { random = Seeded(seed) }

  mutating func step() {
    switch random.below(10) {
    case 0:
      count += 1
      let attempt = AttemptID(rawValue: "r.c\(count).1")
      check(session.accept(attempt), "a new order is taken")
      check(!session.accept(attempt), "and not twice")
    case 1:
      if let attempt = session.dequeue(for: 0) { live.append(attempt) }
    case 2...4:
      guard let attempt = live.randomElement(using: &random) else { return }
      let stream = Stream(attempt: attempt, index: UInt16(random.below(3)))
      let growth = random.below(4) == 0 ? random.below(3 * DataHeader.limit) : random.below(100)
      printed[stream, default: 0] += Int64(growth)
      if printed[stream] == 0 { printed[stream] = nil }
      session.record(attempt, stream: stream.index, grownTo: printed[stream] ?? 0)
    case 5:
      guard let attempt = live.randomElement(using: &random) else { return }
      live.removeAll { $0 == attempt }
      finished.append(attempt)
      let event = Array(attempt.rawValue.utf8)
      names[event] = attempt
      session.finish(attempt, with: event)
    case 6, 7: send(random.below(6), areLost: false)
    case 8:
      // What a cut link took is sent by nobody until the next attach.
      send(random.below(6), areLost: true)
      attach()
    default:
      durable = received - UInt64(random.below(Int(received - durable) + 1))
      release(session.acknowledge(random.below(3) == 0 ? durable / 2 : durable))
    }
  }

  mutating func settle() {
    while let attempt = session.dequeue(for: 0) { live.append(attempt) }
    for attempt in live {
      finished.append(attempt)
      names[Array(attempt.rawValue.utf8)] = attempt
      session.finish(attempt, with: Array(attempt.rawValue.utf8))
    }
    attach()
    send(.max, areLost: false)
    check(received == session.sequence, "everything arrived")
    release(session.acknowledge(received))
  }

  private mutating func attach() { session.attach(received: received) }

  private mutating func release(_ freed: Session.Released) {
    for (stream, upTo) in freed.streams {
      let here = arrived[Stream(attempt: stream.attempt, index: stream.index), default: 0]
      check(upTo <= here, "\(stream) is kept until it arrived")
    }
    for attempt in freed.attempts {
      check(endings.contains(attempt), "\(attempt) is forgotten only after its end arrived")
      released.insert(attempt)
    }
  }

  private mutating func send(_ most: Int, areLost: Bool) {
    var left = most
    while left > 0, let (number, record) = session.next() {
      left -= 1
      if areLost { continue }
      guard number > received else { continue }
      check(number == received + 1, "record \(number) follows \(received)")
      received = number
      switch record {
      case .event(let event):
        if let attempt = names[event] { endings.append(attempt) }
      case .data(let attempt, let index, let offset, let length):
        let stream = Stream(attempt: attempt, index: index)
        check(offset == arrived[stream, default: 0], "\(attempt) stream \(index) goes on at \(offset)")
        check(length > 0 && length <= Int64(DataHeader.limit), "a record of \(length) bytes")
        check(!endings.contains(attempt), "nothing follows the end of \(attempt)")
        arrived[stream] = offset + length
      }
    }
  }

  private mutating func check(_ condition: Bool, _ rule: String) { if !condition { faults.append(rule) } }
}
