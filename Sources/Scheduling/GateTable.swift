import Model

/// Which gates stand where, and how far they let the run go. A plain gate holds back everything behind it in catalog
/// order (the rest of its tier, and all later tiers). A gate on each node holds back each node by itself.
struct GateTable: Sendable {
  /// What a gate's end means for others.
  enum Effect: Equatable {
    /// Cases before ``GateTable/limit`` are no longer held back by plain gates.
    case limitMoved
    /// The node may be let further; asking ``GateTable/openings(for:)`` says how far. `everybody`: other nodes, too.
    case nodeOpened(everybody: Bool)
    /// Nobody gets past this gate: everything from `behind` on is not run.
    case failed(gate: Int, behind: Int)
    /// One of several instances failed, and others are open or not decided yet.
    case instanceFailed
  }

  private struct Gate {
    let name: String
    var end: Int
    let isPerNode: Bool
    var instances: Set<String> = []
    var opened: Set<String> = []
    var pending = 0
    var isOpen = false
  }

  private var gates: [Gate] = []
  private var gateOfCase: [Int: Int] = [:]
  private var nodeOfCase: [Int: String] = [:]
  private var plainGates: [Int] = []
  private var nodeGates: [Int] = []
  private var nextPlainGate = 0
  private let caseCount: Int
  /// How many gates on each node stand before each case.
  private(set) var nodeGatesBefore: [Int] = []
  /// Cases before this index are not held back by a plain gate.
  private(set) var limit = 0

  /// Reads the gates of a plan.
  init(_ cases: [PlannedCase]) {
    caseCount = cases.count
    nodeGatesBefore.reserveCapacity(cases.count)
    for (order, planned) in cases.enumerated() {
      let before = nodeGates.count
      guard planned.definition.isBlocking else {
        nodeGatesBefore.append(before)
        continue
      }
      let name = "\(planned.definition.tier)/\(planned.definition.name)"
      if let last = gates.indices.last, planned.node != nil, gates[last].isPerNode, gates[last].name == name,
        gates[last].end == order
      {
        gates[last].end = order + 1
        nodeGatesBefore.append(before - 1)
      } else {
        gates.append(Gate(name: name, end: order + 1, isPerNode: planned.node != nil))
        if planned.node != nil { nodeGates.append(gates.count - 1) } else { plainGates.append(gates.count - 1) }
        nodeGatesBefore.append(before)
      }
      let gate = gates.count - 1
      gateOfCase[order] = gate
      gates[gate].pending += 1
      if let node = planned.node {
        nodeOfCase[order] = node
        gates[gate].instances.insert(node)
      }
    }
    moveLimit()
  }

  /// `TIER/CASE` of a gate.
  func name(of gate: Int) -> String { gates[gate].name }

  /// The plain gate that holds back the case at `order`; nil if none does.
  func plainGate(holding order: Int) -> String? {
    guard order >= limit, nextPlainGate < plainGates.count else { return nil }
    return gates[plainGates[nextPlainGate]].name
  }

  /// The name of the gate on each node that comes after `count` others.
  func nodeGate(after count: Int) -> String? {
    count < nodeGates.count ? gates[nodeGates[count]].name : nil
  }

  /// How many gates on each node, from the first on, are open for this node. One that has no instance there is open
  /// as soon as it is open anywhere.
  func openings(for node: String) -> Int {
    var count = 0
    for gate in nodeGates.map({ gates[$0] }) {
      guard gate.opened.contains(node) || (!gate.instances.contains(node) && gate.isOpen) else { break }
      count += 1
    }
    return count
  }

  /// Notes how a case ended; nil if it is no gate. `opens`: it passed, or was skipped by a rule that is no gate.
  mutating func finish(_ order: Int, opens: Bool) -> Effect? {
    guard let gate = gateOfCase.removeValue(forKey: order) else { return nil }
    gates[gate].pending -= 1
    guard gates[gate].isPerNode else {
      guard opens else { return .failed(gate: gate, behind: gates[gate].end) }
      gates[gate].isOpen = true
      moveLimit()
      return .limitMoved
    }
    if opens, let node = nodeOfCase[order] {
      let isFirst = !gates[gate].isOpen
      gates[gate].opened.insert(node)
      gates[gate].isOpen = true
      return .nodeOpened(everybody: isFirst)
    }
    let isFailed = gates[gate].pending == 0 && !gates[gate].isOpen
    return isFailed ? .failed(gate: gate, behind: gates[gate].end) : .instanceFailed
  }

  private mutating func moveLimit() {
    while nextPlainGate < plainGates.count, gates[plainGates[nextPlainGate]].isOpen { nextPlainGate += 1 }
    limit = nextPlainGate < plainGates.count ? gates[plainGates[nextPlainGate]].end : caseCount
  }
}
