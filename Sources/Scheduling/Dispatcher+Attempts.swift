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
    switch end(of: order, attempt, verdict).sequel {
    case .verdict(.pass) where cases[order].failures > 0:
      let number = cases[order].failures + 1
      let flaky = "flaky: passed on attempt \(number) of \(1 + retries(of: order))"
      finish(order, .pass, flaky, attempt: attempt.attempt, opensGate: true)
    case .verdict(let final):
      let opens = final == .pass || final == .skip
      finish(order, final, reason, attempt: attempt.attempt, opensGate: opens)
    case .cancelled(let final):
      finish(order, final, "cancelled", attempt: attempt.isStarted ? attempt.attempt : nil)
    case .failureStands: finishUnlessFailed(order, .fail, reason)
    case .again(let cost): tryAgain(order, after: attempt, reason, cost)
    }
  }

  /// What the table of retries is asked about an attempt of a case.
  private func end(of order: Int, _ attempt: LiveAttempt, _ verdict: Verdict?) -> AttemptEnd {
    AttemptEnd(
      verdict: verdict, isStarted: attempt.isStarted, halt: attempt.halt, isCancelled: isCancelled,
      errors: AttemptEnd.Budget(used: cases[order].errors, limit: policy.errorRetries),
      failures: AttemptEnd.Budget(used: cases[order].failures, limit: retries(of: order)))
  }

  /// How often the case may be run again after it failed; a plan from elsewhere may say anything.
  private func retries(of order: Int) -> Int { min(10, max(0, plan.cases[order].definition.retries ?? 0)) }

  private mutating func tryAgain(_ order: Int, after attempt: LiveAttempt, _ reason: String?, _ cost: AttemptEnd.Cost) {
    switch cost {
    case .nothing: break
    case .error: cases[order].errors += 1
    case .failure:
      cases[order].failures += 1
      cases[order].failure = CaseState.Failure(attempt: attempt.attempt, reason: reason)
    }
    enqueue(order, avoid: cost == .error ? attempt.node : nil)
    outcome.mustSweep = true
  }
}
