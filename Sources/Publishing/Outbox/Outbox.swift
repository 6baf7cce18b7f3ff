import Model

/// The outbox's decisions: what to send when, what to repeat, what to ask for first. A value without clock, disk,
/// network or randomness: times are seconds of any clock that only runs forward, random numbers lie in 0 ..< 1.
///
/// Never lost: an entry goes only when a server confirmed or refused it. Not twice, as far as a server can be asked:
/// whatever may have arrived is asked for, after a settle time, before it is sent again.
public struct Outbox: Sendable {
  /// What to do next for a server.
  public enum Decision: Hashable, Sendable {
    /// Send this entry, then say how it went: ``Outbox/sent(_:_:now:random:)``.
    case send(OutboxEntry.Key)
    /// Ask the server whether it has this entry, then say so: ``Outbox/asked(_:_:now:random:)``.
    case ask(OutboxEntry.Key)
    /// Remove this entry, which something later made needless, then say so: ``Outbox/dropped(_:)``.
    case drop(OutboxEntry.Key)
    /// Nothing before this time.
    case wait(until: Double)
    /// Nothing until somebody changes something; the reason is for people.
    case held(reason: String)
    /// An entry is under way.
    case busy
    /// Nothing is left.
    case empty
  }

  /// What to do with an entry after an exchange.
  public enum Consequence: Hashable, Sendable {
    /// The server has it: record the link, then remove it.
    case delivered(link: String)
    /// Keep it aside, with the server's reason.
    case refused(reason: String)
    /// Keep it; it certainly did not arrive.
    case kept
    /// Keep it; it may have arrived.
    case keptUncertain
  }

  private let policy: DeliveryPolicy
  private var lanes: [String: Lane] = [:]
  private var known: Set<OutboxEntry.Key> = []

  /// Makes an empty outbox.
  public init(policy: DeliveryPolicy = DeliveryPolicy()) { self.policy = policy }

  /// The servers that have entries, in no order.
  public var servers: [String] { lanes.keys.filter { lanes[$0]?.count != 0 } }

  /// How many entries wait for a server or are under way to it.
  public func count(for server: String) -> Int { lanes[server]?.count ?? 0 }

  /// Why nothing gets through to a server; nil where the last exchange went well.
  public func trouble(for server: String) -> String? { lanes[server]?.trouble }

  /// Whether the entry is here.
  public func contains(_ key: OutboxEntry.Key) -> Bool { known.contains(key) }

  /// Puts an entry behind those of its server; one that is here already keeps its place. `sentBefore`: how many seconds
  /// ago it may have been sent, by whomever; nil: it never was.
  public mutating func enqueue(
    _ key: OutboxEntry.Key, _ traits: EntryTraits = EntryTraits(), sentBefore: Double? = nil, now: Double
  ) {
    let settled = sentBefore.map { now + max(0, policy.settle - max(0, $0)) }
    if known.insert(key).inserted {
      lanes[key.server, default: Lane()].append(key, traits, uncertainUntil: settled, room: policy.room)
    } else if let settled {
      lanes[key.server]?.distrust(key, until: settled)
    }
  }

  /// Lets servers that were held be tried again.
  public mutating func release() {
    for server in lanes.keys { lanes[server]?.release() }
  }

  /// What to do next for a server. What is handed out is under way until its end is reported.
  public mutating func next(for server: String, now: Double) -> Decision {
    lanes[server]?.next(now: now) ?? .empty
  }

  /// How sending went.
  public mutating func sent(_ key: OutboxEntry.Key, _ result: SendResult, now: Double, random: Double) -> Consequence {
    switch result {
    case .delivered(let link):
      finish(key)
      return .delivered(link: link)
    case .refused(let reason):
      finish(key)
      return .refused(reason: reason)
    case .held(let reason):
      hold(key, reason)
      return .kept
    case .unavailable(let reason, let retryAfter):
      close(key, reason, now: now, random: random, askedFor: retryAfter)
      return .kept
    case .failed(let reason):
      // It may have failed after it had stored: no time to settle, since it answered, but a question first.
      retry(key, reason, now: now, random: random, settle: 0)
      return .keptUncertain
    case .ambiguous(let reason):
      retry(key, reason, now: now, random: random, settle: policy.settle)
      return .keptUncertain
    }
  }

  /// What the server said about an entry that may have arrived.
  public mutating func asked(_ key: OutboxEntry.Key, _ result: AskResult, now: Double, random: Double) -> Consequence {
    switch result {
    case .found(let link):
      finish(key)
      return .delivered(link: link)
    case .absent:
      guard var item = lanes[key.server]?.take(key) else { return .kept }
      item.isUncertain = false
      lanes[key.server]?.reopen()
      lanes[key.server]?.putBack(item, patience: policy.patience)
      return .kept
    case .held(let reason):
      hold(key, reason)
      return .keptUncertain
    case .unavailable(let reason, let retryAfter):
      close(key, reason, now: now, random: random, askedFor: retryAfter)
      return .keptUncertain
    }
  }

  /// Drops the entry that is under way without a result: it is not in the outbox any more.
  public mutating func forget(_ key: OutboxEntry.Key) {
    guard let item = lanes[key.server]?.take(key) else { return }
    lanes[key.server]?.finish(item)
    known.remove(key)
  }

  /// Drops the entry that is under way, and what waits behind it in its chain, until all of that is put in again.
  public mutating func abandon(_ key: OutboxEntry.Key) {
    guard let item = lanes[key.server]?.take(key) else { return }
    known.subtract(lanes[key.server]?.abandon(item) ?? [])
  }

  /// A needless entry was removed.
  public mutating func dropped(_ key: OutboxEntry.Key) {
    lanes[key.server]?.dropped(key)
    known.remove(key)
  }

  private mutating func finish(_ key: OutboxEntry.Key) {
    forget(key)
    lanes[key.server]?.trouble = nil
    lanes[key.server]?.reopen()
  }

  private mutating func hold(_ key: OutboxEntry.Key, _ reason: String) {
    guard let item = lanes[key.server]?.take(key) else { return }
    lanes[key.server]?.trouble = reason
    lanes[key.server]?.hold(reason)
    lanes[key.server]?.putBack(item, patience: policy.patience)
  }

  private mutating func close(
    _ key: OutboxEntry.Key, _ reason: String, now: Double, random: Double, askedFor: Double?
  ) {
    guard let item = lanes[key.server]?.take(key) else { return }
    let policy = policy
    lanes[key.server]?.trouble = reason
    lanes[key.server]?.close { now + policy.delay(failures: $0, random: random, askedFor: askedFor) }
    lanes[key.server]?.putBack(item, patience: policy.patience)
  }

  private mutating func retry(
    _ key: OutboxEntry.Key, _ reason: String, now: Double, random: Double, settle: Double
  ) {
    guard var item = lanes[key.server]?.take(key) else { return }
    item.failures += 1
    item.isUncertain = true
    item.due = now + max(policy.delay(failures: item.failures, random: random), settle)
    lanes[key.server]?.trouble = reason
    lanes[key.server]?.reopen()
    lanes[key.server]?.putBack(item, patience: policy.patience)
  }
}
