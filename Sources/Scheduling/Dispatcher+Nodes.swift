import Model

// Nodes come, go, and are excluded.

extension Dispatcher {
  /// The node's number; a name never heard of gets one.
  mutating func number(of name: String) -> Int {
    if let number = nodeNumbers[name] { return number }
    nodeNumbers[name] = nodes.count
    nodes.append(NodeState(name))
    nodes[nodes.count - 1].openings = gates.openings(for: name)
    return nodes.count - 1
  }

  mutating func nodeReady(_ name: String, _ labels: [String: String], _ slots: Int) {
    let node = number(of: name)
    guard !nodes[node].isGone else { return }
    nodes[node].reach = .ready
    nodes[node].labels = labels
    nodes[node].slots = max(1, slots)
    nodes[node].matches = index.requirements.map { nodes[node].has($0) }
    nodesChanged()
  }

  mutating func nodeBack(_ name: String) {
    guard let node = nodeNumbers[name], case .away = nodes[node].reach else { return }
    nodes[node].reach = .ready
    nodesChanged()
  }

  mutating func nodeLost(_ name: String, _ reason: String, _ gone: Bool) {
    let node = number(of: name)
    guard !nodes[node].isGone else { return }
    guard gone else {
      if nodes[node].isReady { nodes[node].reach = .away(reason) }
      nodesChanged()
      return
    }
    nodes[node].reach = .gone(reason)
    nodesChanged()
    for attempt in attempts(on: node) { end(attempt, verdict: nil, nodes[node].complaint, 0) }
  }

  /// The node gets no more work; what waits in its queue is called back. `isNews`: the shell does not know it yet.
  mutating func exclude(_ node: Int, _ reason: String, gate: String? = nil, isNews: Bool = true) {
    guard nodes[node].exclusion == nil else { return }
    nodes[node].exclusion = NodeState.Exclusion(reason: reason, gate: gate)
    nodesChanged()
    if isNews, nodes[node].isReady || nodes[node].isAway {
      outcome.add(.exclude(node: nodes[node].name, reason: reason))
    }
    for attempt in attempts(on: node) where !attempt.isStarted && attempt.halt == nil {
      guard case .planned = attempt.subject else { continue }
      live[attempt.attempt]?.halt = .recalled
      outcome.add(.cancelAttempt(attempt.attempt, node: nodes[node].name))
    }
  }

  /// One more error in a row. The last node that gets work is kept: what it cannot run shows as errors of the cases.
  mutating func strike(_ node: Int, _ reason: String?) {
    nodes[node].strikes += 1
    let strikes = nodes[node].strikes
    guard strikes >= policy.nodeErrorLimit, nodes.indices.contains(where: { $0 != node && nodes[$0].isUsable })
    else { return }
    exclude(node, "\(strikes) errors in a row, the last: \(reason ?? "no reason given")")
  }

  /// The node's attempts in the order in which they were leased.
  func attempts(on node: Int) -> [LiveAttempt] {
    live.values.filter { $0.node == node }.sorted { $0.fence < $1.fence }
  }

  private mutating func nodesChanged() {
    locks.withdrawAll()
    outcome.mustSweep = true
    outcome.concernsAllNodes = true
  }
}
