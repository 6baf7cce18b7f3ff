import Synchronization

/// Room in memory for large bodies. Who brings one waits until there is room, first come first served; meanwhile its bytes
/// stay on the client's side.
final class BodyRoom: Sendable {
  private struct State {
    var free: Int
    var waiting: [(bytes: Int, entrance: CheckedContinuation<Void, Never>)] = []
  }

  private let size: Int
  private let state: Mutex<State>

  /// Room for so many bytes.
  init(_ size: Int) {
    self.size = size
    state = Mutex(State(free: size))
  }

  /// Waits until there is room; what is larger than all of it takes all of it.
  func take(_ bytes: Int) async {
    let bytes = min(bytes, size)
    await withCheckedContinuation { entrance in
      let enters = state.withLock { state in
        guard state.waiting.isEmpty, state.free >= bytes else {
          state.waiting.append((bytes, entrance))
          return false
        }
        state.free -= bytes
        return true
      }
      if enters { entrance.resume() }
    }
  }

  /// Gives back what was taken.
  func give(_ bytes: Int) {
    let entering = state.withLock { state in
      state.free += min(bytes, size)
      var entering: [CheckedContinuation<Void, Never>] = []
      while let first = state.waiting.first, first.bytes <= state.free {
        state.free -= first.bytes
        entering.append(first.entrance)
        state.waiting.removeFirst()
      }
      return entering
    }
    for entrance in entering { entrance.resume() }
  }
}
