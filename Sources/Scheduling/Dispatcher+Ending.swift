import Model

// The run is asked to end before its time.

extension Dispatcher {
  /// Ends the run: what was not leased is skipped, what was leased is told to end and awaited, tear-downs run. Now:
  /// nothing is awaited and nothing more runs.
  mutating func cancel(now: Bool) {
    let isFirst = !isCancelled
    isCancelled = true
    for attempt in live.values.sorted(by: { $0.fence < $1.fence }) {
      if case .hook(let hook) = attempt.subject, hook.isTeardown, !now { continue }
      guard now || attempt.halt != .cancelled else { continue }
      live[attempt.attempt]?.halt = .cancelled
      outcome.add(.cancelAttempt(attempt.attempt, node: nodes[attempt.node].name))
    }
    if isFirst { skipUnleased() }
    if now { abandon() }
  }

  private mutating func skipUnleased() {
    for order in cases.indices {
      switch cases[order].phase {
      case .held, .ready: finishUnlessFailed(order, .skip, "cancelled")
      case .leased, .finished: continue
      }
    }
  }

  private mutating func abandon() {
    for attempt in live.values.sorted(by: { $0.fence < $1.fence }) {
      forget(attempt)
      switch attempt.subject {
      case .planned(let order):
        let id = attempt.isStarted ? attempt.attempt : nil
        finishUnlessFailed(order, attempt.isStarted ? .error : .skip, "cancelled", attempt: id)
      case .hook(let hook): outcome.add(.hookFailed(id(of: hook), reason: "cancelled"))
      }
    }
    queueTeardowns()
    for hook in teardowns { outcome.add(.hookFailed(id(of: hook), reason: "not run: cancelled")) }
    teardowns = []
  }
}
