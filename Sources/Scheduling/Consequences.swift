import Model

extension Dispatcher {
  /// What one fact has led to so far, while its consequences are drawn.
  struct Consequences: Sendable {
    private struct UnitKey: Hashable {
      var node: String
      var tier: String
      var domain: String
      /// What shall wait goes in units of its own, behind what is to start at once.
      var isQueued: Bool
    }

    private var decisions: [Decision] = []
    private var leases: [Lease] = []
    private var open: [UnitKey: Int] = [:]
    /// Gates that failed, with the index of the first case behind each.
    var failedGates: [(name: String, behind: Int)] = []
    /// Tiers and domains whose last case has ended.
    var endedTiers: [Int] = []
    var endedDomains: [Int] = []
    /// Whether some case may have lost its last chance to run.
    var mustSweep = false
    /// The node that has room for more.
    var freedNode: Int?
    /// Whether nodes that found nothing to do may now find something.
    var concernsAllNodes = false
    var isDone = false

    mutating func add(_ decision: Decision) { decisions.append(decision) }

    /// Adds an attempt to a unit that this fact has begun for the same node, tier and domain, or to a new one.
    mutating func add(
      _ attempt: AttemptPlan, node: String, tier: String, domain: String, isQueued: Bool, limit: Int,
      lastUnit: inout Int
    ) {
      let key = UnitKey(node: node, tier: tier, domain: domain, isQueued: isQueued)
      if let index = open[key], leases[index].attempts.count < limit {
        leases[index].attempts.append(attempt)
      } else {
        lastUnit += 1
        open[key] = leases.count
        let unit = UnitID(rawValue: "u\(lastUnit)")
        leases.append(Lease(unit: unit, node: node, tier: tier, domain: domain, attempts: [attempt]))
      }
    }

    /// All decisions in order, verdicts before leases; starts afresh.
    mutating func take() -> [Decision] {
      let all = decisions + leases.map(Decision.lease) + (isDone ? [.done] : [])
      self = Consequences()
      return all
    }
  }
}
