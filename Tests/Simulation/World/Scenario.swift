import Coordination
import Journal
import Model
import Scheduling

/// What a world is made of: nodes, cases, patience.
struct Scenario {
  /// Slots by node, in order.
  var slots: [Int] = [1, 1]
  var catalog = Catalog()
  var lease = 20.0
  var margin = 3.0
  var policy = Policy()
  /// Percent of attempts that hang, ignore TERM or leave something behind.
  var rough = 0
  /// Seconds that an attempt takes at most, if it does not hang.
  var longest = 3.0
  var strictTiers = false
  /// One server a value: whether it takes idempotency keys.
  var servers: [Bool] = []
  /// Everything is well again after so many seconds.
  var healed = 45.0

  /// Names of the nodes.
  var nodes: [String] { slots.indices.map { "n\($0 + 1)" } }

  /// A small world of any kind.
  static func random(_ chance: Chance) -> Scenario {
    var own = Scenario()
    own.slots = (0..<(1 + chance.below(3))).map { _ in 1 + chance.below(2) }
    own.lease = chance.pick([3, 3, 10, 30], or: 10)
    own.margin = chance.pick([1.5, 3], or: 3)
    own.policy.batchSeconds = chance.pick([0, 0.5, 5], or: 0.5)
    own.policy.errorRetries = chance.below(3)
    own.rough = chance.pick([0, 10, 40], or: 0)
    own.longest = chance.pick([0.3, 3, 8, 15], or: 3)
    own.strictTiers = chance.percent(10)
    own.servers = (0..<chance.pick([0, 1, 1, 2], or: 1)).map { _ in chance.percent(50) }
    for domain in ["d0", "d1"] where chance.percent(15) {
      own.catalog.domains[domain] = Domain(
        setup: chance.percent(70) ? hook : nil, teardown: chance.percent(70) ? hook : nil)
    }
    for number in 0..<(1 + chance.below(2)) {
      var tier = Tier(name: "t\(number)")
      if chance.percent(10) { tier.setup = hook }
      if chance.percent(10) { tier.teardown = hook }
      for index in 0..<(1 + chance.below(4)) { tier.cases.append(testCase("t\(number)c\(index)", tier.name, chance)) }
      own.catalog.tiers.append(tier)
    }
    return own
  }

  private static let hook = Hook(run: RunSpec(driver: "exec"), timeout: 8)

  private static func testCase(_ name: String, _ tier: String, _ chance: Chance) -> CaseDefinition {
    var own = CaseDefinition(
      name: name, tier: tier, domain: chance.pick(["d0", "d1", tier]), run: RunSpec(driver: "exec"))
    own.isBlocking = chance.percent(15)
    own.onEachNode = chance.percent(15)
    own.timeout = chance.between(3, 20)
    own.artifacts = chance.percent(50) ? ["out/*"] : []
    if chance.percent(60) { own.weight = chance.pick([0.01, 0.2, 5]) }
    if chance.percent(20) { own.locks.append(LockRequest("sut", .exclusive)) }
    if chance.percent(25) { own.locks.append(LockRequest("disk", chance.percent(50) ? .exclusive : .shared)) }
    if chance.percent(25) { own.retries = 1 + chance.below(2) }
    return own
  }

  /// What is going to be done.
  var plan: Plan {
    let selected = catalog.cases.map { SelectedCase(definition: $0, disposition: .run) }
    return Planner.plan(selected: selected, catalog: catalog, nodes: nodes, strictTiers: strictTiers)
  }

  func settings(_ run: RunID) -> RunSettings {
    RunSettings(
      header: .init(run: run, version: sortieVersion, host: "here", arguments: []),
      nodes: zip(nodes, slots).map { Node(name: $0, address: .local, slots: $1) }, lease: lease, leaseMargin: margin,
      timeout: 10, grace: 1, outputLimit: 1 << 20, policy: policy)
  }

  /// Seconds that it all takes in a row, about.
  var work: Double { Double(plan.cases.count) * longest / 2 }

  /// Seconds by which everything must be over, generously: every attempt that the rules allow, one after the other, and
  /// the slowest way to each of them.
  var bound: Double {
    let attempts = Double(policy.errorRetries + 4)
    let work = Double(plan.cases.count + 6) * attempts * 25
    return healed + 2 * (lease + margin) + work + 120
  }
}
