import Model

/// What was selected → what a run is going to do.
public enum Planner {
  /// Makes the plan of a run.
  ///
  /// - Parameters:
  ///   - selected: what the selection says about each case, in any order.
  ///   - catalog: gives the order of the cases, the tiers and the domains.
  ///   - nodes: where `on: each-node` cases run, one instance a node.
  ///   - history: seconds that a case took earlier, by its name or by `name@node`; without it the author's weight
  ///     counts.
  ///   - slice: this job's share; the cases of other shares are left out. Shares are contiguous in catalog order,
  ///     differ by one case at most, and depend on nothing but the selection.
  ///   - strictTiers: one tier after the other.
  public static func plan(
    selected: [SelectedCase], catalog: Catalog, nodes: [String] = [], history: [String: Double] = [:],
    slice: Slice? = nil, strictTiers: Bool = false
  ) -> Plan {
    let ordered = inCatalogOrder(selected, catalog)
    let asked = ordered.filter { !isLeftOut($0) }
    var leftOut = ordered.filter(isLeftOut)
    let share = range(of: slice, in: asked.count)
    if let slice {
      for (index, item) in asked.enumerated() where !share.contains(index) {
        let reason = "not in slice \(slice)"
        leftOut.append(SelectedCase(definition: item.definition, disposition: .leaveOut(reason: reason)))
      }
      leftOut = inCatalogOrder(leftOut, catalog)
    }
    var cases: [PlannedCase] = []
    cases.reserveCapacity(share.count)
    for item in asked[share] {
      for (id, node, disposition) in instances(of: item, nodes) {
        let name = item.definition.name
        let expected = history[id.rawValue] ?? history[name] ?? item.definition.weight
        cases.append(
          PlannedCase(
            id: id, definition: item.definition, disposition: disposition, order: cases.count, node: node,
            expected: expected))
      }
    }
    let tiers = catalog.tiers.map { tier in
      var bare = tier
      bare.cases = []
      return bare
    }
    return Plan(
      cases: cases, leftOut: leftOut, tiers: tiers, domains: catalog.domains, slice: slice, strictTiers: strictTiers)
  }

  private static func isLeftOut(_ item: SelectedCase) -> Bool {
    if case .leaveOut = item.disposition { return true }
    return false
  }

  /// Cases that the catalog does not have come last, in the order given.
  private static func inCatalogOrder(_ items: [SelectedCase], _ catalog: Catalog) -> [SelectedCase] {
    var places: [String: Int] = [:]
    for (place, definition) in catalog.cases.enumerated() { places[definition.name] = place }
    return items.enumerated()
      .map { (place: places[$0.element.definition.name] ?? .max, given: $0.offset, item: $0.element) }
      .sorted { ($0.place, $0.given) < ($1.place, $1.given) }
      .map(\.item)
  }

  private static func range(of slice: Slice?, in count: Int) -> Range<Int> {
    guard let slice else { return 0..<count }
    return count * (slice.index - 1) / slice.count..<count * slice.index / slice.count
  }

  private static func instances(of item: SelectedCase, _ nodes: [String]) -> [(CaseID, String?, Disposition)] {
    let id = CaseID(rawValue: item.definition.name)
    guard item.definition.onEachNode, case .run = item.disposition else { return [(id, nil, item.disposition)] }
    if nodes.isEmpty { return [(id, nil, .skip(reason: "no node"))] }
    return nodes.map { (CaseID(rawValue: "\(id)@\($0)"), $0, .run) }
  }
}
