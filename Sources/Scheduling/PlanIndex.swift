import Model

/// A plan by numbers: what the dispatcher compares often, it compares as numbers.
struct PlanIndex: Sendable {
  /// Tiers in order; a tier that only cases name comes after the plan's own.
  private(set) var tiers: [Tier] = []
  private(set) var domains: [String] = []
  /// Nodes that cases are pinned to.
  private(set) var nodes: [String] = []
  private(set) var requirements: [[String: String]] = []
  private(set) var locks: [[LockRequest]] = []
  /// For each case what it needs; gates are not counted in.
  private(set) var keys: [BucketKey] = []
  /// Seconds that each case is expected to take; nil: nobody knows.
  private(set) var expected: [Double?] = []
  /// Where each run of cases of one tier ends.
  private(set) var segmentEnds: [Int] = []
  /// Where each case stands.
  private(set) var orders: [CaseID: Int] = [:]

  init(_ plan: Plan) {
    var tierNumbers: [String: Int] = [:]
    var domainNumbers: [String: Int] = [:]
    var nodeNumbers: [String: Int] = [:]
    var requirementNumbers: [[String: String]: Int] = [:]
    var lockNumbers: [[LockRequest]: Int] = [:]
    for tier in plan.tiers { _ = PlanIndex.number(tier.name, tier, &tierNumbers, &tiers) }
    for (order, planned) in plan.cases.enumerated() {
      let definition = planned.definition
      let requests = LockTable.requests(of: definition)
      let key = BucketKey(
        tier: PlanIndex.number(definition.tier, Tier(name: definition.tier), &tierNumbers, &tiers),
        domain: PlanIndex.number(definition.domain, definition.domain, &domainNumbers, &domains),
        requirement: PlanIndex.number(definition.requires, definition.requires, &requirementNumbers, &requirements),
        locks: PlanIndex.number(requests, requests, &lockNumbers, &locks),
        nodeGates: 0,
        node: planned.node.map { PlanIndex.number($0, $0, &nodeNumbers, &nodes) })
      if let last = keys.last, last.tier != key.tier { segmentEnds.append(order) }
      keys.append(key)
      expected.append(planned.expected.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil })
      orders[planned.id] = order
    }
    segmentEnds.append(plan.cases.count)
  }

  /// The number of a value, a new one if it has none yet.
  private static func number<Key: Hashable, Value>(
    _ key: Key, _ value: @autoclosure () -> Value, _ numbers: inout [Key: Int], _ values: inout [Value]
  ) -> Int {
    if let number = numbers[key] { return number }
    numbers[key] = values.count
    values.append(value())
    return values.count - 1
  }
}
