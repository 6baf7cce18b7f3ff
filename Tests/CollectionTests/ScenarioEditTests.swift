import Dialects
import Testing

/// Edits of scenarios, without a server.
@Suite struct ScenarioEditTests {
  private static let start =
    #"[{"installer": "a", "versions": [{"owner": null, "version": "1", "projects": [{"project": "p", "customs": ["x"], "#
    + #""scores": [], "trust_indicators": []}]}, {"owner": null, "version": "2", "projects": []}]}]"#

  private static func edit(
    _ item: TestAPI.ScenarioEdit.Item, _ verb: String, _ body: String, _ place: [String: String]
  ) throws -> String {
    try TestAPI.ScenarioEdit(
      item, verb: verb, scenario: "s", parameter: { place[$0] }, type: "application/json", bytes: Array(body.utf8)
    ).apply(to: start)
  }

  private static let (whole, version, installer) = (
    ["installer": "a", "version": "1", "project": "p"], ["installer": "a", "version": "1"], ["installer": "a"]
  )

  /// What of the start is replaced by what.
  @Test(arguments: [
    (TestAPI.ScenarioEdit.Item.customs, "POST", #"["y", "x"]"#, whole, #"["x"]"#, #"["x", "y"]"#),
    (.customs, "DELETE", #"["x", "y"]"#, whole, #"["x"]"#, "[]"),
    (.scores, "POST", #"{"score": 5.0}"#, whole, #""scores": []"#, #""scores": [{"date": null, "score": 5.0}]"#),
    (
      .trust, "POST", #"{"status": "gold", "date": "1"}"#, whole, #""trust_indicators": []"#,
      #""trust_indicators": [{"date": "1", "status": "gold"}]"#
    ),
    (.owner, "PUT", #"{"owner": {"a": [1]}}"#, version, #"null, "version": "1""#, #"{"a": [1]}, "version": "1""#),
    (
      .versions, "DELETE", #"["2"]"#, installer, #", {"owner": null, "version": "2", "projects": []}"#, ""
    ),
    (.projects, "PUT", "[]", ["installer": "a", "version": "2"], "x", "x"),
  ])
  func changes(
    _ item: TestAPI.ScenarioEdit.Item, _ verb: String, _ body: String, _ place: [String: String], _ old: String,
    _ new: String
  ) throws {
    #expect(try Self.edit(item, verb, body, place) == Self.start.replacing(old, with: new, maxReplacements: 1))
  }

  @Test func theProjectMustBeUnderThatVersion() {
    let place = ["installer": "a", "version": "2", "project": "p"]
    let refusal = #expect(throws: TestAPI.Refusal.self) { try Self.edit(.scores, "POST", "{}", place) }
    #expect(refusal?.status == 404)
  }

  @Test(arguments: [
    String(repeating: "x", count: 1025), "a\\u0000b", "",
  ])
  func namesHaveLimits(_ name: String) {
    let body = #"[{"version": "\#(name)"}]"#
    let refusal = #expect(throws: TestAPI.Refusal.self) { try Self.edit(.versions, "POST", body, Self.installer) }
    #expect(refusal?.status == 400)
  }

  @Test func whatCouldNotBeReadAgainIsRefused() {
    let deep = #"{"owner": "# + String(repeating: "[", count: 511) + String(repeating: "]", count: 511) + "}"
    let nested = #expect(throws: TestAPI.Refusal.self) { try Self.edit(.owner, "PUT", deep, Self.version) }
    #expect(nested?.status == 400)
    let names = (0..<60_000).map { "\"name of a case \($0)\"" }.joined(separator: ", ")
    let large = #expect(throws: TestAPI.Refusal.self) { try Self.edit(.customs, "PUT", "[\(names)]", Self.whole) }
    #expect(large == TestAPI.Refusal(413, "Scenario of more than 1048576 bytes"))
  }

  @Test func equalNamesAreChangedTogether() throws {
    let twice = #"[{"installer": "a", "versions": []}, {"installer": "a", "versions": []}]"#
    let edit = try TestAPI.ScenarioEdit(
      .versions, verb: "PUT", scenario: "s", parameter: { _ in "a" }, type: "application/json",
      bytes: Array(#"[{"version": "1"}]"#.utf8))
    #expect(try edit.apply(to: twice).ranges(of: #""version": "1""#).count == 2)
  }
}
