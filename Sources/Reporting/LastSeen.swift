import Model

/// A planned case without a verdict, and where it was last seen.
public struct LastSeen: Hashable, Sendable, Codable {
  /// The case.
  public var id: String
  /// Where it was last seen, in words: `leased to n2 as u17, attempt 1, never started`.
  public var place: String

  private enum CodingKeys: String, CodingKey {
    case id
    case place = "where"
  }
}

extension RunState {
  /// The cases of ``missing``, in the same order, with where each was last seen.
  public var lastSeen: [LastSeen] {
    var gates = OpenGates()
    var found: [LastSeen] = []
    for item in cases {
      if item.finalVerdict == nil {
        found.append(LastSeen(id: item.id.rawValue, place: place(of: item, behind: gates)))
      }
      if item.isGate { gates.add(item) }
    }
    let planned = Set(found.map(\.id))
    let others = missing.map(\.rawValue).filter { !planned.contains($0) }
    return found + others.map { LastSeen(id: $0, place: "not in the plan") }
  }

  private func place(of item: CaseState, behind gates: OpenGates) -> String {
    let latest = item.lease.map { attempt($0.attempt) } ?? attempts(of: item).last
    if let latest { return place(of: latest) }
    if let lease = item.lease {
      let ordinal = lease.attempt.ordinal.map { ", attempt \($0)" } ?? ""
      return "leased to \(lease.node) as \(lease.unit)\(ordinal), never started" + trouble(on: lease.node)
    }
    return gates.closed(to: item).map { "waiting behind gate \($0)" } ?? "never leased"
  }

  private func place(of attempt: AttemptState) -> String {
    let node = attempt.node ?? "no node"
    guard let outcome = attempt.outcome else {
      let since = (attempt.began ?? attempt.seen).rfc3339
      return "running on \(node) since \(since), \(amount(ofOutput: attempt.output))" + trouble(on: node)
    }
    let ordinal = attempt.id.ordinal.map { "attempt \($0)" } ?? "an attempt"
    let reason = outcome.reason.map { ", \($0)" } ?? ""
    return "\(ordinal) ended on \(node): \(outcome.verdict.rawValue)\(reason); not leased again"
  }

  private func trouble(on name: String) -> String {
    guard let node = nodes.first(where: { $0.name == name }), node.standing == .lost else { return "" }
    return "; the node is lost" + (node.reason.map { ": \($0)" } ?? "")
  }
}

/// The gates that stand before a case and let it not pass.
private struct OpenGates {
  /// A gate on each node.
  private struct NodeGate {
    let name: String
    let title: String
    var instances: Set<String> = []
    var opened: Set<String> = []
  }

  private var plain: String?
  private var nodeGates: [NodeGate] = []

  /// Notes a gate as it stands.
  mutating func add(_ gate: CaseState) {
    let isOpen = gate.finalVerdict == .pass || gate.finalVerdict == .skip
    let title = gate.tier + "/" + gate.name
    guard let node = gate.plannedNode else {
      if !isOpen, plain == nil { plain = title }
      return
    }
    if nodeGates.last?.name != gate.name { nodeGates.append(NodeGate(name: gate.name, title: title)) }
    nodeGates[nodeGates.count - 1].instances.insert(node)
    if isOpen { nodeGates[nodeGates.count - 1].opened.insert(node) }
  }

  /// The first gate that holds back a case after all that were noted; nil if none does.
  func closed(to item: CaseState) -> String? {
    if let plain { return plain }
    return nodeGates.first { gate in
      guard gate.name != item.name else { return false }
      if let node = item.plannedNode, gate.instances.contains(node) { return !gate.opened.contains(node) }
      return gate.opened.isEmpty
    }?.title
  }
}

/// `2.1 kB of output`.
private func amount(ofOutput bytes: Int64) -> String {
  if bytes <= 0 { return "no output" }
  if bytes < 1000 { return "\(bytes) byte\(bytes == 1 ? "" : "s") of output" }
  var (tenths, unit) = (bytes / 100, 0)
  while tenths >= 10_000, unit < 2 { (tenths, unit) = (tenths / 1000, unit + 1) }
  return "\(tenths / 10).\(tenths % 10) \(["kB", "MB", "GB"][unit]) of output"
}
