import Model

/// Why an attempt was told to end.
enum Halt: Sendable {
  /// Its node was excluded before it started.
  case recalled
  /// The run was cancelled.
  case cancelled
}

/// How an attempt ended, as far as it matters for what comes next.
struct AttemptEnd: Hashable, Sendable {
  /// What came back; nil: nothing did, its node is gone.
  var verdict: Verdict?
  /// Whether it is known to have started.
  var isStarted: Bool
  /// Whether it was told to end, and why.
  var halt: Halt?
  /// Infrastructure errors of the same case before this one.
  var errors: Int

  /// What comes next for the case.
  enum Sequel: Hashable, Sendable {
    /// The case is finished with this verdict, and with the attempt's own reason.
    case verdict(Verdict)
    /// The case is finished with this verdict because the run was cancelled.
    case cancelled(Verdict)
    /// The case is tried again.
    case again(countsAsError: Bool)
  }

  /// The decision table of retries. A verdict that came back always counts, whatever was asked of the attempt
  /// meanwhile.
  func sequel(errorRetries: Int) -> Sequel {
    if let verdict, verdict != .error { return .verdict(verdict) }
    switch (halt, verdict == nil, isStarted) {
    case (.cancelled, false, true): return .cancelled(.error)
    case (.cancelled, true, true): return .verdict(.error)
    case (.cancelled, _, false): return .cancelled(.skip)
    case (.recalled, false, _), (_, true, false): return .again(countsAsError: false)
    case (.recalled, true, true), (nil, _, _):
      return errors < errorRetries ? .again(countsAsError: true) : .verdict(.error)
    }
  }
}
