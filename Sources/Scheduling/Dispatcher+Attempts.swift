import Model

// What attempts report, and what comes next for their cases.

extension Dispatcher {
  mutating func attemptStarted(_ id: AttemptID) {
    guard let attempt = live[id], !attempt.isStarted else { return }
    live[id]?.isStarted = true
    if case .planned(let order) = attempt.subject { cases[order].attempts += 1 }
    guard attempt.isQueued else { return }
    live[id]?.isQueued = false
    unqueue(attempt)
    outcome.freedNode = attempt.node
  }

  mutating func attemptFinished(_ id: AttemptID, _ verdict: Verdict, _ reason: String?, _ duration: Double) {
    guard let attempt = live[id] else { return }
    end(attempt, verdict: verdict, reason, duration)
  }

  /// An attempt is over: `verdict` came back, or (nil) its node is gone.
  mutating func end(_ attempt: LiveAttempt, verdict: Verdict?, _ reason: String?, _ duration: Double) {
    forget(attempt)
    note(attempt, verdict, reason)
    switch attempt.subject {
    case .hook(let hook): endHook(hook, attempt, verdict, reason)
    case .planned(let order):
      if verdict == .pass || verdict == .fail { durations.note(duration, in: cases[order].key.domain) }
      endCaseAttempt(order, attempt, verdict, reason)
    }
  }

  /// Removes an attempt from all accounts.
  mutating func forget(_ attempt: LiveAttempt) {
    guard let known = live.removeValue(forKey: attempt.attempt) else { return }
    if known.isQueued { unqueue(known) }
    nodes[known.node].live -= 1
    outcome.freedNode = known.node
    guard case .planned(let order) = known.subject else { return }
    if locks.release(index.locks[cases[order].key.locks]) { outcome.concernsAllNodes = true }
  }

  /// Errors in a row speak against a node; what was told to end, and tear-downs, do not.
  private mutating func note(_ attempt: LiveAttempt, _ verdict: Verdict?, _ reason: String?) {
    guard let verdict, attempt.halt == nil else { return }
    switch (verdict, attempt.subject) {
    case (_, .hook(let hook)) where hook.isTeardown: break
    case (.error, _), (.fail, .hook(.domainSetup)): strike(attempt.node, reason)
    default: nodes[attempt.node].strikes = 0
    }
  }

  private mutating func unqueue(_ attempt: LiveAttempt) {
    nodes[attempt.node].queued -= 1
    nodes[attempt.node].queuedSeconds -= attempt.expected
    if nodes[attempt.node].queued == 0 { nodes[attempt.node].queuedSeconds = 0 }
  }

  private mutating func endCaseAttempt(_ order: Int, _ attempt: LiveAttempt, _ verdict: Verdict?, _ reason: String?) {
    let wasHalted = attempt.halt != nil && verdict == .error
    if !attempt.isStarted, verdict != nil, !wasHalted { cases[order].attempts += 1 }
    let end = AttemptEnd(
      verdict: verdict, isStarted: attempt.isStarted, halt: attempt.halt, errors: cases[order].errors)
    switch end.sequel(errorRetries: policy.errorRetries) {
    case .verdict(let final):
      let opens = final == .pass || final == .skip
      finish(order, final, reason, attempt: attempt.attempt, opensGate: opens)
    case .cancelled(let final):
      finish(order, final, "cancelled", attempt: attempt.isStarted ? attempt.attempt : nil)
    case .again(let countsAsError):
      if countsAsError { cases[order].errors += 1 }
      tryAgain(order, avoid: countsAsError ? attempt.node : nil, reason)
    }
  }

  private mutating func tryAgain(_ order: Int, avoid: Int?, _ reason: String?) {
    switch admission {
    case .open:
      enqueue(order, avoid: avoid)
      outcome.mustSweep = true
    case .stopped(let why): finish(order, .error, "not run: \(why)")
    case .cancelled: finish(order, .skip, "cancelled")
    }
  }
}
