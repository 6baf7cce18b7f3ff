import Collection
import Model
import Testing

/// The Test API under the bases of the public servers, and others.
@Suite struct LegacyBasesTests {
  @Test(arguments: ["", "/test", "/testapi"])
  func everyGenerationUnderEachBase(_ base: String) async throws {
    let host = "http://collector.test:8000"
    try await run([
      Step(
        "POST", base + "/api/v1/pods", sending: #"{"name": "p"}"#, "200 OK",
        #"{"href": "\#(host)\#(base)/api/v1/pods/p"}"#),
      Step("POST", base + "/test_projects", sending: #"{"name": "functest"}"#, "200 OK"),
      Step("POST", base + "/test_projects/functest/cases", sending: #"{"name": "vPing"}"#, "200 OK"),
      Step(
        "POST", base + "/results", sending: #"{"project_name": "functest", "case_name": "vPing", "pod_id": 1}"#,
        "200 OK"),
      Step(
        "POST", base + "/api/v1/results", sending: resultBody(pod: "p", testCase: "vPing"), "200 OK",
        #"{"href": "\#(host)\#(base)/api/v1/results/…"}"#),
      Step("GET", base + "/results/project=functest&case=vPing", "200 OK", #"{…"meta": {"total": 2}}"#),
      Step("GET", "/api/v1/results", "200 OK", #"{"results": [{…}, {…}], "pagination": …"#),
      Step("GET", base + "/versions", "200 OK", #"{"versions": …"#),
      Step("GET", base + "/dashboard/v1/projects", "200 OK", #"["bottlenecks", …"#),
      Step("GET", base + "/dashboard", "404 error:Project name missing"),
      Step("GET", base + "/nope", "404 Not Found"),
    ])
  }

  @Test func furtherBases() async throws {
    try await TestServer.run(testAPIBases: ["/lab/test/", "lab"]) { server in
      for path in ["/lab/test/api/v1/pods", "/lab/pods", "/pods", "/lab/test/test_projects"] {
        try await Step("GET", path, "200 OK").check(server)
      }
      try await Step("GET", "/testapi/pods", "404 Not Found").check(server)
      try await Step(
        "POST", "/lab/test/api/v1/pods", sending: #"{"name": "p"}"#, "200 OK",
        #"{"href": "http://collector.test:8000/lab/test/api/v1/pods/p"}"#
      ).check(server)
    }
  }

  @Test(arguments: ["", "/", "..", "a/../b", "a b", "é", "a?b", "paddles", "avocado/x", "ui", "metrics"])
  func refusedBases(_ base: String) async throws {
    await #expect(throws: Fault.self) { try await TestServer.run(testAPIBases: [base]) { _ in } }
  }
}
