/// How urgent a case is: longest expected first, then catalog order. Greater is more urgent.
struct Priority: Comparable, Sendable {
  /// Expected seconds; infinite for gates, because others wait for them.
  var seconds: Double
  /// The place in catalog order.
  var order: Int

  static func < (left: Priority, right: Priority) -> Bool {
    left.seconds != right.seconds ? left.seconds < right.seconds : left.order > right.order
  }
}

/// Cases that could run now and have everything in common that a node is chosen by. Cases whose duration nobody knows
/// are queued apart, because what is assumed about them changes during the run.
struct ReadyQueue: Sendable {
  private var known = Heap()
  private var unknown = Heap()

  /// Adds a case.
  mutating func push(_ order: Int, seconds: Double?) {
    if let seconds {
      known.push(Priority(seconds: seconds, order: order))
    } else {
      unknown.push(Priority(seconds: 0, order: order))
    }
  }

  /// The most urgent case, if unknown cases take `assumed` seconds.
  func first(assuming assumed: Double) -> Priority? {
    guard let other = unknown.first else { return known.first }
    let candidate = Priority(seconds: assumed, order: other.order)
    guard let best = known.first, best > candidate else { return candidate }
    return best
  }

  /// Removes the case that ``first(assuming:)`` named.
  mutating func removeFirst(_ priority: Priority) {
    if known.first?.order == priority.order { known.removeFirst() } else { unknown.removeFirst() }
  }
}

/// A binary heap with the greatest element first.
struct Heap: Sendable {
  private var items: [Priority] = []

  var first: Priority? { items.first }

  mutating func push(_ item: Priority) {
    items.append(item)
    var child = items.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard items[parent] < items[child] else { return }
      items.swapAt(parent, child)
      child = parent
    }
  }

  mutating func removeFirst() {
    guard let last = items.popLast(), !items.isEmpty else { return }
    items[0] = last
    var parent = 0
    while true {
      var largest = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[largest] < items[child] {
        largest = child
      }
      guard largest != parent else { return }
      items.swapAt(parent, largest)
      parent = largest
    }
  }
}
