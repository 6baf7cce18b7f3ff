import Model
import TestSupport
import Testing
import Wire

@testable import Agent

/// An agent against a coordinator that orders, cuts, forgets, acknowledges; both die at any time, and the machine may go
/// down with the agent. Each attempt that is ordered ends exactly once, with its output whole.
@Suite struct HostPropertyTests {
  @Test(arguments: 0..<200) func everyAttemptEndsOnce(_ seed: Int) throws {
    var world = HostWorld(seed: UInt64(seed))
    for _ in 0..<500 { try world.step() }
    try world.settle()
    #expect(world.faults == [], "seed \(seed)")
    #expect(Set(world.durable.ends.keys) == world.ordered, "seed \(seed)")
    #expect(world.agent.state.jobs.isEmpty && world.agent.files.isEmpty && world.agent.spool.isEmpty, "seed \(seed)")
  }
}

private struct HostWorld {
  /// What a coordinator knows; the durable copy is what it has after a crash.
  struct Knowledge {
    var life: String?
    var received: UInt64 = 0
    var begun: Set<AttemptID> = []
    var output: [AttemptID: Int64] = [:]
    var ends: [AttemptID: Outcome] = [:]
  }

  var agent = SimulatedAgent(life: "0")
  var faults: [String] = []
  var ordered: Set<AttemptID> = []
  var durable = Knowledge()
  private var known = Knowledge()
  private var printed: [AttemptID: Int64] = [:]
  private var random: Seeded
  private var lives = 0
  // Once a disk was full, and only then, a verdict may be known to the coordinator alone.
  private var wasFull = false
  // Once the machine went down, the agent may have forgotten that an attempt began.
  private var wentDown = false

  init(seed: UInt64) {
    random = Seeded(seed)
    agent.slotsSayStarted = true
    agent.attach()
    (known.life, durable.life) = ("0", "0")
  }

  mutating func step() throws {
    switch random.below(24) {
    case 0...2: try order(AttemptID(rawValue: "r.c\(ordered.count).1"))
    case 3...6: agent.begin(random.below(3))
    case 7...10: print(random.below(3))
    case 11...12: try finish(random.below(3))
    case 13: if agent.slots[1] != nil { try agent.keep(1, stream: UInt16(1 + random.below(3)), size: 9) }
    case 14...16:
      agent.sync()
      try send(random.below(8))
    case 17...19: acknowledge()
    case 20:
      if random.chance(50) { known = durable }
      try attach()
    case 21: if random.chance(40) { try die() }
    case 22:
      agent.isFull.toggle()
      wasFull = true
    default: agent.tick(0.5)
    }
    agent.state.heard(at: agent.time)
  }

  mutating func settle() throws {
    agent.isFull = false
    agent.tick(1)
    for _ in 0..<4 {
      try attach()
      for slot in 0..<3 where agent.slots[slot] != nil { try finish(slot) }
      while agent.state.session.hasQueued {
        agent.begin(0)
        try finish(0)
      }
      agent.sync()
      try send(.max)
      acknowledge(isWhole: true)
    }
  }

  private mutating func order(_ attempt: AttemptID) throws {
    ordered.insert(attempt)
    let id = String(attempt.rawValue.dropFirst(2).dropLast(2))
    check(try agent.order(id) == attempt, "\(attempt) is ordered")
  }

  private mutating func print(_ slot: Int) {
    guard let attempt = agent.slots[slot] else { return }
    let bytes = Int64(random.chance(20) ? random.below(3 * DataHeader.limit) : random.below(100))
    agent.grow(slot, by: bytes)
    printed[attempt, default: 0] += bytes
  }

  private mutating func finish(_ slot: Int) throws { try agent.finish(slot) }

  private mutating func acknowledge(isWhole: Bool = false) {
    durable = known
    let number = !isWhole && random.chance(30) ? durable.received / 2 : durable.received
    if known.life == agent.state.life { agent.acknowledge(number) }
  }

  private mutating func attach() throws {
    agent.attach(received: known.received, life: known.life, held: held)
    try reconcile()
  }

  /// Only what is durable: the agent begins there for good.
  private var held: [HeldAttempt] {
    ordered.subtracting(durable.ends.keys).map { HeldAttempt(attempt: $0, output: durable.output[$0] ?? 0) }
  }

  /// The agent dies, perhaps with its machine, perhaps when the coordinator has, too.
  private mutating func die() throws {
    lives += 1
    let isDown = random.chance(40)
    wentDown = wentDown || isDown
    if random.chance(30) { known = durable }
    let tail = agent.spool.count - agent.durable
    for slot in agent.slots.keys { agent.slots[slot] = nil }
    agent.die(
      life: "\(lives)", torn: isDown ? random.below(tail + 1) : nil, received: known.received, of: known.life,
      held: held)
    try reconcile()
  }

  /// What a coordinator does with a welcome.
  private mutating func reconcile() throws {
    if known.life != agent.state.life {
      known.life = agent.state.life
      known.received = 0
    }
    known.received = max(known.received, agent.state.session.acknowledged)
    for attempt in ordered.sorted(by: { $0.rawValue < $1.rawValue })
    where known.ends[attempt] == nil && agent.state.session.attempts[attempt] == nil {
      if known.begun.contains(attempt) {
        check(wentDown || wasFull, "\(attempt) began and was forgotten")
        known.ends[attempt] = Outcome(verdict: .error, started: agent.now.wall, stopped: agent.now.wall)
      } else {
        // Nobody knows that it began, if it did; it prints from the beginning.
        printed[attempt] = nil
        try order(attempt)
      }
    }
  }

  private mutating func send(_ most: Int) throws {
    var left = most
    while left > 0, let (number, record) = agent.state.next() {
      left -= 1
      guard number > known.received else { continue }
      check(number == known.received + 1, "record \(number) follows \(known.received)")
      known.received = number
      switch record {
      case .data(let attempt, let stream, let offset, let length):
        guard stream == 0 else { continue }
        let size = known.output[attempt] ?? 0
        check(offset <= size, "\(attempt) goes on at \(offset) after \(size)")
        check(offset + length <= printed[attempt] ?? 0, "\(attempt) has not printed \(offset + length)")
        known.output[attempt] = max(size, offset + length)
      case .event(let bytes): take(try Payload.decode(NodeEvent.self, from: bytes))
      }
    }
  }

  private mutating func take(_ event: NodeEvent) {
    switch event {
    case .finished(let attempt, let outcome):
      if let before = known.ends[attempt] {
        check(wasFull || before == outcome, "\(attempt) ended as \(before) and \(outcome)")
        return
      }
      check(known.output[attempt] ?? 0 == printed[attempt] ?? 0, "\(attempt) ended with its output whole")
      known.ends[attempt] = outcome
    case .started(let attempt, _): known.begun.insert(attempt)
    case .artifact, .notice, .unknown: return
    }
  }

  private mutating func check(_ condition: Bool, _ rule: String) { if !condition { faults.append(rule) } }
}
