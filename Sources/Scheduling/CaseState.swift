import Model

/// A planned case during a run.
struct CaseState: Sendable {
  /// Where a case is on its way.
  enum Phase: Sendable, Equatable {
    /// Held back by a gate or by the order of the tiers.
    case held
    /// In the bucket of this number.
    case ready(Int)
    case leased(AttemptID)
    case finished(Verdict, String?)
  }

  let key: BucketKey
  /// Which run of cases of one tier it belongs to.
  let segment: Int
  var phase = Phase.held
  /// How often it was leased; the ordinal of its last attempt.
  var leases = 0
  /// How many attempts started or came back.
  var attempts = 0
  var errors = 0
  /// How often the test failed and was tried again.
  var failures = 0
  /// The last of these failures: it stands unless a later attempt passes.
  var failure: Failure?

  /// A failure after which the case was tried again.
  struct Failure: Sendable {
    var attempt: AttemptID
    var reason: String?
  }

  var isFinished: Bool { if case .finished = phase { true } else { false } }
}

/// What cases of one bucket have in common; numbers stand for the tier, domain, labels, locks and nodes.
struct BucketKey: Hashable, Sendable {
  var tier: Int
  var domain: Int
  var requirement: Int
  var locks: Int
  /// How many gates on each node a node must have passed.
  var nodeGates: Int
  /// The only node that it may run on.
  var node: Int?
  /// The node that it erred on, to be taken only where no other can.
  var avoid: Int?
}

/// Ready cases that every node is equally fit for.
struct Bucket: Sendable {
  let key: BucketKey
  var queue = ReadyQueue()
  /// Cases that are really waiting; the queue may hold finished ones besides.
  var count = 0
}

/// An attempt that was leased and has not ended.
struct LiveAttempt: Sendable {
  enum Subject: Sendable {
    case planned(Int)
    case hook(HookRef)
  }

  let attempt: AttemptID
  let subject: Subject
  let fence: UInt64
  let node: Int
  /// Expected seconds.
  let expected: Double
  /// When it was leased, in the shell's monotonic seconds.
  let since: Double
  /// True: leased beyond the node's slots, and not started.
  var isQueued: Bool
  var isStarted = false
  var halt: Halt?
}
