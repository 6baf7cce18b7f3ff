import Synchronization

/// Lets so many through at once; the others wait outside, in the order they came. Nobody blocks a thread.
final class Turnstile: Sendable {
  private struct Places {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let places: Mutex<Places>

  /// Makes a turnstile.
  /// - Parameter places: how many may be inside, at least 1.
  init(places: Int) { self.places = Mutex(Places(free: places)) }

  /// Does something inside. Who is cancelled still waits for a place; the work is to notice.
  func pass<Value: Sendable>(_ work: () async throws -> Value) async rethrows -> Value {
    await enter()
    defer { leave() }
    return try await work()
  }

  private func enter() async {
    await withCheckedContinuation { continuation in
      let isFree = places.withLock { places in
        guard places.free > 0 else {
          places.waiting.append(continuation)
          return false
        }
        places.free -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }

  private func leave() {
    let next: CheckedContinuation<Void, Never>? = places.withLock { places in
      guard !places.waiting.isEmpty else {
        places.free += 1
        return nil
      }
      return places.waiting.removeFirst()
    }
    next?.resume()
  }
}
