import Foundation
import Testing

@Suite struct DeployResultConformanceTests {
  private static let path = "/api/v1/deployresults"

  private static func body(_ more: String) -> String {
    #"{"pod_name": "pod1", "installer": "apex", "scenario": "os-nosdn", \#(more)}"#
  }

  @Test func whatIsCheckedAndInWhichOrder() async throws {
    let path = Self.path
    try await run([
      Step("GET", path, "200 OK", #"{"deployresults": [], "pagination": {"current_page": 1, "total_pages": 0}}"#),
      Step("GET", path + "?page=0", "200 OK", #"{"deployresults": []}"#),
      Step("POST", path, "400 No Body"),
      Step("POST", path, sending: "null", "400 No Body"),
      Step("POST", path, sending: "[]", "400 Bad Format [Expecting an object]"),
      Step("POST", path, sending: "[", "400 Bad Format [Expecting value: line 1 column 2 (char 1)]"),
      Step("POST", path, sending: "{}", "400 pod_name Missing"),
      Step("POST", path, sending: #"{"pod_name": "p"}"#, "400 installer Missing"),
      Step("POST", path, sending: #"{"pod_name": "p", "installer": "i", "scenario": ""}"#, "400 scenario Missing"),
      Step("POST", path, sending: Self.body(#""criteria": "invalid""#), "400 criteria must be in ['PASS', 'FAIL']"),
      Step("POST", path, sending: Self.body(#""criteria": "PASS""#), "403 Could Not Found pods [{'name': u'pod1'}]"),
      Step("POST", "/api/v1/pods", sending: #"{"name": "pod1"}"#, "200 OK"),
      Step(
        "POST", path, sending: Self.body(#""criteria": "PASS", "colour": 1"#), "200 OK",
        #"{"href": "http://collector.test:8000/api/v1/deployresults/…"}"#),
      Step("POST", path, sending: Self.body(#""version": "no criteria""#), "200 OK"),
      Step(
        "GET", path + "?criteria=PASS", "200 OK",
        #"{"deployresults": [{"_id": "…", "pod_name": "pod1", "installer": "apex", "version": null, "job_name": null, "#
          + #""build_id": null, "scenario": "os-nosdn", "upstream_job_name": null, "upstream_build_id": null, "#
          + #""criteria": "PASS", "start_date": null, "stop_date": null, "details": null}], "#
          + #""pagination": {"current_page": 1, "total_pages": 1}}"#),
      Step("GET", path + "/bad-id", "404 Could Not Found deployresults [{'_id': 'bad-id'}]"),
      Step("GET", path + "/", "404 Not Found"),
      Step("PUT", path + "/x", sending: "{}", "405 Method Not Allowed"),
      Step("DELETE", path, "405 Method Not Allowed"),
      Step("DELETE", "/api/v1/pods/pod1", "401 Selected resource is associated with other resources"),
    ])
  }

  @Test func filters() async throws {
    let rows = [
      #""build_id": 12, "upstream_build_id": 7, "job_name": "j", "start_date": "2026-11-20 10:00:00""#,
      #""build_id": "12", "upstream_build_id": "8", "details": {"x": "y", "build_id": 5}"#,
      #""build_id": "twelve", "upstream_job_name": "u", "start_date": "2026-11-01 10:00:00""#,
      #""build_id": 12.0, "criteria": "fail", "version": "2023.1""#,
    ]
    let expected: [(query: String, rows: [Int])] = [
      ("", [3, 2, 1, 0]), ("?descend=false", [0, 1, 2, 3]), ("?page=0", [0, 1, 2, 3]), ("?build_id=12", [3, 1, 0]),
      ("?build_id=13", []), ("?build_id=99999999999999999999", []), ("?upstream_build_id=8", [1]),
      ("?upstream_build_id=7&build_id=12", [0]), ("?job_name=j", [0]), ("?upstream_job_name=u", [2]),
      ("?pod=pod1&installer=apex&scenario=os-nosdn", [3, 2, 1, 0]), ("?pod_name=nope", []), ("?version=2023.1", [3]),
      ("?criteria=FAIL", [3]), ("?details.x=y", [1]), ("?details.build_id=5", [1]), ("?details.build_id=6", []),
      ("?period=5", [0]), ("?from=2026-11-01", [2, 0]), ("?to=2026-11-10", [2]), ("?last=2", [3, 2]),
      ("?last=2&descend=false", [2, 3]), ("?last=2&pod=pod1&descend=false", [2, 3]), ("?project=functest", []),
      ("?case_name=x", []), ("?colour=1", []),
    ]
    try await TestServer.run { server in
      try await server.declare()
      var ids: [String] = []
      for row in rows {
        let answer = try object(try await server.call("POST", Self.path, json: Self.body(row)))
        ids.append(try #require((answer["href"] as? String)?.split(separator: "/").last.map(String.init)))
      }
      for (query, rows) in expected {
        let list = try object(try await server.call("GET", Self.path + query))["deployresults"] as? [[String: Any]]
        let found = try #require(list).compactMap { $0["_id"] as? String }.map { ids.firstIndex(of: $0) ?? -1 }
        #expect(found == rows, "\(query)")
      }
      let one = try await server.call("GET", Self.path + "/" + ids[1])
      #expect(one.text.contains(#""build_id": "12""#))
      #expect(one.text.contains(#""upstream_build_id": "8""#))
      for parameter in ["build_id", "upstream_build_id", "last", "period", "page"] {
        let answer = try await server.call("GET", Self.path + "?\(parameter)=x")
        #expect(answer.statusLine == "HTTP/1.1 400 \(parameter) must be int")
      }
      let late = try await server.call("GET", Self.path + "?page=2")
      #expect(late.statusLine == "HTTP/1.1 400 Request page > total_pages [1]")
    }
  }

  @Test func aRepeatedRequestAddsNothing() async throws {
    try await TestServer.run { server in
      try await server.declare()
      let key = ["Idempotency-Key: deploy.1"]
      let first = try await server.call("POST", Self.path, json: Self.body(#""build_id": 1"#), headers: key)
      let second = try await server.call("POST", Self.path, json: Self.body(#""build_id": 1"#), headers: key)
      #expect(first.statusLine == "HTTP/1.1 200 OK")
      #expect(first.text == second.text)
      let all = try object(try await server.call("GET", Self.path))["deployresults"] as? [Any]
      #expect(all?.count == 1)
    }
  }
}
