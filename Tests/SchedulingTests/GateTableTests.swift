import Model
import Testing

@testable import Scheduling

@Suite struct GateTableTests {
  /// Letters are cases, `!` marks a gate, `*` a gate on n1 and n2.
  private func table(_ text: String) -> GateTable {
    var cases: [PlannedCase] = []
    for word in text.split(separator: " ") {
      let name = String(word.prefix(1))
      let definition = testCase(name, gate: word.count > 1)
      let nodes: [String?] = word.hasSuffix("*") ? ["n1", "n2"] : [nil]
      for node in nodes {
        cases.append(
          PlannedCase(id: CaseID(rawValue: name), definition: definition, order: cases.count, node: node))
      }
    }
    return GateTable(cases)
  }

  @Test func aPlainGateHoldsBackWhatStandsBehindIt() {
    var gates = table("a b! c d! e")
    #expect(gates.limit == 2)
    #expect(gates.plainGate(holding: 2) == "t/b")
    #expect(gates.plainGate(holding: 1) == nil)
    let first = gates.finish(0, opens: false)
    #expect(first == nil)
    let second = gates.finish(1, opens: true)
    #expect(second == .limitMoved)
    #expect(gates.limit == 4)
    let third = gates.finish(3, opens: true)
    #expect(third == .limitMoved)
    #expect(gates.limit == 5)
  }

  @Test func aFailedGateNamesWhatIsNotRun() {
    var gates = table("a b! c")
    let first = gates.finish(1, opens: false)
    #expect(first == .failed(gate: 0, behind: 2))
    #expect(gates.name(of: 0) == "t/b")
    let second = gates.finish(1, opens: false)
    #expect(second == nil)
  }

  @Test func aGateOnEachNodeOpensItsNode() {
    var gates = table("a* b c")
    #expect(gates.limit == 4)
    #expect(gates.nodeGatesBefore == [0, 0, 1, 1])
    let first = gates.finish(0, opens: true)
    #expect(first == .nodeOpened(everybody: true))
    #expect(gates.openings(for: "n1") == 1)
    #expect(gates.openings(for: "n2") == 0)
    #expect(gates.openings(for: "stranger") == 1)
    let second = gates.finish(1, opens: false)
    #expect(second == .instanceFailed)
  }

  @Test func aGateThatFailsOnEveryNodeFails() {
    var gates = table("a* b")
    let first = gates.finish(0, opens: false)
    #expect(first == .instanceFailed)
    let second = gates.finish(1, opens: false)
    #expect(second == .failed(gate: 0, behind: 2))
    #expect(gates.openings(for: "stranger") == 0)
  }

  @Test func gatesOnEachNodeAreCountedFromTheFirst() {
    var gates = table("a* b* c")
    #expect(gates.nodeGatesBefore == [0, 0, 1, 1, 2])
    let first = gates.finish(2, opens: true)
    #expect(first == .nodeOpened(everybody: true))
    #expect(gates.openings(for: "n1") == 0)
    let second = gates.finish(0, opens: true)
    #expect(second == .nodeOpened(everybody: true))
    #expect(gates.openings(for: "n1") == 2)
    #expect(gates.nodeGate(after: 1) == "t/b")
  }
}
