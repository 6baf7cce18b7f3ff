import Model
import Scheduling
import TestSupport

/// Small random plans with everything in them that the dispatcher has rules for.
enum RandomPlan {
  static func make(_ random: inout Seeded, nodes: [String]) -> Plan {
    var catalog = Catalog()
    for domain in ["d0", "d1"] where random.chance(40) {
      catalog.domains[domain] = Domain(
        setup: random.chance(70) ? hook : nil, teardown: random.chance(70) ? hook : nil)
    }
    for number in 0..<(1 + random.below(3)) {
      var tier = Tier(name: "t\(number)")
      if random.chance(25) { tier.setup = hook }
      if random.chance(25) { tier.teardown = hook }
      for index in 0..<random.below(7) { tier.cases.append(testCase("t\(number)c\(index)", tier.name, &random)) }
      catalog.tiers.append(tier)
    }
    let selected = catalog.cases.map { definition in
      let dispositions: [Disposition] = [.run, .run, .run, .run, .skip(reason: "rule"), .leaveOut(reason: "not asked")]
      return SelectedCase(definition: definition, disposition: random.pick(dispositions) ?? .run)
    }
    return Planner.plan(selected: selected, catalog: catalog, nodes: nodes, strictTiers: random.chance(20))
  }

  static let hook = Hook(run: RunSpec(driver: "exec"))

  private static func testCase(_ name: String, _ tier: String, _ random: inout Seeded) -> CaseDefinition {
    var definition = CaseDefinition(name: name, tier: tier, domain: random.pick(["d0", "d1", tier]))
    definition.isBlocking = random.chance(20)
    definition.onEachNode = random.chance(20)
    if random.chance(75) { definition.weight = random.pick([0.001, 0.1, 5]) }
    if random.chance(20) { definition.locks.append(LockRequest("sut", .exclusive)) }
    if random.chance(20) { definition.locks.append(LockRequest("disk", random.chance(50) ? .exclusive : .shared)) }
    if random.chance(15) { definition.requires = random.chance(50) ? ["arch": "x86"] : ["gpu": ""] }
    if random.chance(30) { definition.retries = random.below(3) }
    return definition
  }
}
