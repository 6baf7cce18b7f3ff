import Dialects
import Foundation
import Testing

@Suite struct TrustIndicatorTests {
  private static let path = "/api/v1/results"

  @Test(arguments: [
    ("0.7", 0.7), ("1", 1), ("-2e1", -20), (#"{"current": 0.5, "histories": [{"date": "d", "step": 1}]}"#, 0.5),
    ("{}", 0), (#"{"current": null, "histories": null}"#, 0), (#""0.7""#, nil), ("true", nil), ("[]", nil),
    (#"{"current": "0.7"}"#, nil), (#"{"current": 1, "histories": {}}"#, nil), (#"{"now": 1}"#, nil),
  ])
  func whatIsOne(_ json: String, _ level: Double?) throws {
    guard case .object(let members) = try JSONBody(Array(#"{"t": \#(json)}"#.utf8)) else { return }
    let value = try #require(members["t"])
    if let level {
      #expect(try TestAPI.TrustIndicator(value)?.level == level)
    } else {
      let refusal = #expect(throws: TestAPI.Refusal.self) { try TestAPI.TrustIndicator(value) }
      #expect(refusal?.status == 400)
    }
  }

  @Test func itIsKeptFoundAndChanged() async throws {
    try await TestServer.run { server in
      try await server.declare()
      func post(_ more: String) async throws -> String {
        let answer = try await server.call("POST", Self.path, json: resultBody(more))
        return try #require((try object(answer)["href"] as? String)?.split(separator: "/").last.map(String.init))
      }
      func status(_ verb: String, _ target: String, _ body: String? = nil) async throws -> String {
        String(try await server.call(verb, Self.path + target, json: body).statusLine.dropFirst(9))
      }
      func found(_ query: String) async throws -> Int? {
        (try object(try await server.call("GET", Self.path + query))["results"] as? [Any])?.count
      }
      let none = try await post(#""trust_indicator": null"#)
      let number = try await post(#""trust_indicator": 0.70"#)
      let whole = try await post(#""trust_indicator": {"current": 0.7, "histories": []}"#)
      #expect(try await !server.call("GET", Self.path + "/" + none).text.contains("trust_indicator"))
      #expect(try await server.call("GET", Self.path + "/" + number).text.hasSuffix(#", "trust_indicator": 0.70}"#))
      #expect(try await found("?trust_indicator=0.7") == 2)
      #expect(try await found("?trust_indicator=0.70&pod=pod1") == 2)
      #expect(try await found("?trust_indicator=1") == 0)
      #expect(try await found("?trust_indicator=1e999") == 0)
      for text in ["x", "", "nan", "0x1", "1,5"] {
        #expect(try await status("GET", "?trust_indicator=" + text) == "400 trust_indicator must be float")
      }

      let change = #"{"trust_indicator": {"current": 0.9, "histories": [{"date": "d", "step": 0.2}]}}"#
      let changed = try await server.call("PUT", Self.path + "/" + whole, json: change)
      #expect(changed.statusLine == "HTTP/1.1 200 OK")
      #expect(changed.text.hasSuffix(String(", " + change.dropFirst())))
      #expect(try await server.call("GET", Self.path + "/" + whole).text == changed.text)
      #expect(try await found("?trust_indicator=0.9") == 1)
      #expect(try await status("PUT", "/" + whole, change) == "403 Nothing to update")
      #expect(try await status("PUT", "/" + whole, #"{"trust_indicator": null}"#) == "403 Nothing to update")
      #expect(try await status("PUT", "/" + whole, #"{"trust_indicator": "x"}"#).hasPrefix("400 Bad Format ["))
      #expect(try await status("PUT", "/nope", change) == "404 Could Not Found results [{'_id': 'nope'}]")
      // The last generation has no PUT.
      for body in ["{}", #"{"criteria": "PASS"}"#, "[]", nil] {
        #expect(try await status("PUT", "/" + whole, body) == "405 Method Not Allowed")
      }
    }
  }
}
