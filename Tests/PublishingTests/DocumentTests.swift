import Dialects
import FoundationEssentials
import Model
import Publishing
import Testing

/// `docs/publishing.md` says what the mappings do.
@Suite struct DocumentTests {
  private func text() throws -> String {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return try read("/" + folder + "/docs/publishing.md")
  }

  /// The words that a run of one case with a verdict makes, as a row of the table.
  private func row(_ verdict: Verdict) -> String {
    var script = RunScript([("a", "t", "d")])
    if verdict == .skip { script.finish("a", .skip, nil) } else { script.play("a", verdict) }
    script.close()
    func words(_ mapping: any EventMapping, _ pick: (SubmissionStep) -> String?) -> String? {
      var mapping = mapping
      let steps = script.events.flatMap { mapping.take($0) }.flatMap { one -> [SubmissionStep] in
        if case .steps(let steps) = one.content { steps } else { [] }
      }
      return steps.compactMap(pick).last
    }
    var testAPI = TestAPIMapping { _ in 0 }
    let results = script.events.flatMap { testAPI.take($0) }.map(\.content)
    var criteria = "–"
    if case .result(let body)? = results.first,
      let value = try? JSONDecoder().decode(JSONValue.self, from: Data(body))
    {
      criteria = "`\(value["criteria"]?.string ?? "")`"
    }
    let job = words(PaddlesMapping()) { $0.verb == "PUT" ? $0.body["status"]?.string : nil }
    let test = words(AvocadoMapping { _, _ in nil }) { $0.path.hasSuffix("/tests/") ? $0.body["status"]?.string : nil }
    return "| \(verdict.rawValue) | \(criteria) | `\(job ?? "")` | `\(test ?? "")` |"
  }

  @Test(arguments: Verdict.allCases) func `the table of verdicts is true`(verdict: Verdict) throws {
    #expect(try text().contains(row(verdict) + "\n"))
  }

  @Test func `the fields of an entry are listed`() throws {
    let text = try text()
    let address = try ServerAddress(parsing: "paddles+http://h/p")
    var mapping = PaddlesMapping()
    let submission = try #require(RunScript([("a", "t", "d")]).events.flatMap { mapping.take($0) }.first)
    let entry = try JSONEncoder().encode(
      OutboxEntry(submission, to: address, run: run, created: Timestamp(nanoseconds: 0)))
    let members = try #require(try JSONDecoder().decode(JSONValue.self, from: entry).object)
    for name in members.keys { #expect(text.contains("`\(name)`"), "\(name)") }
  }
}
