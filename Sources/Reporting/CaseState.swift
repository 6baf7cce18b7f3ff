import Model

/// What is known of one planned case, set-up or tear-down.
public struct CaseState: Sendable {
  /// Its name within the run.
  public let id: CaseID
  /// Its name in the catalog.
  public let name: String
  /// Whose case it is; empty for hooks.
  public let tier: String
  /// Whose case it is; empty for hooks.
  public let domain: String
  /// Whose case it is; empty for hooks.
  public let project: String
  /// When it passes.
  public let criteria: Criteria
  /// The only node it may run on; nil: any.
  public let plannedNode: String?
  /// Seconds it is expected to take; nil: nobody knows.
  public let expected: Double?
  /// Why the plan does not run it; nil: it is to run.
  public let skipped: String?
  /// Whether it is a gate.
  let isGate: Bool
  /// How often it may be run again after a failure.
  let retries: Int
  /// The final verdict; nil until there is one.
  public internal(set) var verdict: Verdict?
  /// Why, where it is no plain pass.
  public internal(set) var reason: String?
  /// The attempt that decided; nil for what was not run.
  public internal(set) var decided: AttemptID?
  /// How many attempts there were.
  public internal(set) var attemptCount = 0
  /// It passed after failures: `2/3` on the second of three attempts that it may have; errors are not counted.
  public internal(set) var flaky: String?
  /// The last unit that it was leased in.
  var lease: LastLease?
  /// What collection APIs said, by server, in order of their first answer.
  public internal(set) var deliveries: [Activity.Published] = []
  /// Places of its attempts in the run's state.
  var attempts: [Int] = []

  init(_ planned: PlannedCase) {
    id = planned.id
    name = planned.definition.name
    tier = planned.definition.tier
    domain = planned.definition.domain
    project = planned.definition.project
    criteria = planned.definition.criteria
    plannedNode = planned.node
    expected = planned.expected
    skipped = planned.disposition.reason
    isGate = planned.definition.isBlocking
    retries = planned.definition.retries ?? 0
  }

  init(hook: CaseID) {
    id = hook
    name = hook.rawValue
    tier = ""
    domain = ""
    project = ""
    criteria = .percentage(100)
    plannedNode = nil
    expected = nil
    skipped = nil
    isGate = false
    retries = 0
  }

  /// The verdict, where there is one; a case that the plan itself skips needs no event for it.
  public var finalVerdict: Verdict? { verdict ?? (skipped == nil ? nil : .skip) }

  /// `tier/case`, as people name it.
  public var title: String { tier.isEmpty ? id.rawValue : tier + "/" + id.rawValue }

  mutating func add(_ place: Int) {
    attempts.append(place)
    attemptCount = max(attemptCount, attempts.count)
  }

  mutating func record(_ answer: Activity.Published) {
    if let index = deliveries.firstIndex(where: { $0.server == answer.server }) {
      deliveries[index] = answer
    } else {
      deliveries.append(answer)
    }
  }
}

/// To whom a case was leased last, and as what.
struct LastLease: Hashable, Sendable {
  var attempt: AttemptID
  var unit: UnitID
  var node: String
}

/// How many cases ended how.
public struct Counts: Hashable, Sendable, Codable {
  /// Cases that passed.
  public var pass = 0
  /// Cases that failed.
  public var fail = 0
  /// Cases that were not run by a rule, or said so themselves.
  public var skip = 0
  /// Cases that the infrastructure failed.
  public var error = 0
  /// Those of the passed ones that failed before, and were tried again.
  public var flaky = 0

  /// All of them.
  public var total: Int { pass + fail + skip + error }

  mutating func add(_ verdict: Verdict) {
    switch verdict {
    case .pass: pass += 1
    case .fail: fail += 1
    case .skip: skip += 1
    case .error: error += 1
    }
  }
}
