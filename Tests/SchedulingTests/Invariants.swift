import Model

@testable import Scheduling

/// What must hold whatever happens. Knows the plan and what was decided, and nothing of how the dispatcher works.
struct Invariants {
  private struct Live {
    let id: CaseID
    let node: String
    let locks: [LockRequest]
    let work: AttemptPlan.Work
  }

  let plan: Plan
  private let orders: [CaseID: Int]
  private var live: [AttemptID: Live] = [:]
  private var verdicts: [CaseID: Verdict] = [:]
  private var hooks: [CaseID: Verdict] = [:]
  /// How often each case failed.
  private var failures: [CaseID: Int] = [:]
  /// Those of the last decisions, and the highest before.
  private var fences: Set<UInt64> = []
  private var lastFence: UInt64 = 0
  private var units: Set<UnitID> = []
  private var isClosed = false
  private(set) var isDone = false
  private let log = Log()

  private final class Log {
    var lines: [String] = []
  }

  init(plan: Plan) {
    self.plan = plan
    orders = Dictionary(uniqueKeysWithValues: plan.cases.enumerated().map { ($1.id, $0) })
  }

  /// What was broken.
  var violations: [String] { log.lines }

  var unfinished: [CaseID] { plan.cases.map(\.id).filter { verdicts[$0] == nil } }

  /// Nothing but tear-downs may be leased from now on.
  mutating func close() { isClosed = true }

  mutating func nodeGone(_ node: String) { live = live.filter { $0.value.node != node } }

  mutating func ended(_ attempt: AttemptID, _ verdict: Verdict) {
    guard let known = live.removeValue(forKey: attempt) else { return }
    switch known.work {
    case .setup, .teardown: hooks[known.id] = verdict
    case .test: if verdict == .fail { failures[known.id, default: 0] += 1 }
    }
  }

  mutating func check(_ decisions: [Decision], _ nodes: [String: SimulatedNode], excluded: Set<String>) {
    require(!isDone || decisions.isEmpty, "decisions after done")
    lastFence = fences.max() ?? lastFence
    fences = []
    for decision in decisions {
      switch decision {
      case .lease(let lease): check(lease, nodes, excluded)
      case .finished(let end):
        require(orders[end.id] != nil && verdicts[end.id] == nil, "\(end.id) finished twice")
        verdicts[end.id] = end.verdict
        checkFailures(end)
      case .done:
        isDone = true
        require(unfinished.isEmpty && decisions.last == .done, "done, but not finished: \(unfinished)")
      case .cancelAttempt, .exclude, .hookFailed: break
      }
    }
  }

  private mutating func check(_ lease: Lease, _ nodes: [String: SimulatedNode], _ excluded: Set<String>) {
    require(units.insert(lease.unit).inserted, "\(lease.unit) leased twice")
    require(nodes[lease.node]?.link == .up, "\(lease.unit) for \(lease.node), which is not attached")
    for attempt in lease.attempts {
      require(attempt.fence > lastFence && fences.insert(attempt.fence).inserted, "fence \(attempt.fence) is old")
      require(!live.values.contains { $0.id == attempt.id }, "two attempts of \(attempt.id)")
      var locks: [LockRequest] = []
      switch attempt.work {
      case .test:
        guard let order = orders[attempt.id] else { return require(false, "\(attempt.id) is not planned") }
        let definition = plan.cases[order].definition
        require(!isClosed && !excluded.contains(lease.node), "\(attempt.id) on \(lease.node), which gets no work")
        locks = LockTable.requests(of: definition)
        checkCase(attempt, order, lease, nodes)
      case .setup: require(!isClosed && !excluded.contains(lease.node), "\(attempt.id) gets no work")
      case .teardown: checkTeardown(attempt.id, lease)
      }
      live[attempt.attempt] = Live(id: attempt.id, node: lease.node, locks: locks, work: attempt.work)
    }
  }

  /// A failure stands until a retry passes, and a pass after it is called flaky.
  private func checkFailures(_ end: Activity.CaseFinished) {
    let count = failures[end.id] ?? 0
    guard count > 0 else { return require(end.verdict != .fail, "\(end.id) failed without a failure") }
    require(end.verdict == .pass || end.verdict == .fail, "\(end.id) is \(end.verdict) after a failure")
    let flaky = "flaky: passed on attempt \(count + 1) of \(1 + retries(of: end.id))"
    require(end.verdict == .fail || end.reason == flaky, "\(end.id) is not called flaky: \(end.reason ?? "")")
  }

  private func retries(of id: CaseID) -> Int { orders[id].flatMap { plan.cases[$0].definition.retries } ?? 0 }

  private func checkCase(
    _ attempt: AttemptPlan, _ order: Int, _ lease: Lease, _ nodes: [String: SimulatedNode]
  ) {
    let definition = plan.cases[order].definition
    require(verdicts[attempt.id] == nil, "\(attempt.id) leased after its end")
    require(failures[attempt.id, default: 0] <= retries(of: attempt.id), "\(attempt.id) is retried too often")
    require(definition.tier == lease.tier && definition.domain == lease.domain, "\(attempt.id) in a foreign unit")
    require((plan.cases[order].node ?? lease.node) == lease.node, "\(attempt.id) on a foreign node")
    let labels = nodes[lease.node]?.labels ?? [:]
    let hasLabels = definition.requires.allSatisfy { $1.isEmpty ? labels[$0] != nil : labels[$0] == $1 }
    require(hasLabels, "\(attempt.id) on a node without its labels")
    checkLocks(attempt.id, LockTable.requests(of: definition), lease.node, nodes[lease.node]?.slots ?? 0)
    checkGates(order, lease.node)
    checkSetups(attempt.id, definition, lease.node)
    guard plan.strictTiers else { return }
    let early = plan.cases[..<order].first { $0.definition.tier != definition.tier && verdicts[$0.id] == nil }
    require(early == nil, "\(attempt.id) before tier \(early?.definition.tier ?? "") is over")
  }

  private func checkLocks(_ id: CaseID, _ locks: [LockRequest], _ node: String, _ slots: Int) {
    let rival = live.values.first { LockTable.conflict($0.locks, locks) }
    require(rival == nil, "\(id) and \(rival?.id.rawValue ?? "") hold the same lock")
    guard locks.contains(where: { $0.mode == .exclusive }) else { return }
    require(live.values.count { $0.node == node } < slots, "\(id) is exclusive and queued")
  }

  private func checkGates(_ order: Int, _ node: String) {
    let definition = plan.cases[order].definition
    for gate in plan.cases[..<order] where gate.definition.isBlocking && gate.definition.name != definition.name {
      if let gateNode = gate.node {
        guard gateNode == node else { continue }
      }
      let isOpen = verdicts[gate.id] == .pass || verdicts[gate.id] == .skip
      require(isOpen, "\(plan.cases[order].id) on \(node) before gate \(gate.id)")
    }
  }

  private func checkSetups(_ id: CaseID, _ definition: CaseDefinition, _ node: String) {
    if plan.tiers.contains(where: { $0.name == definition.tier && $0.setup != nil }) {
      let verdict = hooks[CaseID(rawValue: "setup:tier:\(definition.tier)")]
      require(verdict == .pass || verdict == .skip, "\(id) before the set-up of its tier")
    }
    if plan.domains[definition.domain]?.setup != nil {
      let verdict = hooks[CaseID(rawValue: "setup:domain:\(definition.domain)@\(node)")]
      require(verdict == .pass || verdict == .skip, "\(id) before the set-up of its domain on \(node)")
    }
  }

  private func checkTeardown(_ id: CaseID, _ lease: Lease) {
    let users = plan.cases.filter {
      lease.domain.isEmpty ? $0.definition.tier == lease.tier : $0.definition.domain == lease.domain
    }
    require(users.allSatisfy { verdicts[$0.id] != nil }, "\(id) while its cases are not finished")
    require(hooks[id] == nil || hooks[id] == .error, "\(id) twice")
  }

  private func require(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { log.lines.append(message()) }
  }
}
