import Dialects
import Model

/// The entries for one server, in order. One of them is under way at a time. The first holds back the others, until it
/// has failed so often that it steps aside; those of its own chain wait for it even then.
struct Lane: Sendable {
  struct Item: Sendable {
    let key: OutboxEntry.Key
    var traits = EntryTraits()
    /// It may have reached the server: to be asked for before it is sent again.
    var isUncertain = false
    var failures = 0
    /// Not before this time.
    var due = -Double.infinity
  }

  /// The waiting ones are `queue[head...]`.
  private var queue: [Item] = []
  private var head = 0
  /// Those that stepped aside; the last is the first to be due.
  private var aside: [Item] = []
  /// Those behind one of their chain that stepped aside, in order.
  private var blocked: [RunID: [Item]] = [:]
  private var underWay: Item?
  private var superseded = Superseded()
  /// Failures in a row that were the server's and no entry's, and until when it is left alone.
  private var outages = 0
  private var closedUntil = -Double.infinity
  private var heldBecause: String?
  /// Why the last exchange delivered nothing; nil after one that did.
  var trouble: String?

  /// How many are here: waiting, under way, or to be dropped.
  private(set) var count = 0

  /// Puts an entry behind the others. What it makes needless is dropped: signs of life of the same subject at once, its
  /// earlier stages where more than `room` entries wait.
  mutating func append(_ key: OutboxEntry.Key, _ traits: EntryTraits, uncertainUntil settled: Double?, room: Int) {
    queue.append(Item(key: key, traits: traits, isUncertain: settled != nil, due: settled ?? -.infinity))
    count += 1
    superseded.append(key, traits, isCrowded: count > room)
  }

  /// Somebody else may have sent this entry, unless we know that better.
  mutating func distrust(_ key: OutboxEntry.Key, until settled: Double) {
    func doubt(_ item: inout Item) {
      item.isUncertain = true
      item.due = max(item.due, settled)
    }
    if let index = queue[head...].firstIndex(where: { $0.key == key }), !queue[index].isUncertain {
      doubt(&queue[index])
    } else if let index = aside.firstIndex(where: { $0.key == key }), !aside[index].isUncertain {
      var item = aside.remove(at: index)
      doubt(&item)
      putAside(item)
    } else {
      for chain in blocked.keys {
        guard let index = blocked[chain]?.firstIndex(where: { $0.key == key }) else { continue }
        if blocked[chain]?[index].isUncertain == false { doubt(&blocked[chain, default: []][index]) }
      }
    }
  }

  /// Whatever held this lane up is over, as far as we know.
  mutating func release() { heldBecause = nil }

  mutating func next(now: Double) -> Outbox.Decision {
    if underWay != nil { return .busy }
    if let key = superseded.toDrop.last { return .drop(key) }
    if count == 0 { return .empty }
    if let heldBecause { return .held(reason: heldBecause) }
    if now < closedUntil { return .wait(until: closedUntil) }
    passOver()
    let first = head < queue.count ? queue[head].due : .infinity
    let asideDue = aside.last?.due ?? .infinity
    if asideDue <= now {
      underWay = aside.popLast()
    } else if first <= now {
      underWay = queue[head]
      advance()
    }
    guard let item = underWay else { return .wait(until: min(first, asideDue)) }
    superseded.begin(item.key, item.traits)
    return item.isUncertain ? .ask(item.key) : .send(item.key)
  }

  /// Takes from the head of the queue what is not to be sent from there: dropped entries, and those of a chain that has
  /// one aside.
  private mutating func passOver() {
    while let item = aside.last, superseded.isGone(item.key) {
      aside.removeLast()
      unblock(item)
    }
    while head < queue.count {
      let item = queue[head]
      if superseded.isGone(item.key) {
        advance()
      } else if let chain = item.traits.chain, blocked[chain] != nil {
        blocked[chain]?.append(item)
        advance()
      } else {
        return
      }
    }
  }

  /// The entry that is under way, taken out; nil if it is another one.
  mutating func take(_ key: OutboxEntry.Key) -> Item? {
    guard let item = underWay, item.key == key else { return nil }
    underWay = nil
    return item
  }

  /// An entry that was taken out has come to its end.
  mutating func finish(_ item: Item) {
    count -= 1
    superseded.finish(item.key, item.traits)
    unblock(item)
  }

  /// An entry was dropped, as ``Outbox/Decision/drop(_:)`` said.
  mutating func dropped(_ key: OutboxEntry.Key) { if superseded.dropped(key) { count -= 1 } }

  /// Takes out an entry and those of its chain that wait behind it, so that they can be taken up again in order.
  mutating func abandon(_ item: Item) -> [OutboxEntry.Key] {
    guard let chain = item.traits.chain else {
      finish(item)
      return [item.key]
    }
    let isOurs = { (one: Item) in one.traits.chain == chain }
    let gone = [item] + aside.filter(isOurs) + (blocked[chain] ?? []) + queue[head...].filter(isOurs)
    aside.removeAll(where: isOurs)
    blocked[chain] = nil
    queue = queue[head...].filter { !isOurs($0) }
    head = 0
    for one in gone where !superseded.isGone(one.key) {
      count -= 1
      superseded.finish(one.key, one.traits)
    }
    return gone.map(\.key)
  }

  /// Puts an entry back in its place, or aside once it has failed `patience` times.
  mutating func putBack(_ item: Item, patience: Int) {
    if item.failures >= patience, superseded.drop(item.key, item.traits) { return unblock(item) }
    superseded.wait(item.key, item.traits)
    if item.failures >= patience {
      putAside(item)
    } else if head > 0 {
      head -= 1
      queue[head] = item
    } else {
      queue.insert(item, at: 0)
    }
  }

  /// Leaves the server alone for a time that depends on how often in a row it was unavailable.
  mutating func close(until time: (_ outages: Int) -> Double) {
    outages += 1
    closedUntil = time(outages)
  }

  /// The server answers again.
  mutating func reopen() {
    outages = 0
    closedUntil = -.infinity
  }

  /// Nothing more goes to this server until it is released.
  mutating func hold(_ reason: String) { heldBecause = reason }

  private mutating func putAside(_ item: Item) {
    if let chain = item.traits.chain { blocked[chain] = blocked[chain] ?? [] }
    var (low, high) = (0, aside.count)
    while low < high {
      let middle = (low + high) / 2
      if aside[middle].due > item.due { low = middle + 1 } else { high = middle }
    }
    aside.insert(item, at: low)
  }

  /// Lets the chain go on behind an entry that has left.
  private mutating func unblock(_ item: Item) {
    guard let chain = item.traits.chain, let waiting = blocked.removeValue(forKey: chain) else { return }
    queue.insert(contentsOf: waiting, at: head)
  }

  private mutating func advance() {
    head += 1
    // The room of what went is given back now and then, always leaving one for what comes back.
    guard head > 1024, head * 2 > queue.count else { return }
    queue.removeFirst(head - 1)
    head = 1
  }
}
