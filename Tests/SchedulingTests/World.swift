import Model
import TestSupport

@testable import Scheduling

/// A run in which chance decides what happens next, and every decision is checked.
struct World {
  /// What is wrong on purpose, so that the invariants can show that they notice.
  enum Sabotage: CaseIterable {
    case forgetsLocks, forgetsGates, forgetsSetups, losesEnds, retriesTooOften
  }

  private var random: Seeded
  private var dispatcher: Dispatcher
  private var invariants: Invariants
  private var nodes: [String: SimulatedNode] = [:]
  private let names: [String]
  private var excluded: Set<String> = []
  private var saidNoMoreNodes = false
  private let sabotage: Sabotage?
  private let faults: Bool
  private var clock = 0.0
  /// All decisions so far, in words that do not depend on the order in which a set is walked.
  private(set) var trace: [String] = []

  init(seed: UInt64, sabotage: Sabotage? = nil) {
    random = Seeded(seed)
    self.sabotage = sabotage
    faults = random.chance(80)
    names = (1...(1 + random.below(3))).map { "n\($0)" }
    for name in names {
      let labels: [String: String] = random.chance(60) ? ["arch": "x86"] : ["gpu": "a"]
      nodes[name] = SimulatedNode(name: name, labels: labels, slots: 1 + random.below(3))
    }
    let plan = RandomPlan.make(&random, nodes: names)
    let policy = Policy(
      batchSeconds: random.pick([0, 0.2, 20]) ?? 0, batchLimit: 1 + random.below(4), errorRetries: random.below(3),
      nodeErrorLimit: 2 + random.below(2))
    dispatcher = Dispatcher(
      plan: World.sabotaged(plan, sabotage), run: RunID(rawValue: "r"), policy: policy)
    invariants = Invariants(plan: plan)
  }

  private static func sabotaged(_ plan: Plan, _ sabotage: Sabotage?) -> Plan {
    var plan = plan
    for index in plan.cases.indices {
      if sabotage == .forgetsLocks { plan.cases[index].definition.locks = [] }
      if sabotage == .forgetsGates { plan.cases[index].definition.isBlocking = false }
      if sabotage == .retriesTooOften { plan.cases[index].definition.retries = 3 }
    }
    if sabotage == .forgetsSetups {
      for index in plan.tiers.indices { plan.tiers[index].setup = nil }
      plan.domains = [:]
    }
    return plan
  }

  /// Plays the run to its end; what was broken, empty if nothing was.
  mutating func play() -> [String] {
    tell(.began)
    for _ in 0..<60 where !invariants.isDone && invariants.violations.isEmpty { happen() }
    heal()
    for _ in 0..<2000 where !invariants.isDone && invariants.violations.isEmpty {
      guard work(of: names.filter { nodes[$0]?.isIdle == false }) else { break }
    }
    if invariants.violations.isEmpty, !invariants.isDone {
      let stuck = invariants.unfinished.map { "\($0) (\(dispatcher.explain($0)))" }
      return ["stuck: \(stuck.joined(separator: ", "))"]
    }
    return invariants.violations
  }

  private mutating func happen() {
    guard let name = random.pick(names), let node = nodes[name] else { return }
    let die = random.below(faults ? 100 : 60)
    switch (die, node.link) {
    case (_, .never) where die < 60: attach(name)
    case (0..<60, _): _ = work(of: [name])
    case (60..<80, .up): lose(name, gone: die >= 77)
    case (60..<90, .down): back(name)
    case (90..<92, _): exclude(name)
    case (92..<95, _): repeatItself(name)
    case (95, _): cancel(now: random.chance(20))
    default: break
    }
  }

  private mutating func heal() {
    for name in names {
      switch nodes[name]?.link {
      case .never: if random.chance(70) { attach(name) } else { lose(name, gone: true) }
      case .down: back(name)
      case .up, .gone, nil: break
      }
    }
    saidNoMoreNodes = true
    tell(.noMoreNodes)
  }

  /// One step of one of the nodes; false if none has anything to do.
  private mutating func work(of candidates: [String]) -> Bool {
    guard let name = random.pick(candidates), var node = nodes[name] else { return false }
    switch random.below(3) {
    case 0: node.startNext()
    case 1:
      let verdicts: [Verdict] = [.pass, .pass, .pass, .pass, .fail, .skip, .error]
      node.finishOne(random.pick(verdicts) ?? .pass, &random)
    default: break
    }
    nodes[name] = node
    if node.link == .up { deliver(name) }
    return true
  }

  private mutating func deliver(_ name: String) {
    guard let facts = nodes[name]?.unsent else { return }
    nodes[name]?.unsent = []
    nodes[name]?.said.append(contentsOf: facts)
    for fact in facts {
      if sabotage == .losesEnds, case .attemptFinished = fact, random.chance(50) { continue }
      tell(fact)
    }
  }

  private mutating func attach(_ name: String) {
    guard let node = nodes[name] else { return }
    nodes[name]?.link = .up
    tell(.nodeReady(name, labels: node.labels, slots: node.slots))
  }

  private mutating func back(_ name: String) {
    nodes[name]?.link = .up
    tell(.nodeBack(name))
    deliver(name)
  }

  private mutating func lose(_ name: String, gone: Bool) {
    nodes[name]?.link = gone ? .gone : .down
    guard gone else { return tell(.nodeLost(name, reason: "cut", gone: false)) }
    nodes[name]?.queue = []
    nodes[name]?.running = []
    nodes[name]?.unsent = []
    invariants.nodeGone(name)
    tell(.nodeLost(name, reason: "power", gone: true))
  }

  private mutating func exclude(_ name: String) {
    excluded.insert(name)
    tell(.nodeExcluded(name, reason: "by hand"))
  }

  private mutating func repeatItself(_ name: String) {
    guard let fact = random.pick(nodes[name]?.said ?? []) else { return }
    if case .attemptStarted = fact { return }
    tell(fact)
  }

  private mutating func cancel(now: Bool) {
    invariants.close()
    tell(.cancel(now: now))
  }

  private mutating func tell(_ fact: Fact) {
    clock += 0.001
    if case .attemptFinished(let attempt, let verdict, _, _) = fact { invariants.ended(attempt, verdict) }
    let decisions = dispatcher.apply(fact, at: clock)
    for case .exclude(let node, _) in decisions { excluded.insert(node) }
    invariants.check(decisions, nodes, excluded: excluded)
    trace += decisions.map(World.words)
    var told: Set<String> = []
    for decision in decisions {
      switch decision {
      case .lease(let lease): nodes[lease.node]?.take(lease.attempts)
      case .cancelAttempt(let attempt, let node):
        nodes[node]?.cancel(attempt, &random)
        told.insert(node)
      case .finished, .exclude, .hookFailed, .done: break
      }
    }
    for name in names where told.contains(name) && nodes[name]?.link == .up { deliver(name) }
  }

  private static func words(_ decision: Decision) -> String {
    switch decision {
    case .lease(let lease):
      let attempts = lease.attempts.map { "\($0.attempt) \($0.fence) \($0.priority)" }.joined(separator: ", ")
      return "lease \(lease.unit) \(lease.node) \(lease.tier) \(lease.domain): \(attempts)"
    case .finished(let end): return "finished \(end)"
    case .cancelAttempt(let attempt, let node): return "cancel \(attempt) \(node)"
    case .exclude(let node, let reason): return "exclude \(node) \(reason)"
    case .hookFailed(let id, let reason): return "failed \(id) \(reason)"
    case .done: return "done"
    }
  }
}
