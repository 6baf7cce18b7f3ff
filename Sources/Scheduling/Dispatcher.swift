import Model

/// Decides what runs where. A value: facts go in, decisions come out, and the same facts give the same decisions. It
/// has no clock, and nothing in it waits; the shell around it owns both.
///
/// The rules stand in `docs/scheduling.md`. A fact costs time by the number of kinds of ready cases (tier, domain,
/// labels, locks), not by the number of cases.
public struct Dispatcher: Sendable {
  let plan: Plan
  let run: RunID
  let policy: Policy
  let index: PlanIndex

  var cases: [CaseState]
  var gates: GateTable
  var tiers: [TierState]
  var domains: [DomainState]
  var nodes: [NodeState]
  var nodeNumbers: [String: Int]
  var buckets: [Bucket] = []
  var bucketNumbers: [BucketKey: Int] = [:]
  /// Buckets that have ready cases for more than one node.
  var active: [Int] = []
  var locks = LockTable()
  var durations: Durations
  var live: [AttemptID: LiveAttempt] = [:]
  /// Tear-downs whose turn has come.
  var teardowns: [HookRef] = []
  var hookLeases: [HookRef: Int] = [:]

  /// Nothing but tear-downs is leased any more.
  var isCancelled = false
  var hasBegun = false
  var isDone = false
  var allNodesKnown = false
  /// Cases without a verdict.
  var remaining: Int
  /// Cases without a verdict in each run of cases of one tier.
  var segmentRemaining: [Int]
  /// Cases before this index are no longer held.
  var released = 0
  /// Cases in buckets.
  var readyCount = 0
  var lastFence: UInt64 = 0
  var lastUnit = 0
  var now = 0.0

  /// What one fact has led to so far.
  var outcome = Consequences()

  /// Makes the dispatcher of a run.
  public init(plan: Plan, run: RunID, policy: Policy = Policy()) {
    self.plan = plan
    self.run = run
    self.policy = policy
    index = PlanIndex(plan)
    gates = GateTable(plan.cases)
    tiers = index.tiers.map(TierState.init)
    domains = index.domains.map { DomainState(name: $0, domain: plan.domains[$0] ?? Domain()) }
    nodes = index.nodes.map(NodeState.init)
    nodeNumbers = Dictionary(uniqueKeysWithValues: index.nodes.enumerated().map { ($1, $0) })
    durations = Durations(domains: index.domains.count, unknown: policy.unknownSeconds)
    remaining = plan.cases.count
    segmentRemaining = zip(index.segmentEnds, [0] + index.segmentEnds).map { $0 - $1 }
    cases = []
    cases.reserveCapacity(plan.cases.count)
    var segment = 0
    for order in plan.cases.indices {
      if order == index.segmentEnds[segment] { segment += 1 }
      var key = index.keys[order]
      key.nodeGates = gates.nodeGatesBefore[order]
      cases.append(CaseState(key: key, segment: segment))
      tiers[key.tier].remaining += 1
      domains[key.domain].remaining += 1
    }
  }

  /// Takes in one fact and says what follows from it. `now` is the shell's monotonic clock in seconds; it is only
  /// shown (``explain(_:)``), and decides nothing.
  public mutating func apply(_ fact: Fact, at now: Double) -> [Decision] {
    guard !isDone else { return [] }
    self.now = now
    if !hasBegun { begin() }
    switch fact {
    case .began: break
    case .nodeReady(let name, let labels, let slots): nodeReady(name, labels, slots)
    case .nodeLost(let name, let reason, let gone): nodeLost(name, reason, gone)
    case .nodeBack(let name): nodeBack(name)
    case .nodeExcluded(let name, let reason): exclude(number(of: name), reason, isNews: false)
    case .attemptStarted(let attempt): attemptStarted(attempt)
    case .attemptFinished(let attempt, let verdict, let reason, let duration):
      attemptFinished(attempt, verdict, reason, duration)
    case .cancel(let now): cancel(now: now)
    case .noMoreNodes:
      allNodesKnown = true
      outcome.mustSweep = true
      outcome.concernsAllNodes = true
    }
    settle()
    return outcome.take()
  }

  /// Draws every conclusion from what has changed.
  private mutating func settle() {
    repeat {
      skipBehindFailedGates()
      release()
      sweep()
    } while !outcome.failedGates.isEmpty || released < releaseLimit || outcome.mustSweep
    queueTeardowns()
    placeTeardowns()
    placeCases()
    guard remaining == 0, live.isEmpty, teardowns.isEmpty else { return }
    isDone = true
    outcome.isDone = true
  }

  private mutating func begin() {
    hasBegun = true
    for (order, planned) in plan.cases.enumerated() {
      guard let reason = planned.disposition.reason else { continue }
      finish(order, .skip, reason, opensGate: true)
    }
    outcome.mustSweep = true
  }
}
