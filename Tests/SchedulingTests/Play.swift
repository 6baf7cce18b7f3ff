import Model
import Scheduling

/// A dispatcher under test, told facts in few words; remembers what it decided.
struct Play {
  var dispatcher: Dispatcher
  private(set) var leases: [Lease] = []
  private(set) var verdicts: [String: Activity.CaseFinished] = [:]
  /// What the last fact led to, in few words: `lease a@n1`, `pass a`, `skip b: gate t/a`, `done` …
  private(set) var last: [String] = []
  private(set) var all: [String] = []
  private var attempts: [String: AttemptID] = [:]

  init(_ plan: Plan, _ policy: Policy = Policy()) {
    dispatcher = Dispatcher(plan: plan, run: RunID(rawValue: "r"), policy: policy)
  }

  /// A plan of cases, planned for nodes n1 to n3 or others.
  init(
    _ cases: [CaseDefinition], tiers: [Tier] = [], domains: [String: Domain] = [:], nodes: [String] = ["n1", "n2"],
    strict: Bool = false, _ policy: Policy = Policy()
  ) {
    var catalog = Catalog(tiers: tiers, domains: domains)
    for definition in cases {
      if let index = catalog.tiers.firstIndex(where: { $0.name == definition.tier }) {
        catalog.tiers[index].cases.append(definition)
      } else {
        catalog.tiers.append(Tier(name: definition.tier, cases: [definition]))
      }
    }
    let selected = catalog.cases.map { SelectedCase(definition: $0, disposition: .run) }
    self.init(Planner.plan(selected: selected, catalog: catalog, nodes: nodes, strictTiers: strict), policy)
  }

  mutating func tell(_ fact: Fact) {
    last = []
    for decision in dispatcher.apply(fact, at: 0) { note(decision) }
    all.append(contentsOf: last)
  }

  private mutating func note(_ decision: Decision) {
    switch decision {
    case .lease(let lease):
      leases.append(lease)
      for attempt in lease.attempts {
        attempts[attempt.id.rawValue] = attempt.attempt
        last.append("lease \(attempt.id) on \(lease.node)")
      }
    case .finished(let end):
      verdicts[end.id.rawValue] = end
      last.append("\(end.verdict.rawValue) \(end.id)" + (end.reason.map { ": \($0)" } ?? ""))
    case .cancelAttempt(let attempt, let node): last.append("cancel \(attempt) on \(node)")
    case .exclude(let node, let reason): last.append("exclude \(node): \(reason)")
    case .hookFailed(let id, let reason): last.append("\(id): \(reason)")
    case .done: last.append("done")
    }
  }

  /// The last attempt of a case or hook.
  func attempt(_ id: String) -> AttemptID { attempts[id] ?? AttemptID(rawValue: "none") }

  mutating func ready(_ nodes: String..., labels: [String: String] = [:], slots: Int = 1) {
    for node in nodes { tell(.nodeReady(node, labels: labels, slots: slots)) }
  }

  mutating func start(_ id: String) { tell(.attemptStarted(attempt(id))) }

  mutating func finish(_ id: String, _ verdict: Verdict = .pass, _ reason: String? = nil, took seconds: Double = 1) {
    tell(.attemptStarted(attempt(id)))
    let before = last
    tell(.attemptFinished(attempt(id), verdict: verdict, reason: reason, duration: seconds))
    last = before + last
  }

  mutating func gone(_ node: String) { tell(.nodeLost(node, reason: "power", gone: true)) }

  func explain(_ id: String) -> String { dispatcher.explain(CaseID(rawValue: id)) }
}

/// A case in few words.
func testCase(
  _ name: String, tier: String = "t", domain: String? = nil, gate: Bool = false, each: Bool = false,
  locks: [LockRequest] = [], requires: [String: String] = [:], weight: Double? = 5, retries: Int? = nil
) -> CaseDefinition {
  CaseDefinition(
    name: name, tier: tier, domain: domain, isBlocking: gate, locks: locks, requires: requires, weight: weight,
    onEachNode: each, retries: retries)
}

let aHook = Hook(run: RunSpec(driver: "exec"))
