import Model
import Scheduling
import Testing

@Suite struct PredictionTests {
  private func plan(_ cases: [CaseDefinition], strict: Bool = false) -> Plan {
    var catalog = Catalog()
    for tier in ["t", "u"] { catalog.tiers.append(Tier(name: tier, cases: cases.filter { $0.tier == tier })) }
    let selected = catalog.cases.map { SelectedCase(definition: $0, disposition: .run) }
    return Planner.plan(selected: selected, catalog: catalog, nodes: ["n1"], strictTiers: strict)
  }

  private let cases = [
    testCase("a", gate: true, weight: 1), testCase("b", weight: 4), testCase("c", domain: "d", weight: 2),
    testCase("e", tier: "u", weight: nil),
  ]

  @Test func unitsAreCasesOfOneTierAndDomain() {
    let prediction = plan(cases).predicted(on: [PredictedNode(name: "n1", slots: 2)])
    #expect(prediction.units.map { "\($0.tier) \($0.domain)" } == ["t t", "t d", "u u"])
    #expect(prediction.units.map(\.work) == [5, 2, 10])
    #expect(prediction.units.map(\.unknown) == [0, 0, 1])
    #expect(prediction.units.map(\.start) == [0, 5, 1])
    #expect(prediction.units.map(\.end) == [5, 7, 11])
    #expect(prediction.duration == 11)
  }

  @Test func oneNodeTakesAsLongAsAllWorkTogether() {
    #expect(plan(cases).predicted(on: [PredictedNode(name: "n1")]).duration == 17)
    let two = [PredictedNode(name: "n1"), PredictedNode(name: "n2")]
    #expect(plan(cases, strict: true).predicted(on: two).duration == 15)
  }

  @Test func whatNoNodeCanTakeIsNamed() {
    let prediction = plan([testCase("a", requires: ["gpu": ""])]).predicted(on: [PredictedNode(name: "n1")])
    #expect(prediction.notRun == [CaseID(rawValue: "a"): "no node has label gpu"])
    #expect(prediction.units.map(\.start) == [nil])
    #expect(prediction.duration == 0)
  }
}
