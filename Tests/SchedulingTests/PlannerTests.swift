import Model
import Scheduling
import Testing

@Suite struct PlannerTests {
  private let catalog = Catalog(tiers: [
    Tier(name: "t", cases: [testCase("a", weight: 3), testCase("b", each: true, weight: nil)]),
    Tier(name: "u", cases: [testCase("c", tier: "u"), testCase("d", tier: "u"), testCase("e", tier: "u")]),
  ])

  private var all: [SelectedCase] { catalog.cases.map { SelectedCase(definition: $0, disposition: .run) } }

  @Test func casesStandInCatalogOrderWithOneInstanceANode() {
    let plan = Planner.plan(selected: all.reversed(), catalog: catalog, nodes: ["n1", "n2"])
    #expect(plan.cases.map(\.id.rawValue) == ["a", "b@n1", "b@n2", "c", "d", "e"])
    #expect(plan.cases.map(\.node) == [nil, "n1", "n2", nil, nil, nil])
    #expect(plan.cases.map(\.order) == [0, 1, 2, 3, 4, 5])
    #expect(plan.tiers.map(\.name) == ["t", "u"])
    #expect(plan.tiers.allSatisfy { $0.cases.isEmpty })
  }

  @Test func withoutNodesACaseOnEachNodeIsOneSkip() {
    let plan = Planner.plan(selected: all, catalog: catalog)
    #expect(plan.cases[1].id.rawValue == "b")
    #expect(plan.cases[1].disposition == .skip(reason: "no node"))
  }

  @Test func historyGoesBeforeTheAuthorsWeight() {
    let history = ["a": 9.0, "b": 1, "b@n2": 2]
    let plan = Planner.plan(selected: all, catalog: catalog, nodes: ["n1", "n2"], history: history)
    #expect(plan.cases.map(\.expected) == [9, 1, 2, 5, 5, 5])
    #expect(Planner.plan(selected: all, catalog: catalog, nodes: ["n1"]).cases.map(\.expected) == [3, nil, 5, 5, 5])
  }

  @Test func whatWasNotAskedForIsKeptApart() {
    var selected = all
    selected[0].disposition = .leaveOut(reason: "not asked")
    selected[2].disposition = .skip(reason: "scenario")
    let plan = Planner.plan(selected: selected, catalog: catalog, nodes: ["n1"])
    #expect(plan.cases.map(\.id.rawValue) == ["b@n1", "c", "d", "e"])
    #expect(plan.cases[1].disposition == .skip(reason: "scenario"))
    #expect(plan.leftOut == [selected[0]])
  }

  @Test(arguments: 1...7) func slicesAreAPartition(count: Int) {
    var seen: [String] = []
    for index in 1...count {
      let slice = Slice(index: index, count: count)
      let plan = Planner.plan(selected: all, catalog: catalog, nodes: ["n1", "n2"], slice: slice)
      let names = Set(plan.cases.map(\.definition.name))
      #expect(names.count <= (5 + count - 1) / count)
      #expect(names.count + plan.leftOut.count == 5)
      #expect(plan.slice == slice)
      seen.append(contentsOf: names)
    }
    #expect(seen.sorted() == ["a", "b", "c", "d", "e"])
  }
}
