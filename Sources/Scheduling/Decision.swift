import Model

/// What a dispatcher wants done.
public enum Decision: Hashable, Sendable {
  /// Send these attempts to this node.
  case lease(Lease)
  /// A planned case has its verdict; said exactly once a case.
  case finished(Activity.CaseFinished)
  /// End this attempt, or drop it from the node's queue, and report
  /// ``Fact/attemptFinished(_:verdict:reason:duration:)``.
  case cancelAttempt(AttemptID, node: String)
  /// This node gets no more work in this run.
  case exclude(node: String, reason: String)
  /// A set-up or tear-down failed, erred or could not be run. A set-up's cases are reported by themselves.
  case hookFailed(CaseID, reason: String)
  /// Everything planned is finished and the tear-downs are over; said once, and last.
  case done
}

/// Attempts of one tier and one domain for one node.
public struct Lease: Hashable, Sendable, Codable {
  /// The unit.
  public var unit: UnitID
  /// Who gets it.
  public var node: String
  /// Whose cases these are; empty for the set-up or tear-down of a domain.
  public var tier: String
  /// Whose cases these are; empty for the set-up or tear-down of a tier.
  public var domain: String
  /// The attempts, in the order in which they are to start.
  public var attempts: [AttemptPlan]

  /// Makes a lease.
  public init(unit: UnitID, node: String, tier: String, domain: String, attempts: [AttemptPlan]) {
    self.unit = unit
    self.node = node
    self.tier = tier
    self.domain = domain
    self.attempts = attempts
  }
}

/// One attempt as it is leased.
public struct AttemptPlan: Hashable, Sendable, Codable {
  /// What is to be run.
  public enum Work: Hashable, Sendable, Codable {
    /// A planned case.
    case test(CaseDefinition)
    /// The set-up of a tier or domain.
    case setup(Hook)
    /// The tear-down of a tier or domain.
    case teardown(Hook)
  }

  /// The attempt.
  public var attempt: AttemptID
  /// The planned case; for set-ups and tear-downs `setup:tier:smoke`, `teardown:domain:base@n1`.
  public var id: CaseID
  /// What is to be run.
  public var work: Work
  /// Of two attempts of one case the one with the higher number counts. Rises over the whole run, from 1.
  public var fence: UInt64
  /// Of the attempts that wait on a node, those with a higher number start first: 2 for set-ups and tear-downs, 1 for
  /// gates, 0 for all others.
  public var priority: Int

  /// Makes an attempt.
  public init(attempt: AttemptID, id: CaseID, work: Work, fence: UInt64, priority: Int) {
    self.attempt = attempt
    self.id = id
    self.work = work
    self.fence = fence
    self.priority = priority
  }
}
