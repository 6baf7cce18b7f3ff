import TestSupport

/// What is going to happen, in the order of virtual time. What is due at the same time comes in an order that the seed
/// decides.
final class Agenda {
  private struct Entry {
    var time: Double
    var tie: UInt64
    var owner: Owner?
    var action: () -> Void

    func isBefore(_ other: Entry) -> Bool { time != other.time ? time < other.time : tie < other.tie }
  }

  private let clock: VirtualClock
  private var ties: Seeded
  private var heap: [Entry] = []
  /// How much has happened.
  private(set) var steps = 0

  init(clock: VirtualClock, ties: Seeded) {
    self.clock = clock
    self.ties = ties
  }

  /// Seconds since the world began.
  var now: Double { clock.now }

  /// After so many seconds, unless the owner is dead by then.
  func after(_ seconds: Double, _ owner: Owner? = nil, _ action: @escaping () -> Void) {
    insert(Entry(time: now + max(0, seconds), tie: ties.next(), owner: owner, action: action))
  }

  /// Lets a paused owner go on: what came due meanwhile happens now, in its order.
  func wake(_ owner: Owner) {
    for (index, action) in owner.takeDeferred().enumerated() {
      insert(Entry(time: now, tie: UInt64(index), owner: owner, action: action))
    }
  }

  /// Lets the next thing happen. False: there is nothing.
  func step() -> Bool {
    guard let entry = removeFirst() else { return false }
    clock.advance(to: entry.time)
    if let owner = entry.owner {
      guard owner.isAlive else { return true }
      if let stopped = owner.stopped {
        stopped.deferred.append { if owner.isAlive { entry.action() } }
        return true
      }
    }
    steps += 1
    entry.action()
    return true
  }

  private func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private func removeFirst() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least]) {
        least = child
      }
      if least == parent { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
