/// The entries for one server, in order. One of them is under way at a time. The first holds back the others, until it
/// has failed so often that it steps aside.
struct Lane: Sendable {
  struct Item: Sendable {
    let key: OutboxEntry.Key
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
  private var underWay: Item?
  /// Failures in a row that were the server's and no entry's, and until when it is left alone.
  private var outages = 0
  private var closedUntil = -Double.infinity
  private var heldBecause: String?
  /// Why the last exchange delivered nothing; nil after one that did.
  var trouble: String?

  var count: Int { queue.count - head + aside.count + (underWay == nil ? 0 : 1) }

  mutating func append(_ key: OutboxEntry.Key, uncertainUntil settled: Double?) {
    queue.append(Item(key: key, isUncertain: settled != nil, due: settled ?? -.infinity))
  }

  /// Somebody else may have sent this entry, unless we know that better.
  mutating func distrust(_ key: OutboxEntry.Key, until settled: Double) {
    if let index = queue[head...].firstIndex(where: { $0.key == key }), !queue[index].isUncertain {
      queue[index].isUncertain = true
      queue[index].due = max(queue[index].due, settled)
    } else if let index = aside.firstIndex(where: { $0.key == key }), !aside[index].isUncertain {
      var item = aside.remove(at: index)
      item.isUncertain = true
      item.due = max(item.due, settled)
      putAside(item)
    }
  }

  /// Whatever held this lane up is over, as far as we know.
  mutating func release() { heldBecause = nil }

  mutating func next(now: Double) -> Outbox.Decision {
    if underWay != nil { return .busy }
    if count == 0 { return .empty }
    if let heldBecause { return .held(reason: heldBecause) }
    if now < closedUntil { return .wait(until: closedUntil) }
    let first = head < queue.count ? queue[head].due : .infinity
    let asideDue = aside.last?.due ?? .infinity
    if asideDue <= now {
      underWay = aside.popLast()
    } else if first <= now {
      underWay = queue[head]
      advance()
    }
    guard let item = underWay else { return .wait(until: min(first, asideDue)) }
    return item.isUncertain ? .ask(item.key) : .send(item.key)
  }

  /// The entry that is under way, taken out; nil if it is another one.
  mutating func take(_ key: OutboxEntry.Key) -> Item? {
    guard let item = underWay, item.key == key else { return nil }
    underWay = nil
    return item
  }

  /// Puts an entry back in its place, or aside once it has failed `patience` times.
  mutating func putBack(_ item: Item, patience: Int) {
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
    var (low, high) = (0, aside.count)
    while low < high {
      let middle = (low + high) / 2
      if aside[middle].due > item.due { low = middle + 1 } else { high = middle }
    }
    aside.insert(item, at: low)
  }

  private mutating func advance() {
    head += 1
    // The room of what went is given back now and then, always leaving one for what comes back.
    guard head > 1024, head * 2 > queue.count else { return }
    queue.removeFirst(head - 1)
    head = 1
  }
}
