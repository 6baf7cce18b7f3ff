import Dialects
import Foundation
import Testing

@testable import Collection

/// The document says what is served, and no more.
@Suite struct AvocadoDocumentTests {
  @Test func everyPathIsServedWithItsVerbs() {
    for path in AvocadoDialect.document.paths {
      let route = AvocadoRoute(path.path.split(separator: "/").map(String.init))
      let verbs = Set(route?.verbs ?? []).subtracting(["HEAD", "OPTIONS"])
      #expect(Set(path.operations.map(\.verb)) == verbs, "\(path.path)")
    }
    let ids = AvocadoDialect.document.paths.flatMap { $0.operations.map(\.id) }
    #expect(Set(ids).count == ids.count)
  }

  @Test func everyReferenceLeadsSomewhere() throws {
    let text = OpenAPI.json(title: "t", version: "1", [("/avocado", AvocadoDialect.document)])
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: Any])
    let references = text.matches(of: /"#\/components\/schemas\/([^"]*)"/).map { String($0.1) }
    #expect(references.count > 50)
    #expect(Set(references).subtracting(schemas.keys).isEmpty)
  }
}
