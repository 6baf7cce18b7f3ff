import Model
import TestSupport
import Wire

@testable import Agent

/// The shell around a ``HostState`` without a machine: disk, slots and line are values, and can fail.
struct SimulatedAgent {
  var state: HostState
  /// The spool, and how much of it would survive a power cut.
  var spool: [UInt8] = []
  var durable = 0
  /// True: the disk takes nothing.
  var isFull = false
  var files: [Session.Stream: Int64] = [:]
  /// What slots were told, in order.
  var started: [AttemptID] = []
  var orders: [AttemptID: [UInt8]] = [:]
  var ended: [HostEffect] = []
  var welcomes = 0
  var cuts = 0
  var slots: [Int: AttemptID] = [:]
  var time = 0.0
  var compactions = 0
  /// Whether slots say that they begin, as real ones do.
  var slotsSayStarted = false

  static let run = RunID(rawValue: "r")

  init(life: String = "1", lease: Double = 900) {
    state = HostState(run: SimulatedAgent.run, life: life, node: "n1", lease: lease, now: 0)
  }

  var now: HostMoment { HostMoment(boot: time, wall: Timestamp(nanoseconds: Int64(time * 1e9))) }

  // MARK: Inputs

  mutating func attach(received: UInt64 = 0, life: String? = nil, held: [HeldAttempt] = []) {
    let attach = Attach(
      version: "t", run: SimulatedAgent.run, node: "n1", received: received, life: life, held: held, lease: state.lease)
    perform(state.attach(attach, now: time))
  }

  @discardableResult
  mutating func order(_ id: String, ordinal: Int = 1, fence: UInt64 = 1, timeout: Double = 60, grace: Double = 5) throws
    -> AttemptID
  {
    let attempt = AttemptID(rawValue: "r.\(id).\(ordinal)")
    let order = AttemptOrder(
      attempt: attempt, id: CaseID(rawValue: id), name: id, project: "p", tier: "t", unit: UnitID(rawValue: "u"),
      fence: fence, run: RunSpec(driver: "exec"), timeout: timeout, grace: grace)
    perform(try state.order(Payload.encode(order)[...], at: now))
    return attempt
  }

  mutating func begin(_ slot: Int = 0) { if slots[slot] == nil { perform(state.begin(on: slot, at: now)) } }

  mutating func grow(_ slot: Int, by bytes: Int64) {
    guard let attempt = slots[slot] else { return }
    files[Session.Stream(attempt: attempt, index: 0), default: 0] += bytes
    state.slotGrew(slot, to: files[Session.Stream(attempt: attempt, index: 0)] ?? 0)
  }

  mutating func keep(_ slot: Int, stream: UInt16, size: Int64) throws {
    guard let attempt = slots[slot] else { return }
    files[Session.Stream(attempt: attempt, index: stream)] = size
    let event = NodeEvent.artifact(attempt, stream: stream, path: "a\(stream)", size: size, isCut: false)
    perform(state.slotKept(slot, stream: stream, size: size, event: try Payload.encode(event)[...]))
  }

  mutating func finish(_ slot: Int, _ verdict: Verdict = .pass, ending: Ending? = .exited(0)) throws {
    guard let attempt = slots.removeValue(forKey: slot) else { return }
    let outcome = Outcome(verdict: verdict, reason: "r", ending: ending, started: now.wall, stopped: now.wall)
    let event = NodeEvent.finished(attempt, outcome)
    perform(state.slotFinished(slot, with: try Payload.encode(event)[...]))
  }

  mutating func tick(_ seconds: Double) {
    time += seconds
    perform(state.tick(now))
  }

  /// What the shell does at the end of each turn.
  mutating func sync() {
    guard state.needsSync else { return }
    if isFull {
      perform(state.syncRefused("fdatasync /w: No space left on device", at: now))
    } else {
      durable = spool.count
      state.synced()
    }
  }

  mutating func acknowledge(_ number: UInt64) { perform(state.acknowledge(number)) }

  // MARK: Effects

  mutating func perform(_ effects: [HostEffect]) {
    for effect in effects {
      switch effect {
      case .welcome: welcomes += 1
      case .cut: cuts += 1
      case .spool(let entry): _ = write(entry)
      case .truncate: (spool, durable) = ([], 0)
      case .compact(let attempts):
        spool = SpoolLog.kept(spool, of: attempts)
        durable = spool.count
        compactions += 1
      case .start(let attempt, let slot, let order, let mark):
        guard write(mark) else { continue }
        slots[slot] = attempt
        orders[attempt] = order
        started.append(attempt)
        let event = NodeEvent.started(attempt, began: now.wall)
        if slotsSayStarted, let bytes = try? Payload.encode(event) { state.slotSaid(slot, bytes[...]) }
      case .end: ended.append(effect)
      case .kill(let slot):
        ended.append(effect)
        slots[slot] = nil
        perform(state.slotDied(slot, at: now))
      case .remove(let attempt, let highest):
        for index in 0...highest { files[Session.Stream(attempt: attempt, index: index)] = nil }
      case .drop: continue
      case .probe: if !isFull { perform(state.spaceAgain()) }
      }
    }
  }

  private mutating func write(_ entry: SpoolEntry) -> Bool {
    if isFull {
      perform(state.spoolRefused(entry, "write /w: No space left on device", at: now))
      return false
    }
    spool += entry.bytes
    return true
  }

  /// The next agent in the same directory; `torn`: the machine went down with it, and this many bytes of what was not
  /// durable are there, the last of them wrong.
  mutating func die(life: String, torn: Int? = nil, received: UInt64, of former: String?, held: [HeldAttempt]) {
    var next = SimulatedAgent(life: life, lease: state.lease)
    next.spool = spool
    if let torn {
      next.spool = Array(spool.prefix(durable + torn))
      if torn > 0, durable < next.spool.count { next.spool[next.spool.count - 1] ^= 0x55 }
    }
    (next.files, next.time, next.isFull, next.slotsSayStarted) = (files, time, isFull, slotsSayStarted)
    let log = SpoolLog(next.spool)
    let damaged = next.spool.count - log.length
    next.spool.removeLast(damaged)
    next.durable = min(durable, next.spool.count)
    var remnants = log.remnants
    let held = held
    for index in remnants.indices {
      for (stream, size) in files where stream.attempt == remnants[index].attempt {
        remnants[index].sizes[stream.index] = size
      }
    }
    let kept = Set(remnants.map(\.attempt))
    next.files = files.filter { kept.contains($0.key.attempt) }
    (next.state.heard, next.state.ticked) = (time, time)
    next.perform(
      next.state.restore(remnants, held: held, spoolSize: next.spool.count, damaged: damaged, at: now))
    next.attach(received: received, life: former, held: held)
    self = next
  }

  /// Everything that may be sent now.
  mutating func drain() throws -> [(UInt64, Session.Record)] {
    var sent: [(UInt64, Session.Record)] = []
    while let record = state.next() { sent.append(record) }
    return sent
  }

  /// The events among everything that may be sent now.
  mutating func events() throws -> [NodeEvent] {
    try drain().compactMap { _, record throws(Fault) in
      guard case .event(let bytes) = record else { return nil }
      return try Payload.decode(NodeEvent.self, from: bytes)
    }
  }

  /// The notices and the ends among everything that may be sent now.
  mutating func said() throws -> [String] {
    try events().compactMap {
      switch $0 {
      case .notice(let notice): "\(notice.level): \(notice.text)"
      case .finished(let attempt, let outcome): "\(attempt): \(outcome.verdict): \(outcome.reason ?? "")"
      case .started, .artifact, .unknown: nil
      }
    }
  }
}
