import Model

/// A node as a prediction sees it.
public struct PredictedNode: Hashable, Sendable {
  /// The name, for cases that run on each node.
  public var name: String
  /// The labels that cases may require.
  public var labels: [String: String]
  /// How many cases it runs at once.
  public var slots: Int

  /// Makes a node.
  public init(name: String, labels: [String: String] = [:], slots: Int = 1) {
    self.name = name
    self.labels = labels
    self.slots = slots
  }
}

/// All cases of one tier and one domain, and when they are expected to run.
public struct PredictedUnit: Hashable, Sendable, Codable {
  /// The tier.
  public var tier: String
  /// The domain.
  public var domain: String
  /// Its cases that run, in catalog order.
  public var cases: [CaseID]
  /// How many of them nobody knows the duration of; they count with `Policy.unknownSeconds`.
  public var unknown: Int
  /// The sum of what its cases take, in seconds.
  public var work: Double
  /// When its first case starts, in seconds from the start of the run; nil: none of its cases would run.
  public var start: Double?
  /// When its last case ends, in seconds from the start of the run; nil: none of its cases would run.
  public var end: Double?
}

/// How a run would go if every case took the expected time and passed.
public struct Prediction: Hashable, Sendable, Codable {
  /// By tier and domain, in catalog order of their first case.
  public var units: [PredictedUnit]
  /// Cases that would not run, and why: skips, and what no node can take.
  public var notRun: [CaseID: String]
  /// Seconds until everything is over; set-ups and tear-downs count as nothing.
  public var duration: Double
}

extension Plan {
  /// Lets the dispatcher itself play the run on these nodes: gates, locks, labels and the order of the tiers count.
  public func predicted(on nodes: [PredictedNode], policy: Policy = Policy()) -> Prediction {
    var play = Rehearsal(self, policy)
    for node in nodes { play.tell(.nodeReady(node.name, labels: node.labels, slots: node.slots)) }
    play.tell(.noMoreNodes)
    while play.step() {}
    return play.prediction
  }
}

/// A run in which every attempt passes after the expected time.
private struct Rehearsal {
  private struct UnitKey: Hashable {
    var tier: String
    var domain: String
  }

  private let plan: Plan
  private let policy: Policy
  private var dispatcher: Dispatcher
  /// Attempts under way; the next to end is first. `order` counts the attempts.
  private var underWay = Heap()
  private var attempts: [(id: AttemptID, seconds: Double)] = []
  private var clock = 0.0
  private var numbers: [UnitKey: Int] = [:]
  private(set) var prediction = Prediction(units: [], notRun: [:], duration: 0)

  init(_ plan: Plan, _ policy: Policy) {
    self.plan = plan
    self.policy = policy
    var unqueued = policy
    unqueued.batchSeconds = 0
    dispatcher = Dispatcher(plan: plan, run: RunID(rawValue: "prediction"), policy: unqueued)
    for planned in plan.cases where planned.disposition == .run { note(planned) }
  }

  private mutating func note(_ planned: PlannedCase) {
    let definition = planned.definition
    let key = UnitKey(tier: definition.tier, domain: definition.domain)
    let number = numbers[key] ?? prediction.units.count
    if numbers.updateValue(number, forKey: key) == nil {
      prediction.units.append(
        PredictedUnit(tier: key.tier, domain: key.domain, cases: [], unknown: 0, work: 0, start: nil, end: nil))
    }
    prediction.units[number].cases.append(planned.id)
    prediction.units[number].work += duration(of: planned.id)
    if planned.expected == nil { prediction.units[number].unknown += 1 }
  }

  mutating func tell(_ fact: Fact) {
    for decision in dispatcher.apply(fact, at: clock) {
      switch decision {
      case .lease(let lease): for attempt in lease.attempts { begin(attempt, lease) }
      case .finished(let end) where end.attempt == nil: prediction.notRun[end.id] = end.reason ?? end.verdict.rawValue
      case .finished, .cancelAttempt, .exclude, .hookFailed, .done: break
      }
    }
  }

  private mutating func begin(_ attempt: AttemptPlan, _ lease: Lease) {
    let seconds = duration(of: attempt.id)
    if let number = numbers[UnitKey(tier: lease.tier, domain: lease.domain)], case .test = attempt.work {
      prediction.units[number].start = min(prediction.units[number].start ?? clock, clock)
      prediction.units[number].end = max(prediction.units[number].end ?? 0, clock + seconds)
    }
    underWay.push(Priority(seconds: -(clock + seconds), order: attempts.count))
    attempts.append((attempt.attempt, seconds))
  }

  private func duration(of id: CaseID) -> Double {
    guard let order = dispatcher.index.orders[id] else { return 0 }
    return dispatcher.index.expected[order] ?? policy.unknownSeconds
  }

  /// Ends the next attempt; false if there is none.
  mutating func step() -> Bool {
    guard let next = underWay.first else { return false }
    underWay.removeFirst()
    let (id, seconds) = attempts[next.order]
    clock = -next.seconds
    prediction.duration = clock
    tell(.attemptStarted(id))
    tell(.attemptFinished(id, verdict: .pass, reason: nil, duration: seconds))
    return true
  }
}
