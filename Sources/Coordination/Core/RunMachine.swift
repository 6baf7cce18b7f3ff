import Model
import Scheduling
import Wire

/// The run's loop as a value: what came in goes in, and what is to be written down, ordered and said comes out. It has
/// no clock, no disk and no line; ``RunCore`` carries its effects to the disk, ``Coordinator`` to the nodes.
///
/// Equal inputs lead to equal effects. That is what a resumed run stands on: the inputs are taken from the journal.
struct RunMachine: Sendable {
  /// What the loop knows about a node.
  struct NodeView: Sendable {
    var facts: NodeFacts
    var life: String?
    var isGone = false
    /// How often it sent nonsense.
    var complaints = 0
  }

  let settings: RunSettings
  let plan: Plan
  var dispatcher: Dispatcher
  var ledger = Ledger()
  var nodes: [String: NodeView] = [:]
  /// How nodes have reported the end of attempts: they may say so again.
  var ended: [AttemptID: (node: String, verdict: Verdict)] = [:]
  private(set) var isDone = false
  private(set) var isCancelled = false
  /// Only deliveries may follow.
  private(set) var hasEnded = false
  private var finished: Set<CaseID> = []
  private var effects: [Effect] = []
  var moment = Moment(elapsed: 0, wall: Timestamp(nanoseconds: 0))

  init(settings: RunSettings, plan: Plan) {
    self.settings = settings
    self.plan = plan
    dispatcher = Dispatcher(plan: plan, run: settings.header.run, policy: settings.policy)
  }

  /// The first effects of a run.
  mutating func begin(at moment: Moment) -> [Effect] {
    self.moment = moment
    record(.runStarted(settings.header))
    record(.planned(plan))
    decide(.began)
    if settings.nodes.isEmpty { decide(.noMoreNodes) }
    return takeEffects()
  }

  /// Takes one thing in.
  mutating func take(_ input: Input, at moment: Moment) -> [Effect] {
    self.moment = moment
    if hasEnded {
      guard case .activity = input else { return [] }
    }
    switch input {
    case .ready(let node, let facts, let life): ready(node, facts, life)
    case .down(let node, let reason):
      record(.nodeLost(.init(node: node, reason: reason)))
      decide(.nodeLost(node, reason: reason, gone: false))
    case .gone(let node, let reason): gone(node, reason)
    case .drained(let node, let reason):
      record(.nodeExcluded(.init(node: node, reason: reason)))
      decide(.nodeExcluded(node, reason: reason))
    case .records(let node, let epoch, let records):
      for one in records { take(one, from: node) }
      if let last = records.last { perform(.acknowledge(node: node, last.sequence, epoch: epoch)) }
    case .perished(let attempt, let reason): end(attempt, Outcome.error(reason, at: moment.wall), reason)
    case .notice(let notice): record(.notice(notice))
    case .cancel(let whom, let now): cancel(by: whom, now: now)
    case .activity(let activity): record(activity)
    case .resumed(let resumed): resume(resumed)
    case .counted(let output, let sequence):
      ledger.count(output)
      record(.output(output), sequence)
    case .kept(let artifact, let sequence):
      ledger.complete(artifact)
      record(.artifact(artifact), sequence)
    }
    return takeEffects()
  }

  /// The last effects of a run.
  mutating func end(at moment: Moment) -> [Effect] {
    self.moment = moment
    for entry in ledger.all { close(entry.plan.attempt) }
    record(.runFinished(.init(isCancelled: isCancelled, missing: missing, duration: moment.elapsed)))
    hasEnded = true
    return takeEffects()
  }

  /// Planned cases without a verdict.
  var missing: [CaseID] { plan.cases.map(\.id).filter { !finished.contains($0) } }

  private func isReady(_ node: String) -> Bool { nodes[node].map { !$0.isGone } ?? false }

  private mutating func resume(_ resumed: Activity.RunResumed) {
    record(.runResumed(resumed))
    for node in nodes.keys.sorted() where isReady(node) {
      decide(.nodeLost(node, reason: "the coordinator died", gone: false))
    }
  }

  private mutating func cancel(by whom: String, now: Bool) {
    isCancelled = true
    record(.cancelRequested(.init(by: whom, now: now)))
    decide(.cancel(now: now))
    guard now else { return }
    for node in settings.nodes { perform(.cancel(node: node.name, Cancel(attempts: nil, now: true))) }
  }

  // MARK: Effects

  mutating func perform(_ effect: Effect) { effects.append(effect) }

  mutating func record(_ activity: Activity, _ sequence: UInt64? = nil, output: ArraySlice<UInt8> = []) {
    effects.append(.record(activity, sequence: sequence, output: output))
  }

  private mutating func takeEffects() -> [Effect] {
    defer { effects = [] }
    return effects
  }

  /// Closes an attempt's raw log.
  @discardableResult
  mutating func close(_ attempt: AttemptID) -> Ledger.Entry? {
    guard let entry = ledger.close(attempt) else { return nil }
    if let log = entry.streams[0], log.size > 0 { perform(.close(file: log.path)) }
    return entry
  }

  // MARK: Decisions

  /// Tells the dispatcher and carries out what it decides.
  mutating func decide(_ fact: Fact) {
    for decision in dispatcher.apply(fact, at: moment.elapsed) { carryOut(decision) }
  }

  private mutating func carryOut(_ decision: Decision) {
    switch decision {
    case .lease(let lease): grant(lease)
    case .finished(let end):
      finished.insert(end.id)
      record(.caseFinished(end))
    case .cancelAttempt(let attempt, let node): perform(.cancel(node: node, Cancel(attempts: [attempt])))
    case .exclude(let node, let reason): record(.nodeExcluded(.init(node: node, reason: reason)))
    case .hookFailed(let id, let reason): record(.notice(.init(.error, "\(id): \(reason)")))
    case .done: isDone = true
    }
  }

  private mutating func grant(_ lease: Lease) {
    record(
      .unitLeased(
        .init(
          unit: lease.unit, tier: lease.tier, domain: lease.domain, node: lease.node,
          attempts: lease.attempts.map(\.attempt))))
    for attempt in lease.attempts {
      ledger.open(attempt, node: lease.node, unit: lease.unit, outputLimit: settings.outputLimit(of: attempt.work))
    }
    perform(.run(node: lease.node, unit: lease.unit, lease.attempts))
  }
}

extension RunSettings {
  /// Bytes of output that are kept of such work.
  func outputLimit(of work: AttemptPlan.Work) -> Int64 {
    if case .test(let definition) = work { definition.outputLimit ?? outputLimit } else { outputLimit }
  }
}

extension Outcome {
  /// The outcome of an attempt that no node can report about.
  static func error(_ reason: String, at time: Timestamp) -> Outcome {
    Outcome(verdict: .error, reason: reason, started: time, stopped: time)
  }
}
