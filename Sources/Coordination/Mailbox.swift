import Synchronization

/// A queue between tasks: many post, one takes everything there is at once. Cancelling the taker takes nothing away.
public final class Mailbox<Item: Sendable>: Sendable {
  private struct State {
    var items: [Item] = []
    var cost = 0
    var taker: UnsafeContinuation<Void, Never>?
    var posters: [UnsafeContinuation<Void, Never>] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let limit: Int

  /// A queue whose patient posters wait while more than `limit` of cost is in it.
  public init(limit: Int = .max) { self.limit = limit }

  /// Queues an item at once.
  public func post(_ item: Item, cost: Int = 0) {
    let taker = state.withLock { state in
      state.items.append(item)
      state.cost += cost
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume()
  }

  /// Queues an item once there is room, so that a fast sender cannot fill the memory of a slow taker.
  public func postWhenRoom(_ item: Item, cost: Int) async {
    await withUnsafeContinuation { continuation in
      let hasRoom = state.withLock { state in
        if state.cost <= limit || state.isClosed { return true }
        state.posters.append(continuation)
        return false
      }
      if hasRoom { continuation.resume() }
    }
    post(item, cost: cost)
  }

  /// Everything there is, waiting for at least one item; nothing if the task is cancelled or the queue closed meanwhile.
  public func take() async -> [Item] {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        let isReady = state.withLock { state in
          if !state.items.isEmpty || state.isClosed || Task.isCancelled { return true }
          state.taker = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
    return Task.isCancelled ? [] : takeNow()
  }

  /// Everything there is, at once.
  public func takeNow() -> [Item] {
    let (items, posters) = state.withLock { state in
      defer {
        state.items = []
        state.cost = 0
        state.posters = []
      }
      return (state.items, state.posters)
    }
    for poster in posters { poster.resume() }
    return items
  }

  /// Lets everybody who waits go on, now and later.
  public func close() {
    let posters = state.withLock { state in
      state.isClosed = true
      defer { state.posters = [] }
      return state.posters
    }
    for poster in posters { poster.resume() }
    wake()
  }

  private func wake() {
    let taker = state.withLock { state in
      defer { state.taker = nil }
      return state.taker
    }
    taker?.resume()
  }
}
