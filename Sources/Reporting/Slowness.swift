import Model

extension RunState {
  /// Seconds after which an attempt of a case counts as slow: a minute, or three times what was expected if that is
  /// longer.
  func slowAfter(_ id: CaseID) -> Double { max(60, 3 * (state(of: id)?.expected ?? 0)) }

  /// Whether an attempt that runs has run for too long.
  func isSlow(_ attempt: AttemptState, now: Timestamp) -> Bool {
    now.seconds(since: attempt.seen) > slowAfter(attempt.owner)
  }
}
