import Dialects
import Model

/// Which waiting entries are needless because something later is known of the same subject. What lasts never is.
struct Superseded: Sendable {
  private struct Subject: Hashable {
    let chain: RunID
    let name: String
  }
  /// What waits of a subject and could be dropped, and what is the latest of it.
  private struct News {
    var latest: OutboxEntry.Key
    var pulses: Set<OutboxEntry.Key> = []
    var stages: Set<OutboxEntry.Key> = []
    var isEmpty: Bool { pulses.isEmpty && stages.isEmpty }
  }

  private var news: [Subject: News] = [:]
  /// Entries that have been taken out of the order in thought only: they are skipped where they stand.
  private var gone: Set<OutboxEntry.Key> = []
  /// Entries whose files are to be removed.
  private(set) var toDrop: [OutboxEntry.Key] = []

  private static func subject(_ traits: EntryTraits) -> Subject? {
    traits.chain.map { Subject(chain: $0, name: traits.subject) }
  }

  /// An entry comes behind all others. `isCrowded`: stages that it follows are dropped as well as signs of life.
  mutating func append(_ key: OutboxEntry.Key, _ traits: EntryTraits, isCrowded: Bool) {
    guard let subject = Self.subject(traits) else { return }
    var known = news[subject] ?? News(latest: key)
    known.latest = key
    drop(known.pulses)
    known.pulses = []
    // A sign of life says nothing that a stage does not.
    if isCrowded, traits.standing != .pulse {
      drop(known.stages)
      known.stages = []
    }
    Self.insert(key, traits, into: &known)
    news[subject] = known
  }

  /// An entry is under way: it cannot be dropped now.
  mutating func begin(_ key: OutboxEntry.Key, _ traits: EntryTraits) {
    guard let subject = Self.subject(traits) else { return }
    news[subject]?.pulses.remove(key)
    news[subject]?.stages.remove(key)
  }

  /// An entry that was under way waits again.
  mutating func wait(_ key: OutboxEntry.Key, _ traits: EntryTraits) {
    guard let subject = Self.subject(traits), var known = news[subject] else { return }
    Self.insert(key, traits, into: &known)
    news[subject] = known
  }

  /// Drops an entry that was under way, if it may be dropped and something later waits; false: it stays.
  mutating func drop(_ key: OutboxEntry.Key, _ traits: EntryTraits) -> Bool {
    guard traits.standing != .lasting, let subject = Self.subject(traits), let known = news[subject],
      known.latest != key
    else { return false }
    toDrop.append(key)
    return true
  }

  /// An entry has come to its end.
  mutating func finish(_ key: OutboxEntry.Key, _ traits: EntryTraits) {
    guard let subject = Self.subject(traits) else { return }
    begin(key, traits)
    if news[subject]?.latest == key, news[subject]?.isEmpty == true { news[subject] = nil }
  }

  /// Whether an entry is to be skipped where it stands. Asked once for each.
  mutating func isGone(_ key: OutboxEntry.Key) -> Bool { !gone.isEmpty && gone.remove(key) != nil }

  /// An entry's file was removed; false if that was not asked for.
  mutating func dropped(_ key: OutboxEntry.Key) -> Bool {
    guard let index = toDrop.lastIndex(of: key) else { return false }
    toDrop.remove(at: index)
    return true
  }

  private mutating func drop(_ keys: Set<OutboxEntry.Key>) {
    gone.formUnion(keys)
    toDrop += keys
  }

  private static func insert(_ key: OutboxEntry.Key, _ traits: EntryTraits, into known: inout News) {
    switch traits.standing {
    case .pulse: known.pulses.insert(key)
    case .stage: known.stages.insert(key)
    case .lasting: break
    }
  }
}
