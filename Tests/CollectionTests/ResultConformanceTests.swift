import Foundation
import Testing

@Suite struct ResultConformanceTests {
  private static let path = "/api/v1/results"

  @Test func whatIsCheckedAndInWhichOrder() async throws {
    let path = Self.path
    try await run([
      Step("GET", path, "200 OK", #"{"results": [], "pagination": {"current_page": 1, "total_pages": 0}}"#),
      Step("POST", path, "400 No Body"),
      Step("POST", path, sending: "null", "400 No Body"),
      Step("POST", path, sending: #"{"a""#, "400 Bad Format [Expecting ':' delimiter: line 1 column 5 (char 4)]"),
      Step("POST", path, sending: "{}", "400 pod_name Missing"),
      Step("POST", path, sending: #"{"pod_name": "p"}"#, "400 project_name Missing"),
      Step("POST", path, sending: #"{"pod_name": "p", "project_name": "q", "case_name": ""}"#, "400 case_name Missing"),
      Step("POST", path, sending: resultBody(#""criteria": "MAYBE""#), "400 criteria must be in ['PASS', 'FAIL']"),
      Step("POST", path, sending: resultBody(#""criteria": 1"#), "400 criteria must be in ['PASS', 'FAIL']"),
      Step("POST", path, sending: resultBody(), "403 Could Not Found pods [{'name': u'pod1'}]"),
      Step("POST", "/api/v1/pods", sending: #"{"name": "pod1"}"#, "200 OK"),
      Step("POST", path, sending: resultBody(), "403 Could Not Found projects [{'name': u'functest'}]"),
      Step("POST", "/api/v1/projects", sending: #"{"name": "functest"}"#, "200 OK"),
      Step(
        "POST", path, sending: resultBody(),
        "403 Could Not Found testcases [{'project_name': u'functest', 'name': u'vping'}]"),
      Step("POST", "/api/v1/projects/functest/cases", sending: #"{"name": "vping"}"#, "200 OK"),
      Step("POST", path, sending: resultBody(), "200 OK", #"{"href": "http://collector.test:8000/api/v1/results/…"}"#),
      Step("POST", path, sending: resultBody(#""criteria": null"#), "200 OK"),
      Step("POST", path, sending: resultBody(#""installer": "no criteria at all""#), "200 OK"),
      Step("POST", path, sending: resultBody(#""criteria": "pass""#), "200 OK"),
      Step("GET", path + "/bad-id", "404 Could Not Found results [{'_id': 'bad-id'}]"),
      Step(
        "GET", path + "/0123456789abcdef01234567",
        "404 Could Not Found results [{'_id': '0123456789abcdef01234567'}]"),
      Step("PUT", path, sending: "{}", "405 Method Not Allowed"),
      Step("PUT", path + "/x", sending: "{}", "405 Method Not Allowed"),
      Step("DELETE", path + "/x", "405 Method Not Allowed"),
      Step("DELETE", "/api/v1/pods/pod1", "401 Selected resource is associated with other resources"),
      Step(
        "DELETE", "/api/v1/projects/functest/cases/vping",
        "401 Selected resource is associated with other resources"),
    ])
  }

  @Test(arguments: [
    #""2023.1""#, #""12345678""#, #""1e5""#, #""True""#, #""None""#, #""""#, "\"caf\u{e9} \u{1F600}\"", #""a\"\\/b""#,
    "null",
  ])
  func stringsStayStrings(_ value: String) async throws {
    try await TestServer.run { server in
      try await server.declare()
      let members = ["installer", "version", "scenario", "build_tag", "start_date", "stop_date"]
      let body = resultBody(members.map { "\"\($0)\": \(value)" }.joined(separator: ", "))
      let posted = try await server.call("POST", Self.path, json: body)
      let href = try #require(try object(posted)["href"] as? String)
      let id = try #require(href.split(separator: "/").last)
      let shown = try object(try await server.call("GET", Self.path + "/" + id))
      let sent = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
      for member in members { #expect(shown[member] as? String == sent[member] as? String) }
      #expect(shown.count == 12)
      guard let text = sent["build_tag"] as? String else { return }
      let query = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      let found = try object(try await server.call("GET", Self.path + "?build_tag=" + query))
      #expect((found["results"] as? [Any])?.count == 1)
    }
  }

  @Test func valuesOfOtherTypesAndDetailsComeBackAsText() async throws {
    let details =
      #"{"big": 123456789012345678901234567890, "huge": 1e400, "one": 1.0, "z": 1, "a": {"k": 1, "k": 2}, "#
      + #""a.b": "$", "nul": "\u0000", "uni": "\u00e9", "deep": [[[[{}]]]]}"#
    try await TestServer.run { server in
      try await server.declare()
      let posted = try await server.call(
        "POST", Self.path, json: resultBody(#""version": 2023.10, "installer": [1], "details": \#(details)"#))
      let href = try #require(try object(posted)["href"] as? String)
      let id = try #require(href.split(separator: "/").last)
      let shown = try await server.call("GET", Self.path + "/" + id)
      #expect(shown.text.hasSuffix(#""details": \#(details)}"#), "\(shown.text)")
      #expect(shown.text.contains(#""version": 2023.10"#))
      #expect(shown.text.contains(#""installer": [1]"#))
      let none = try object(try await server.call("GET", Self.path + "?version=2023.10"))
      #expect((none["results"] as? [Any])?.isEmpty == true)
    }
  }

  @Test func aRepeatedRequestAddsNothing() async throws {
    try await TestServer.run { server in
      try await server.declare()
      let key = ["Idempotency-Key: run-1.vping.1"]
      let first = try await server.call("POST", Self.path, json: resultBody(), headers: key)
      let second = try await server.call("POST", Self.path, json: resultBody(), headers: key)
      let other = try await server.call("POST", Self.path, json: resultBody(), headers: ["Idempotency-Key: x"])
      #expect(first.statusLine == "HTTP/1.1 200 OK")
      #expect(second.text == first.text)
      #expect(other.text != first.text)
      let empty = try await server.call("POST", Self.path, json: resultBody(), headers: ["Idempotency-Key:"])
      #expect(empty.statusLine == "HTTP/1.1 400 Bad Format [Idempotency-Key must have 1 to 255 bytes]")
      let all = try object(try await server.call("GET", Self.path))
      #expect((all["results"] as? [Any])?.count == 2)
    }
  }

  @Test func sixteenClientsLoseAndDoubleNothing() async throws {
    try await TestServer.run { server in
      try await server.declare()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<16 {
          group.addTask {
            let connection = try server.connect()
            for number in 0..<200 {
              let body = resultBody(#""build_tag": "\#(client)-\#(number)""#)
              let answer = try await connection.exchange(TestServer.request("POST", Self.path, json: body))
              #expect(answer.statusLine == "HTTP/1.1 200 OK")
            }
          }
        }
        try await group.waitForAll()
      }
      let answer = try await server.call("GET", Self.path + "?page=0")
      #expect(answer.isChunked)
      let results = try #require(try object(answer)["results"] as? [[String: Any]])
      #expect(try object(answer)["pagination"] == nil)
      #expect(results.count == 3200)
      #expect(Set(results.compactMap { $0["build_tag"] as? String }).count == 3200)
      let ids = results.compactMap { $0["_id"] as? String }
      #expect(ids == ids.sorted())
    }
  }
}
