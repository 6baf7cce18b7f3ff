import Foundation
import Testing

/// Results of clients of 2015 and early 2016, and that they are the same as everybody else's.
@Suite struct LegacyResultTests {
  /// The example of the page of 2015, as it stands there.
  private static let documented =
    #"{"details": {"timestart": 123456, "duration": 66, "status": "OK"}, "project_name": "functest", "pod_id": 1, "#
    + #""case_name": "vPing"}"#
  private static let date = "2026-11-21 01:36:34.123456"
  private static let declared = [
    Step("POST", "/api/v1/pods", sending: #"{"name": "pod1"}"#, "200 OK"),
    Step("POST", "/api/v1/projects", sending: #"{"name": "functest"}"#, "200 OK"),
    Step("POST", "/api/v1/projects/functest/cases", sending: #"{"name": "vPing"}"#, "200 OK"),
  ]

  @Test func theDocumentedCalls() async throws {
    let first =
      #"{"_id": "…", "case_name": "vPing", "project_name": "functest", "pod_id": 1, "description": null, "#
      + #""creation_date": "\#(Self.date)", "details": {"timestart": 123456, "duration": 66, "status": "OK"}}"#
    let shown =
      #"{"_id": "…", "case_name": "vPing", "project_name": "functest", "pod_id": 1, "pod_name": "pod1", "#
      + #""version": null, "installer": null, "description": null, "creation_date": "\#(Self.date)", "#
      + #""details": {"timestart": 123456, "duration": 66, "status": "OK"}}"#
    try await run(
      Self.declared + [
        Step("POST", "/results", sending: Self.documented, "200 OK", first),
        Step("POST", "/results", sending: Self.documented, "200 OK", first),
        Step(
          "GET", "/results?projects=functest&case=vPing", "200 OK",
          #"{"test_results": [\#(shown), \#(shown)], "meta": {"total": 2}}"#),
        Step(
          "GET", "/test_projects", "200 OK",
          #"{"test_projects": [{…"name": "functest", …"test_cases": 0}], "meta": {"total": 1, "success": true}}"#),
        Step(
          "GET", "/test_projects/functest/cases", "200 OK",
          #"{"test_cases": [{…"name": "vPing", …}], "meta": {"total": 1, "success": true}}"#),
        Step(
          "GET", "/api/v1/results?case=vPing", "200 OK",
          #"{"results": [{"_id": "…", "pod_name": "pod1", "project_name": "functest", "case_name": "vPing", "#
            + #""installer": null, "version": null, "scenario": null, "criteria": null, "build_tag": null, "#
            + #""start_date": null, "stop_date": null, "details": {"timestart": 123456, …"#),
      ])
  }

  @Test func secondGeneration() async throws {
    let record =
      #"{"_id": "…", "case_name": "vPing", "project_name": "functest", "pod_id": 1, "pod_name": "pod1", "#
      + #""version": "master", "installer": "fuel", "description": "d", "creation_date": "\#(Self.date)", "details": {}}"#
    try await run(
      Self.declared + [
        Step(
          "POST", "/results",
          sending: resultBody(
            #""version": "master", "installer": "fuel", "description": "d", "details": {}"#, testCase: "vPing"),
          "200 OK", record),
        Step("GET", "/results", "200 OK", #"{"test_results": [\#(record)], "meta": {"total": 1}}"#),
        // A later client's criteria, scenario and tag are kept for those who ask for them.
        Step(
          "POST", "/results",
          sending: resultBody(#""criteria": "PASS", "build_tag": "b-1", "scenario": "s""#, testCase: "vPing"), "200 OK"),
        Step(
          "GET", "/api/v1/results?build_tag=b-1", "200 OK",
          #"{"results": [{…"scenario": "s", "criteria": "PASS", "build_tag": "b-1", …"#),
        Step("POST", "/api/v1/results", sending: resultBody(testCase: "vPing"), "200 OK"),
        Step("GET", "/results", "200 OK", #"{"test_results": […], "meta": {"total": 3}}"#),
      ])
  }

  /// The page of a 404, whose message ends in a blank. On the status line nobody sees that.
  private func page(_ message: String) -> String {
    "<html><title>404: \(message)</title><body>404: \(message)</body></html>"
  }

  @Test func whatIsCheckedAndInWhichOrder() async throws {
    func body(_ pod: String, project: String = "functest", testCase: String = "vPing") -> String {
      #"{"project_name": "\#(project)", "case_name": "\#(testCase)", \#(pod)}"#
    }
    try await run([
      Step("POST", "/results", "400 Bad Request"),
      Step("POST", "/results", sending: "null", "400 Bad Request"),
      Step("POST", "/results", sending: "[]", "400 Bad Json format [Expecting an object]"),
      Step("POST", "/results", sending: #"{"project_name": "functest"}"#, "400 Bad Request"),
      Step("POST", "/results", sending: #"{"project_name": "functest", "case_name": "c"}"#, "400 Bad Request"),
      Step("POST", "/results", sending: #"{"case_name": "c", "pod_id": 1}"#, "400 Bad Request"),
      Step(
        "POST", "/results", sending: body(#""pod_id": 1"#, project: "x", testCase: "y"),
        "404 Could not find project [x]", page("Could not find project [x] ")),
      Step(
        "POST", "/results", sending: body(#""pod_name": "z""#, project: "x", testCase: "y"),
        "404 Could not find project [x]", page("Could not find project [x] ")),
      Step("POST", "/api/v1/projects", sending: #"{"name": "functest"}"#, "200 OK"),
      Step(
        "POST", "/results", sending: body(#""pod_id": 1"#, testCase: "y"), "404 Could not find case [y]",
        page("Could not find case [y] ")),
      Step("POST", "/api/v1/projects/functest/cases", sending: #"{"name": "vPing"}"#, "200 OK"),
      Step(
        "POST", "/results", sending: body(#""pod_id": 1"#), "404 Could not find POD [1]",
        page("Could not find POD [1] ")),
      Step(
        "POST", "/results", sending: body(#""pod_name": "z""#), "404 Could not find POD [z]",
        page("Could not find POD [z] ")),
      Step("POST", "/api/v1/pods", sending: #"{"name": "pod1"}"#, "200 OK"),
      Step(
        "POST", "/results", sending: body(#""pod_id": 1"#, project: "x"), "404 Could not find project [x]",
        page("Could not find project [x] ")),
      Step(
        "POST", "/results", sending: body(#""pod_id": 0"#), "404 Could not find POD [0]",
        page("Could not find POD [0] ")),
      Step(
        "POST", "/results", sending: body(#""pod_id": -1"#), "404 Could not find POD [-1]",
        page("Could not find POD [-1] ")),
      Step(
        "POST", "/results", sending: body(#""pod_id": 1e400"#), "404 Could not find POD [1e400]",
        page("Could not find POD [1e400] ")),
      Step(
        "POST", "/results", sending: body(#""pod_id": true"#), "404 Could not find POD [true]",
        page("Could not find POD [true] ")),
      Step(
        "POST", "/results", sending: body(#""pod_id": [1]"#), "404 Could not find POD [[1]]",
        page("Could not find POD [[1]] ")),
      Step(
        "POST", "/results", sending: body(#""pod_id": 9223372036854775808"#),
        "404 Could not find POD [9223372036854775808]", page("Could not find POD [9223372036854775808] ")),
      Step("POST", "/results", sending: body(#""pod_name": 5"#), "400 Bad Json format [pod_name must be a string]"),
      Step("POST", "/results", sending: body(#""pod_id": "1""#), "200 OK", #"{…"pod_id": 1, "description"…"#),
      Step("POST", "/results", sending: body(#""pod_id": 1.0"#), "200 OK", #"{…"pod_id": 1, "description"…"#),
      Step(
        "POST", "/results", sending: body(#""pod_id": 9, "pod_name": "pod1""#), "200 OK", #"{…"pod_name": "pod1", …"#),
      Step("PUT", "/results", sending: "{}", "405 Method Not Allowed"),
      Step("DELETE", "/results/x", "405 Method Not Allowed"),
    ])
  }

  @Test(arguments: [
    ("", 4), ("project=functest", 3), ("projects=functest", 3), ("project=functest&projects=x", 3), ("project=nope", 0),
    ("case=vPing", 3), ("case=vPing&project=functest", 2), ("pod=pod1", 2), ("pod=1", 2), ("pod=2", 2), ("pod=99", 0),
    ("pod_id=2", 2), ("pod_id=0", 0), ("version=master", 1), ("installer=fuel&version=master", 1),
    ("installer=apex", 0),
    ("period=1", 4), ("period=0", 4), ("period=-3", 4), ("period=99999999999999999999", 4), ("unknown=x", 4),
    ("criteria=PASS", 1), ("page=7", 4),
  ])
  func filters(_ query: String, _ count: Int) async throws {
    try await TestServer.run { server in
      try await server.declare(pod: "pod1", testCase: "vPing")
      try await server.declare(pod: "pod2", project: "functest", testCase: "Tempest")
      try await server.declare(pod: "pod2", project: "other", testCase: "vPing")
      for body in [
        #"{"project_name": "functest", "case_name": "vPing", "pod_id": 1}"#,
        #"{"project_name": "functest", "case_name": "vPing", "pod_name": "pod1", "installer": "fuel", "version": "master"}"#,
        #"{"project_name": "functest", "case_name": "Tempest", "pod_id": 2, "criteria": "PASS"}"#,
        #"{"project_name": "other", "case_name": "vPing", "pod_id": 2}"#,
      ] {
        #expect(try await server.call("POST", "/results", json: body).statusLine == "HTTP/1.1 200 OK")
      }
      let inQuery = try await server.call("GET", "/results?" + query)
      let list = try object(inQuery)
      #expect((list["test_results"] as? [Any])?.count == count)
      #expect((list["meta"] as? [String: Int]) == ["total": count])
      guard !query.isEmpty else { return }
      #expect(try await server.call("GET", "/results/" + query).text == inQuery.text)
      #expect(try await server.call("GET", "/results" + query).text == inQuery.text)
    }
  }

  @Test func badParametersAndSingleResults() async throws {
    try await TestServer.run { server in
      try await server.declare(pod: "pod1", testCase: "vPing")
      for step in [
        Step("GET", "/results?period=soon", "400 period must be int"),
        Step("GET", "/results?pod_id=one", "400 pod_id must be int"),
        Step("GET", "/results/period=soon", "400 period must be int"),
        Step("GET", "/results/case=%FF", "400 Bad Request"),
        Step("GET", "/results/case=a%00b", "400 Bad Request"),
        Step("GET", "/results/nope", "200 OK", #"{"test_results": [], "meta": {"total": 0}}"#),
        Step("GET", "/results/a/b", "404 Not Found"),
        Step("GET", "/resultsx", "404 Not Found"),
      ] { try await step.check(server) }
      let posted = try object(try await server.call("POST", "/results", json: Self.documented))
      let id = try #require(posted["_id"] as? String)
      try await Step(
        "GET", "/results/\(id)", "200 OK", #"{"test_results": [{"_id": "\#(id)", …}], "meta": {"total": 1}}"#
      )
      .check(server)
      try await Step("GET", "/api/v1/results/\(id)", "200 OK", #"{"_id": "\#(id)", …"#).check(server)
    }
  }

  /// A name in the path keeps what is escaped in it.
  @Test func escapesInThePath() async throws {
    try await TestServer.run { server in
      try await server.declare(pod: "pod1", testCase: "a&b=c")
      _ = try await server.call("POST", "/results", json: resultBody(testCase: "a&b=c"))
      try await Step("GET", "/results/project=functest&case=a%26b%3Dc", "200 OK", #"{…"meta": {"total": 1}}"#).check(
        server)
    }
  }

  /// More than a chunk is streamed, and the total stands at the end.
  @Test func manyResults() async throws {
    try await TestServer.run { server in
      try await server.declare(pod: "pod1", testCase: "vPing")
      let connection = try server.connect()
      for _ in 0..<600 {
        _ = try await connection.exchange(TestServer.request("POST", "/results", json: Self.documented))
      }
      let answer = try await server.call("GET", "/results?project=functest")
      #expect(answer.isChunked)
      let list = try object(answer)
      let ids = (list["test_results"] as? [[String: Any]] ?? []).compactMap { $0["_id"] as? String }
      #expect(ids.count == 600 && ids == ids.sorted() && Set(ids).count == 600)
      #expect((list["meta"] as? [String: Int]) == ["total": 600])
    }
  }

  @Test func aRepeatedRequestAddsNothing() async throws {
    try await TestServer.run { server in
      try await server.declare(pod: "pod1", testCase: "vPing")
      let once = try await server.call("POST", "/results", json: Self.documented, headers: ["Idempotency-Key: k"])
      let twice = try await server.call("POST", "/results", json: Self.documented, headers: ["Idempotency-Key: k"])
      #expect(once.text == twice.text)
      try await Step("GET", "/results", "200 OK", #"{…"meta": {"total": 1}}"#).check(server)
    }
  }
}
