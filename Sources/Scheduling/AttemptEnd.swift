import Model

/// Why an attempt was told to end.
enum Halt: Sendable, CaseIterable {
  /// Its node was excluded before it started.
  case recalled
  /// The run was cancelled.
  case cancelled
}

/// How an attempt ended, as far as it matters for what comes next.
struct AttemptEnd: Hashable, Sendable {
  /// How often something may still be tried again.
  struct Budget: Hashable, Sendable {
    /// What was used up before this attempt.
    var used: Int
    /// How much there is.
    var limit: Int

    var isLeft: Bool { used < limit }
  }

  /// What came back; nil: nothing did, its node is gone.
  var verdict: Verdict?
  /// Whether it is known to have started.
  var isStarted: Bool
  /// Whether it was told to end, and why.
  var halt: Halt?
  /// Whether the run was cancelled.
  var isCancelled: Bool
  /// Infrastructure errors of the same case.
  var errors: Budget
  /// Failures of the same case; the limit is its `retries`.
  var failures: Budget

  /// What comes next for the case.
  enum Sequel: Hashable, Sendable {
    /// The case is finished with this verdict, and with the attempt's own reason.
    case verdict(Verdict)
    /// The case is finished with this verdict because the run was cancelled.
    case cancelled(Verdict)
    /// The test failed before, and no retry has shown otherwise: that failure is the case's end.
    case failureStands
    /// The case is tried again.
    case again(Cost)
  }

  /// What another attempt is charged to.
  enum Cost: Hashable, Sendable { case nothing, error, failure }

  /// The decision table of `docs/scheduling.md`. A verdict that came back always counts, whatever was asked of the
  /// attempt meanwhile.
  var sequel: Sequel {
    let isOver = isCancelled || halt == .cancelled
    switch verdict {
    case .pass: return .verdict(.pass)
    case .fail: return failures.isLeft && !isOver ? .again(.failure) : .verdict(.fail)
    case .skip: return failures.used > 0 ? .failureStands : .verdict(.skip)
    case .error, nil: return isOver ? sequelWhenCancelled : sequelOfError
    }
  }

  private var sequelWhenCancelled: Sequel {
    if failures.used > 0 { return .failureStands }
    guard isStarted else { return .cancelled(.skip) }
    return verdict == nil ? .verdict(.error) : .cancelled(.error)
  }

  private var sequelOfError: Sequel {
    if verdict == nil ? !isStarted : halt == .recalled { return .again(.nothing) }
    if errors.isLeft { return .again(.error) }
    return failures.used > 0 ? .failureStands : .verdict(.error)
  }
}
