import Model

extension Dispatcher {
  /// Says in one line why a case waits, where it runs, how it ended, or why it was left out.
  public func explain(_ id: CaseID) -> String {
    guard let order = index.orders[id] else {
      guard let left = plan.leftOut.first(where: { $0.definition.name == id.rawValue }) else {
        return "there is no case \(id) in this run"
      }
      return "left out: \(left.disposition.reason ?? "not selected")"
    }
    switch cases[order].phase {
    case .finished(let verdict, let reason): return "finished: \(verdict.rawValue)" + (reason.map { ", \($0)" } ?? "")
    case .leased(let attempt): return explain(attempt)
    case .held: return explain(held: order)
    case .ready(let number): return explain(ready: number)
    }
  }

  private func explain(_ id: AttemptID) -> String {
    guard let attempt = live[id] else { return "leased" }
    let node = nodes[attempt.node].name
    let seconds = Int(max(0, min(now - attempt.since, 1e9)))
    let halt = attempt.halt == nil ? "" : ", and was told to end"
    if !attempt.isStarted { return "waits on \(node) since \(seconds) s\(halt)" }
    return "runs on \(node), leased \(seconds) s ago\(halt)"
  }

  private func explain(held order: Int) -> String {
    if let gate = gates.plainGate(holding: order) { return "waits for gate \(gate)" }
    let segment = segmentRemaining.firstIndex { $0 > 0 } ?? 0
    let first = segment == 0 ? 0 : index.segmentEnds[segment - 1]
    guard cases.indices.contains(first) else { return "waits for the run to begin" }
    return hasBegun ? "waits for tier \(tiers[cases[first].key.tier].tier.name)" : "waits for the run to begin"
  }

  private func explain(ready number: Int) -> String {
    let key = buckets[number].key
    if let node = key.node, !nodes[node].isUsable { return "waits: \(nodes[node].complaint)" }
    let fit = nodes.indices.filter { nodes[$0].isUsable && (key.node ?? $0) == $0 }
    guard !fit.isEmpty else { return "waits for a node" }
    let labelled = fit.filter { nodes[$0].matches[key.requirement] }
    guard !labelled.isEmpty else {
      return "waits for a node with label \(text(of: index.requirements[key.requirement]))"
    }
    let open = labelled.filter { nodes[$0].openings >= key.nodeGates }
    guard !open.isEmpty else {
      let passed = labelled.map { nodes[$0].openings }.max() ?? 0
      return "waits for gate \(gates.nodeGate(after: passed) ?? "on each node")"
    }
    if case .running = tiers[key.tier].setup { return "waits for the set-up of tier \(tiers[key.tier].tier.name)" }
    let able = open.filter { isFit($0, for: key) }
    let isSettingUp = domains[key.domain].sites.values.contains(.running)
    guard able.contains(where: { !isSettingUp || missingSetup(key, $0) == nil }) else {
      return "waits for the set-up of domain \(domains[key.domain].name)"
    }
    return explain(locksOf: number) ?? "waits for a free slot"
  }

  private func explain(locksOf number: Int) -> String? {
    let requests = index.locks[buckets[number].key.locks]
    for request in requests where !locks.isFree([request]) {
      let holders = live.values.sorted { $0.fence < $1.fence }.compactMap { attempt -> CaseID? in
        guard case .planned(let order) = attempt.subject else { return nil }
        let held = index.locks[cases[order].key.locks]
        return LockTable.conflict(held, [request]) ? plan.cases[order].id : nil
      }
      let names = holders.prefix(3).map(\.rawValue).joined(separator: ", ")
      return "waits for lock \(request.name), held by \(names)" + (holders.count > 3 ? " and others" : "")
    }
    for (owner, reserved) in locks.reservations where owner != number && LockTable.conflict(reserved, requests) {
      return "waits: its locks are reserved for a more urgent case"
    }
    return nil
  }
}
