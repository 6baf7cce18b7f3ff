import Model
import TestSupport
import Testing

@testable import Definitions

@Suite struct SelectionTests {
  /// Two tiers; `weekly` is only of the weekly loop.
  private let catalog = Catalog(tiers: [
    Tier(
      name: "smoke", loop: "(daily)|(weekly)",
      cases: ["ping", "vping_ssh", "vping_userdata"].map {
        CaseDefinition(name: $0, tier: "smoke", run: RunSpec(driver: "exec"))
      }),
    Tier(
      name: "vnf", loop: "weekly",
      cases: ["ims", "router"].map { CaseDefinition(name: $0, tier: "vnf", run: RunSpec(driver: "exec")) }),
    Tier(name: "bare", cases: [CaseDefinition(name: "nothing", tier: "bare")]),
  ])

  private func running(_ selection: Selection) throws -> [String] {
    try selection.apply(to: catalog).filter { $0.disposition == .run }.map(\.definition.name)
  }

  private func reasons(_ selection: Selection, _ catalog: Catalog? = nil) throws -> [String: String] {
    let items = try selection.apply(to: catalog ?? self.catalog)
    return Dictionary(items.compactMap { item in item.disposition.reason.map { (item.definition.name, $0) } }) { $1 }
  }

  @Test(
    arguments: [
      ([], ["ping", "vping_ssh", "vping_userdata", "ims", "router"]),
      (["all"], ["ping", "vping_ssh", "vping_userdata", "ims", "router"]),
      (["smoke"], ["ping", "vping_ssh", "vping_userdata"]), (["router, ping"], ["ping", "router"]),
      (["vping_*"], ["vping_ssh", "vping_userdata"]), (["v*"], ["vping_ssh", "vping_userdata", "ims", "router"]),
      (["?ms", "ping"], ["ping", "ims"]), (["[!v]*g"], ["ping"]),
    ] as [([String], [String])])
  func namesAreListsAndGlobs(names: [String], expected: [String]) throws {
    #expect(try running(Selection(names: names)) == expected)
  }

  @Test func tiersAreTiersOnly() throws {
    #expect(try running(Selection(tiers: ["vnf,smoke"])).count == 5)
    #expect(throws: Fault.self) { try running(Selection(tiers: ["ping"])) }
  }

  @Test func whatIsLeftOutSaysWhy() throws {
    let reasons = try reasons(Selection(names: ["smoke", "nothing"], exclude: ["*_ssh"]))
    #expect(
      reasons == [
        "vping_ssh": "excluded by *_ssh", "ims": "not selected by name", "router": "not selected by name",
        "nothing": "nothing to run",
      ])
    var disabled = catalog
    disabled.tiers[0].cases[0].isEnabled = false
    #expect(try self.reasons(Selection(names: ["ping"]), disabled)["ping"] == "enabled: false")
  }

  @Test func loopsCountUnlessNamed() throws {
    #expect(try running(Selection(loop: "daily")) == ["ping", "vping_ssh", "vping_userdata"])
    #expect(try running(Selection(names: ["all"], loop: "daily")).count == 3)
    #expect(try running(Selection(loop: "weekly")).count == 5)
    #expect(try running(Selection(names: ["ims"], loop: "daily")) == ["ims"])
    #expect(try reasons(Selection(loop: "daily"))["ims"] == "ci_loop 'weekly' of tier vnf is not of the loop daily")
    #expect(throws: Fault.self) { try running(Selection(loop: "(")) }
  }

  @Test func unknownNamesAreAllNamed() {
    let fault = #expect(throws: Fault.self) {
      try running(Selection(names: ["vping_shs", "ping", "x*"], exclude: ["nope", "none*"]))
    }
    #expect(fault?.code == .usage)
    #expect(
      fault?.message
        == "no tier or case is named \"vping_shs\"; no tier or case matches \"x*\"; no tier or case is named \"nope\"")
    #expect(fault?.hint?.hasPrefix("did you mean \"vping_ssh\"?") == true)
  }

  @Test func excludingAllLeavesNothing() throws {
    #expect(try running(Selection(exclude: ["all"])).isEmpty)
  }

  @Test func emptyNamesAreRefused() {
    #expect(throws: Fault.self) { try running(Selection(names: [""])) }
    #expect(throws: Fault.self) { try running(Selection(names: ["ping,,ims"])) }
  }

  private func objection(
    _ pattern: String?, _ variable: String, isMetWhenUnset: Bool, _ variables: [String: String]
  ) throws -> String? {
    let dependency = Dependency(variable: variable, pattern: pattern, isMetWhenUnset: isMetWhenUnset)
    let definition = CaseDefinition(name: "c", tier: "t", dependencies: [dependency], run: RunSpec(driver: "exec"))
    let catalog = Catalog(tiers: [Tier(name: "t", cases: [definition])])
    let selected = try Selection(variables: variables).apply(to: catalog)[0].disposition
    if case .leaveOut = selected { Issue.record("dependencies skip") }
    return selected.reason
  }

  @Test func installationsOfOldFilesAreMetWhenUnset() throws {
    func check(_ pattern: String?, _ variables: [String: String]) throws -> String? {
      try objection(pattern, "DEPLOY_SCENARIO", isMetWhenUnset: true, variables)
    }
    #expect(try check("odl", [:]) == nil)
    #expect(try check("odl", ["DEPLOY_SCENARIO": ""]) == nil)
    #expect(try check("odl", ["DEPLOY_SCENARIO": "os-odl-ha"]) == nil)
    #expect(try check("odl", ["DEPLOY_SCENARIO": "os-nosdn"]) == "DEPLOY_SCENARIO \"os-nosdn\" does not match 'odl'")
    #expect(try check("", ["DEPLOY_SCENARIO": "os-nosdn"]) == nil)
    #expect(try check(nil, ["DEPLOY_SCENARIO": "x"]) == "DEPLOY_SCENARIO: a null pattern never matches")
    #expect(try check(nil, [:]) == nil)
  }

  @Test func variablesOfXtestingHaveDefaults() throws {
    func check(_ variable: String, _ pattern: String?, _ variables: [String: String] = [:]) throws -> String? {
      try objection(pattern, variable, isMetWhenUnset: false, variables)
    }
    #expect(try check("POD_ARCH", "^(?!aarch64$)") == nil)
    #expect(try check("POD_ARCH", "^(?!aarch64$)", ["POD_ARCH": "aarch64"]) != nil)
    #expect(try check("DASHBOARD_URL", "^(?!\\s*$).+") == "DASHBOARD_URL is not set and must match '^(?!\\s*$).+'")
    #expect(try check("DASHBOARD_URL", "^(?!\\s*$).+", ["DASHBOARD_URL": "http://x"]) == nil)
    #expect(try check("DEPLOY_SCENARIO", "nosdn") == nil)
    #expect(try check("DEPLOY_SCENARIO", "nosdn", ["DEPLOY_SCENARIO": ""]) != nil)
    #expect(
      try check("INSTALLER_TYPE", "apex") == "INSTALLER_TYPE \"unknown\" (its default) does not match 'apex'")
    #expect(try check("X", nil, ["X": "y"]) != nil)
  }

  @Test func explosivePatternsAreFaultsWithAPlace() throws {
    let place = SourceLocation(file: "f", line: 3, column: 4)
    let dependency = Dependency(variable: "X", pattern: "^(a+)+$", isMetWhenUnset: false, location: place)
    let definition = CaseDefinition(name: "c", tier: "t", dependencies: [dependency], run: RunSpec(driver: "exec"))
    let catalog = Catalog(tiers: [Tier(name: "t", cases: [definition])])
    let selection = Selection(variables: ["X": String(repeating: "a", count: 40) + "!"])
    let fault = #expect(throws: Fault.self) { try selection.apply(to: catalog) }
    #expect(fault?.location == place)
  }

  @Test func anySelectionAndItsExclusionPartitionTheCatalog() throws {
    var random = Seeded(7)
    for _ in 0..<300 {
      let catalog = Self.randomCatalog(&random)
      let names = catalog.cases.map(\.name) + catalog.tiers.map(\.name) + ["c*", "*1", "t?", "c[0-4]*"]
      let picked = names.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random))
      let matching = picked.filter { NameGlob.isGlob($0) ? !Self.matches($0, catalog).isEmpty : true }
      guard !matching.isEmpty else { continue }
      let all = catalog.cases.map(\.name)
      let chosen = Self.running(try Selection(names: Array(matching)).apply(to: catalog))
      let others = Self.running(try Selection(exclude: Array(matching)).apply(to: catalog))
      #expect(Set(chosen).isDisjoint(with: others))
      #expect((chosen + others).sorted() == all.sorted())
      #expect(chosen == all.filter(Set(chosen).contains), "in catalog order")
      let again = Self.running(try Selection(names: [(matching + matching).joined(separator: ",")]).apply(to: catalog))
      #expect(again == chosen)
      let wider = Self.running(try Selection(names: Array(matching) + ["all"]).apply(to: catalog))
      #expect(wider == all)
    }
  }

  @Test(arguments: [
    ("*", "", true), ("a*b*c", "aXbYc", true), ("a*b*c", "aXbY", false), ("[a-c]x", "bx", true),
    ("[!a-c]x", "bx", false),
    ("[^a]", "b", true), ("[]a]", "]", true), ("[", "[", true), ("?", "", false), ("**a", "bba", true),
    ("[z-a]", "b", false),
    ("*a*a*a*a*a*a*a*a*b", String(repeating: "a", count: 2000), false),
  ])
  func globsMatchAsInTheShell(glob: String, name: String, expected: Bool) {
    #expect(NameGlob(glob).matches(name) == expected)
  }

  private static func running(_ items: [SelectedCase]) -> [String] {
    items.filter { $0.disposition == .run }.map(\.definition.name)
  }

  private static func matches(_ glob: String, _ catalog: Catalog) -> [String] {
    (catalog.cases.map(\.name) + catalog.tiers.map(\.name)).filter(NameGlob(glob).matches)
  }

  private static func randomCatalog(_ random: inout Seeded) -> Catalog {
    var number = 0
    let tiers = (0..<Int.random(in: 1...4, using: &random)).map { tier in
      let cases = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        number += 1
        return CaseDefinition(name: "c\(number)", tier: "t\(tier)", run: RunSpec(driver: "exec"))
      }
      return Tier(name: "t\(tier)", cases: cases)
    }
    return Catalog(
      tiers: tiers + [
        Tier(
          name: "last3",
          cases: [
            CaseDefinition(name: "end3", tier: "last3", run: RunSpec(driver: "exec"))
          ])
      ])
  }
}
