import Model
import Wire

/// What one node's side of a run must remember from one line to the next: which agent it speaks to, how far its records
/// have come, and what it was given. A value without clock or line; ``NodeLane`` is the shell around it.
struct NodeSession: Sendable {
  /// What a welcome leads to.
  struct Reconciliation: Sendable {
    /// Attempts that the agent knows nothing of though it had begun them, or that were to end: what became of them.
    var lost: [(attempt: AttemptID, reason: String)] = []
    /// Attempts that never reached the agent, in the order in which they were leased: to be ordered again.
    var again: [AttemptOrder] = []
    /// To be cancelled again.
    var cancels: [Cancel] = []
    /// What the agent holds and nobody counts on any more.
    var strays: [AttemptID] = []
  }

  let node: String
  /// Names the agent's life.
  private(set) var life: String?
  /// Counts the agent's lives.
  private(set) var epoch = 0
  /// The latest record that came.
  private(set) var received: UInt64 = 0
  /// What the agent was told to be durable; said again on a new line, since the old one may have swallowed it.
  private(set) var confirmed: UInt64 = 0
  /// What the node was given and has not reported the end of; of these: what it began, and what it was told to end.
  private(set) var outstanding: [AttemptID: AttemptOrder] = [:]
  private(set) var started: Set<AttemptID> = []
  private(set) var cancelled: [AttemptID: Cancel] = [:]
  /// How many agents died with an attempt that they had not begun: one that kills them all is not sent again for ever.
  private var deaths: [AttemptID: Int] = [:]
  private static let deathLimit = 3

  init(node: String) { self.node = node }

  /// Goes on for an earlier process: `received` is the latest record of that life of the agent that is in the journal.
  init(
    node: String, life: String?, received: UInt64, outstanding: [AttemptOrder], started: Set<AttemptID>,
    cancelled: [AttemptID: Cancel]
  ) {
    self.node = node
    self.life = life
    self.received = received
    // It is durable; the process that died may not have said so.
    confirmed = received
    self.outstanding = Dictionary(outstanding.map { ($0.attempt, $0) }, uniquingKeysWith: { $1 })
    self.started = started
    self.cancelled = cancelled
  }

  /// An order is on its way down. Comes first, before anything can fail: what is remembered is sent again over the next
  /// line.
  mutating func send(_ orders: [AttemptOrder]) {
    for order in orders { outstanding[order.attempt] = order }
  }

  /// As ``send(_:)``.
  mutating func send(_ cancel: Cancel) {
    for attempt in cancel.attempts ?? Array(outstanding.keys) where outstanding[attempt] != nil {
      cancelled[attempt] = Cancel(attempts: [attempt], now: cancel.now)
    }
  }

  /// Everything up to `number` is durable, in this life of the agent. Returns what the agent is to be told; nil: nothing.
  mutating func confirm(_ number: UInt64, epoch: Int) -> UInt64? {
    guard epoch == self.epoch, number > confirmed else { return nil }
    confirmed = number
    return number
  }

  /// Compares what the agent holds with what it was given.
  mutating func welcome(_ welcome: Welcome) -> Reconciliation {
    let isAnother = life.map { $0 != welcome.life || welcome.sequence < received } ?? false
    if isAnother {
      epoch += 1
      received = 0
      confirmed = 0
    }
    life = welcome.life
    // Records without an event in the journal, such as parts of a file, were acknowledged beyond the last event.
    received = max(received, min(welcome.acknowledged ?? 0, welcome.sequence))
    let held = Set(welcome.attempts)
    var result = Reconciliation()
    for order in outstanding.values.sorted(by: { $0.fence < $1.fence }) where !held.contains(order.attempt) {
      if isAnother { deaths[order.attempt, default: 0] += 1 }
      if started.contains(order.attempt) {
        result.lost.append((order.attempt, "the agent on \(node) died"))
      } else if let count = deaths[order.attempt], count >= NodeSession.deathLimit {
        result.lost.append((order.attempt, "\(count) agents on \(node) died before they began it"))
      } else if cancelled[order.attempt] != nil {
        result.lost.append((order.attempt, "cancelled before \(node) had it"))
      } else {
        result.again.append(order)
      }
    }
    for (attempt, _) in result.lost { forget(attempt) }
    result.cancels = cancelled.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value)
    result.strays = held.filter { outstanding[$0] == nil }.sorted { $0.rawValue < $1.rawValue }
    return result
  }

  /// The next record. Throws `.wire` if it is not the next.
  mutating func hear(_ record: NodeRecord) throws(Fault) {
    guard record.sequence == received + 1 else {
      throw Fault(.wire, "\(node) sent record \(record.sequence) after \(received)")
    }
    received = record.sequence
    switch record.content {
    case .event(.started(let attempt, _)): if outstanding[attempt] != nil { started.insert(attempt) }
    case .event(.finished(let attempt, _)): forget(attempt)
    case .event, .data: break
    }
  }

  /// Nobody counts on the attempt any more.
  mutating func forget(_ attempt: AttemptID) {
    outstanding[attempt] = nil
    cancelled[attempt] = nil
    started.remove(attempt)
    deaths[attempt] = nil
  }
}
