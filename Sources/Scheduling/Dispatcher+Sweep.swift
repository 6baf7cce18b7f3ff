import Model

// Ready cases that no node can take any more.

extension Dispatcher {
  /// Finishes ready cases that have lost their last chance to run. Only changes of nodes and newly ready cases can
  /// cause that, so this is rare.
  mutating func sweep() {
    guard outcome.mustSweep else { return }
    outcome.mustSweep = false
    guard !isCancelled else { return }
    for number in active + nodes.flatMap(\.pinned) {
      guard let doom = doom(of: buckets[number].key) else { continue }
      while let first = head(of: number) {
        finishUnlessFailed(first.order, doom.verdict, doom.reason, opensGate: doom.opensGate)
      }
    }
  }

  private struct Doom {
    var verdict = Verdict.error
    var reason: String
    var opensGate = false
  }

  /// What becomes of such a case if no node can take it any more; nil while there is hope.
  private func doom(of key: BucketKey) -> Doom? {
    if let node = key.node { return doom(of: key, pinnedTo: node) }
    guard allNodesKnown, !nodes.indices.contains(where: { isHope($0, for: key) }) else { return nil }
    return Doom(reason: complaint(about: key))
  }

  private func doom(of key: BucketKey, pinnedTo number: Int) -> Doom? {
    let node = nodes[number]
    if node.isGone { return Doom(reason: node.complaint) }
    if let gate = node.exclusion?.gate { return Doom(verdict: .skip, reason: "gate \(gate)") }
    if node.exclusion != nil { return Doom(reason: node.complaint) }
    guard !node.matches.isEmpty else { return allNodesKnown ? Doom(reason: node.complaint) : nil }
    let required = index.requirements[key.requirement]
    guard node.matches[key.requirement] else {
      return Doom(verdict: .skip, reason: "node \(node.name) has no label \(text(of: required))", opensGate: true)
    }
    if case .failed = domains[key.domain].sites[number] { return Doom(reason: complaint(about: key)) }
    return nil
  }

  /// Whether the node can take such a case, now or later.
  private func isHope(_ node: Int, for key: BucketKey) -> Bool {
    guard nodes[node].isHopeful, !nodes[node].matches.isEmpty, nodes[node].matches[key.requirement] else {
      return false
    }
    if case .failed = domains[key.domain].sites[node] { return false }
    return true
  }

  private func complaint(about key: BucketKey) -> String {
    let failed = domains[key.domain].sites.filter { if case .failed = $0.value { true } else { false } }.keys.sorted()
    if !failed.isEmpty {
      let names = failed.map { nodes[$0].name }.joined(separator: ", ")
      return "set-up of domain \(domains[key.domain].name) failed on \(names)"
    }
    let required = index.requirements[key.requirement]
    guard required.isEmpty || !nodes.contains(where: { $0.has(required) }) else {
      return "no node with label \(text(of: required)) is left"
    }
    if !required.isEmpty, nodes.contains(where: \.isHopeful) { return "no node has label \(text(of: required))" }
    let complaints = nodes.map(\.complaint)
    return complaints.isEmpty ? "no node" : "no node is left: \(complaints.prefix(3).joined(separator: "; "))"
  }

  /// `k=v`, or `k` where any value will do.
  func text(of required: [String: String]) -> String {
    required.sorted { $0.key < $1.key }.map { $1.isEmpty ? $0 : "\($0)=\($1)" }.joined(separator: ", ")
  }
}
