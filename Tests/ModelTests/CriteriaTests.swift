import FoundationEssentials
import Model
import Testing

/// Contract: catalog.md 4.3.
@Suite struct CriteriaTests {
  @Test(
    arguments: [
      (.percentage(100), 100, true),
      (.percentage(100), 99.999, false),
      (.percentage(80), 80, true),
      (.percentage(80), 79.9, false),
      (.percentage(80), 100, true),
      (.percentage(0), 100, false),
      (.percentage(0), 0, false),
      (.percentage(0.5), 0.5, true),
      (.percentage(100), .infinity, false),
      (.percentage(100), .nan, false),
      (.expression("success_rate == 100%"), 100, true),
      (.expression("success_rate == 100%"), 99, false),
      (.expression("success_rate >= 90%"), 90, true),
      (.expression("success_rate >= 90%"), 100, true),
      (.expression("success_rate >= 90%"), 89.99, false),
      (.expression("success_rate>=90"), 95, true),
      (.expression("success_rate >= 90 %"), 95, true),
      (.expression("success_rate == 90"), 95, false),
      (.expression("success_rate > 90%"), 95, false),
      (.expression("success_rate <= 90%"), 80, false),
      (.expression("success_rate >= many"), 100, false),
      (.expression("success_rate >="), 100, false),
      (.expression("success_rate"), 100, false),
      (.expression("status == \"PASS\""), 100, true),
      (.expression("status == \"PASS\""), 99, false),
      (.expression("ret == 0"), 100, true),
      (.expression("ret == 0"), 0, false),
      (.expression(""), 100, true),
    ] as [(Criteria, Double, Bool)])
  func passes(_ criteria: Criteria, _ result: Double, _ isMet: Bool) {
    #expect(criteria.isMet(by: result) == isMet)
  }

  @Test(
    arguments: [
      (.percentage(100), "100"), (.percentage(82.5), "82.5"), (.expression("ret == 0"), "\"ret == 0\""),
    ] as [(Criteria, String)])
  func isWrittenAsInTheCatalog(_ criteria: Criteria, _ json: String) throws {
    #expect(String(decoding: try JSONEncoder().encode([criteria]), as: UTF8.self) == "[\(json)]")
    #expect(try JSONDecoder().decode([Criteria].self, from: Data("[\(json)]".utf8)) == [criteria])
  }

  @Test func nothingElseIsACriterion() {
    for json in ["[null]", "[true]", "[[]]", "[{}]"] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode([Criteria].self, from: Data(json.utf8)) }
    }
  }
}
