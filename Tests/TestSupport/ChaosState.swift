import Glibc
import Synchronization

/// What a proxy's thread and the tests share.
final class ChaosState: Sendable {
  struct State {
    var weather = ChaosProxy.Weather()
    var cut: ChaosProxy.Cut?
    var counts = ChaosProxy.Counts()
    var waiters: [Waiter] = []
    var isStopped = false
  }

  /// A test that waits.
  struct Waiter: Sendable {
    let what: String
    let limit: ContinuousClock.Instant
    let isDone: @Sendable (ChaosProxy.Counts) -> Bool
    let continuation: CheckedContinuation<ChaosProxy.Counts, any Error>
  }

  let state = Mutex(State())
  /// Becomes readable when the thread has to look at the state.
  let bell: CInt
  private let button: CInt

  init?() {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    (bell, button) = (ends[0], ends[1])
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    close(bell)
    close(button)
  }

  func rouse() {
    var byte: UInt8 = 1
    _ = write(button, &byte, 1)
  }

  func add(_ waiter: Waiter) {
    let isLate = state.withLock { state in
      if !state.isStopped { state.waiters.append(waiter) }
      return state.isStopped
    }
    if isLate { waiter.continuation.resume(throwing: nothing(waiter)) } else { rouse() }
  }

  /// Lets those go on that have what they want, or have waited too long.
  func answerWaiters() {
    let counts = state.withLock { $0.counts }
    for waiter in take(where: { $0.isDone(counts) }) { waiter.continuation.resume(returning: counts) }
    dismiss { $0.limit <= .now }
  }

  /// Sends waiters away.
  func dismiss(where isDismissed: (Waiter) -> Bool) {
    for waiter in take(where: isDismissed) { waiter.continuation.resume(throwing: nothing(waiter)) }
  }

  private func nothing(_ waiter: Waiter) -> ChaosProxy.NothingCame {
    ChaosProxy.NothingCame(description: "\(waiter.what) did not come: \(state.withLock { $0.counts })")
  }

  private func take(where isTaken: (Waiter) -> Bool) -> [Waiter] {
    state.withLock { state in
      let taken = state.waiters.filter(isTaken)
      state.waiters.removeAll(where: isTaken)
      return taken
    }
  }
}
