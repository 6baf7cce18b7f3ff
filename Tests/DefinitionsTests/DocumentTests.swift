import Foundation
import Model
import Testing

@testable import Definitions

/// The pages under `docs/` say what the readers do.
@Suite struct DocumentTests {
  private let docs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("docs")

  /// The YAML examples of a page.
  private func examples(_ page: String) throws -> [String] {
    let text = try String(contentsOf: docs.appendingPathComponent(page), encoding: .utf8)
    return text.components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
  }

  @Test func examplesOfCatalogsLoadWithoutWarnings() throws {
    let examples = try examples("catalog.md")
    #expect(examples.count == 2)
    for example in examples {
      let found = findings(example)
      #expect(found.errors.isEmpty && found.warnings.isEmpty, "\(found.text)")
    }
    #expect(try catalog(examples[0]).cases.map(\.name) == ["answers", "upload"])
  }

  @Test func examplesOfLabAndSUTLoadWithoutWarnings() throws {
    let examples = try examples("lab.md")
    #expect(examples.count == 2)
    let lab = try LabReader.read(SourceText(file: "lab.md", text: examples[0]), folder: "/lab")
    #expect(lab.lab.nodes.map(\.name) == ["n1", "here"])
    #expect(lab.diagnostics.warnings.isEmpty)
    #expect(try !LabEditor.setDrained("here", false, in: examples[0], file: "lab.md").contains("drained: true"))
    let sut = try SUTReader.read(SourceText(file: "lab.md", text: examples[1]), environment: [:])
    #expect(sut.sut.secretValues == ["change-me"])
    #expect(sut.diagnostics.warnings.isEmpty)
  }

  @Test func pagesNameEveryKey() throws {
    let page = try String(contentsOf: docs.appendingPathComponent("catalog.md"), encoding: .utf8)
    for key in CatalogKeys.testcase + CatalogKeys.tier where !["description"].contains(key) {
      #expect(page.contains("`\(key)`"), "\(key)")
    }
    let lab = try String(contentsOf: docs.appendingPathComponent("lab.md"), encoding: .utf8)
    for key in LabReader.nodeKeys { #expect(lab.contains("| `\(key)` |"), "\(key)") }
  }

  @Test func theSchemaHasTheKeysOfTheReader() throws {
    let data = try Data(contentsOf: docs.appendingPathComponent("catalog.schema.json"))
    let schema = try JSONDecoder().decode(JSONValue.self, from: data)
    func keys(_ value: JSONValue?) -> Set<String> { Set(value?["properties"]?.object?.keys.map(\.self) ?? []) }
    #expect(keys(schema) == Set(CatalogKeys.top))
    #expect(keys(schema["$defs"]?["tier"]) == Set(CatalogKeys.tier))
    #expect(keys(schema["$defs"]?["case"]) == Set(CatalogKeys.testcase))
    #expect(keys(schema["$defs"]?["hook"]) == Set(CatalogKeys.hook))
    #expect(keys(schema["$defs"]?["domain"]) == Set(CatalogKeys.domain))
    #expect(keys(schema["$defs"]?["run"]) == Set(CatalogKeys.run))
    let retries = schema["$defs"]?["case"]?["properties"]?["retries"]
    #expect(retries?["minimum"] == 0 && retries?["maximum"] == 10)
    let drivers = schema["$defs"]?["run"]?["properties"]?["name"]?["enum"]?.array?.compactMap(\.string) ?? []
    #expect(Set(drivers) == RunSpec.drivers)
  }
}
