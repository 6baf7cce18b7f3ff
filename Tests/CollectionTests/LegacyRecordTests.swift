import Testing

/// Pods, projects and cases on the paths of 2015 and early 2016, against a real server.
@Suite struct LegacyRecordTests {
  private static let date = "2026-11-21 01:36:34.123456"

  @Test func version() async throws {
    try await TestServer.run { server in
      let answer = try await server.call("GET", "/version")
      #expect(answer.statusLine == "HTTP/1.1 200 OK")
      #expect(answer.text == "Collection of test result API, v1")
      #expect(answer.headers["content-type"] == "text/html; charset=UTF-8")
      try await Step("POST", "/version", sending: "{}", "405 Method Not Allowed").check(server)
    }
  }

  @Test func pods() async throws {
    let first =
      #"{"_id": 1, "name": "pod-1", "mode": "metal", "details": {"a": 1.0}, "creation_date": "\#(Self.date)"}"#
    let second = #"{"_id": 2, "name": "7", "mode": "", "details": "", "creation_date": "\#(Self.date)"}"#
    try await run([
      Step("GET", "/pods", "200 OK", #"{"pods": [], "meta": {"total": 0, "success": false}}"#),
      Step("POST", "/pods", "400 Bad Request"),
      Step("POST", "/pods", sending: "null", "400 Bad Request"),
      Step("POST", "/pods", sending: "{}", "400 Bad Request"),
      Step("POST", "/pods", sending: #"{"name": ""}"#, "400 Bad Request"),
      Step("POST", "/pods", sending: #"{"name": 5}"#, "400 Bad Json format [name must be a string]"),
      Step(
        "POST", "/pods", sending: #"{"a""#, "400 Bad Json format [Expecting ':' delimiter: line 1 column 5 (char 4)]"),
      Step("POST", "/pods", sending: "[1]", "400 Bad Json format [Expecting an object]"),
      Step(
        "POST", "/pods", sending: #"{"name": "pod-1", "mode": "metal", "details": {"a": 1.0}}"#, "200 OK",
        #"{"pod": \#(first), "meta": {"success": true, "uri": "/pods/pod-1"}}"#),
      Step("POST", "/pods", sending: #"{"name": "pod-1"}"#, "403 pod-1 already exists as a pod"),
      Step("POST", "/api/v1/pods", sending: #"{"name": "7", "role": "community-ci"}"#, "200 OK"),
      Step("GET", "/pods", "200 OK", #"{"pods": [\#(first), \#(second)], "meta": {"total": 2, "success": true}}"#),
      Step("GET", "/pods/", "200 OK", #"{"pods": [\#(first), \#(second)], "meta": {"total": 2, "success": true}}"#),
      Step("GET", "/pods/1", "200 OK", #"{"pods": [\#(first)], "meta": {"total": 1, "success": true}}"#),
      Step("GET", "/pods/pod-1", "200 OK", #"{"pods": [\#(first)], "meta": {"total": 1, "success": true}}"#),
      Step("GET", "/pods/7", "200 OK", #"{"pods": [\#(second)], "meta": {"total": 1, "success": true}}"#),
      Step("GET", "/pods/99999999999999999999", "200 OK", #"{"pods": [], "meta": {"total": 0, "success": false}}"#),
      Step("GET", "/api/v1/pods/pod-1", "200 OK", #"{"_id": "…", "name": "pod-1", "mode": "metal", …"#),
      Step("DELETE", "/pods/1", "405 Method Not Allowed"),
      Step("PUT", "/pods", sending: "{}", "405 Method Not Allowed"),
      Step("GET", "/pods/a/b", "404 Not Found"),
    ])
  }

  /// A number stands in the configuration of clients: it is never given to another pod, and comes back with the name.
  @Test func numbersOfPodsAreNotReused() async throws {
    try await run([
      Step("POST", "/pods", sending: #"{"name": "a"}"#, "200 OK", #"{"pod": {"_id": 1, …"#),
      Step("POST", "/pods", sending: #"{"name": "b"}"#, "200 OK", #"{"pod": {"_id": 2, …"#),
      Step("DELETE", "/api/v1/pods/b", "200 OK", ""),
      Step("GET", "/pods/2", "200 OK", #"{"pods": [], …"#),
      Step("POST", "/api/v1/pods", sending: #"{"name": "c"}"#, "200 OK"),
      Step("GET", "/pods/3", "200 OK", #"{"pods": [{"_id": 3, "name": "c", …"#),
      Step("POST", "/pods", sending: #"{"name": "b"}"#, "200 OK", #"{"pod": {"_id": 2, …"#),
    ])
  }

  @Test func projects() async throws {
    let path = "/test_projects"
    func record(_ name: String, _ description: String) -> String {
      #"{"_id": "…", "name": "\#(name)", "description": \#(description), "creation_date": "\#(Self.date)", "test_cases": 0}"#
    }
    try await run([
      Step("GET", path, "200 OK", #"{"test_projects": [], "meta": {"total": 0, "success": false}}"#),
      Step("POST", path, "400 Bad Request"),
      Step("POST", path, sending: "{}", "400 Bad Request"),
      Step("POST", path, sending: "x", "400 Bad Json format [Expecting value: line 1 column 1 (char 0)]"),
      Step("POST", path, sending: #"{"name": "functest", "description": "d"}"#, "200 OK", record("functest", #""d""#)),
      Step("POST", path, sending: #"{"name": "functest"}"#, "403 functest already exists as a project"),
      Step("POST", "/api/v1/projects", sending: #"{"name": "other"}"#, "200 OK"),
      Step(
        "GET", path, "200 OK",
        #"{"test_projects": [\#(record("functest", #""d""#)), \#(record("other", "null"))], "#
          + #""meta": {"total": 2, "success": true}}"#),
      Step(
        "GET", path + "/other", "200 OK",
        #"{"test_projects": [\#(record("other", "null"))], "meta": {"total": 1, "success": true}}"#),
      Step(
        "GET", path + "/nope", "200 OK", #"{"test_projects": [], "meta": {"total": 0, "success": false}}"#),
      Step("PUT", path + "/other", "400 Bad Request"),
      Step("PUT", path + "/nope", sending: #"{"name": "x"}"#, "404 nope could not be found"),
      Step("PUT", path + "/other", sending: #"{"name": "functest"}"#, "403 functest already exists as a project"),
      Step("PUT", path + "/other", sending: #"{"name": "other", "unknown": 1}"#, "403 Nothing to update"),
      Step("PUT", path + "/other", sending: #"{"name": "", "description": null}"#, "403 Nothing to update"),
      Step("PUT", path + "/other", sending: #"{"name": []}"#, "400 Bad Json format [name must be a string]"),
      Step(
        "PUT", path + "/other", sending: #"{"name": "new", "description": "e"}"#, "200 OK",
        #"{"message": "success", "content": \#(record("new", #""e""#))}"#),
      Step("GET", "/api/v1/projects/new", "200 OK", #"{"_id": "…", "name": "new", "description": "e", …"#),
      Step("DELETE", path + "/other", "404 other could not be found as a project to be deleted"),
      Step("POST", path + "/new/cases", sending: #"{"name": "vPing"}"#, "200 OK"),
      Step("DELETE", path + "/new", "403 Selected resource is associated with other resources"),
      Step(
        "PUT", path + "/new", sending: #"{"name": "n"}"#, "403 Selected resource is associated with other resources"),
      Step("DELETE", path + "/new/cases/vPing", "200 OK", #"{"message": "success"}"#),
      Step("DELETE", path + "/new", "200 OK", #"{"message": "success"}"#),
      Step("DELETE", path, "405 Method Not Allowed"),
      Step("POST", path + "/functest", sending: "{}", "405 Method Not Allowed"),
      Step("GET", path + "/functest/nope", "404 Not Found"),
    ])
  }

  @Test func cases() async throws {
    let path = "/test_projects/functest/cases"
    func record(_ name: String, _ description: String = "null", _ url: String = "null") -> String {
      #"{"_id": "…", "name": "\#(name)", "description": \#(description), "url": \#(url), "#
        + #""creation_date": "\#(Self.date)"}"#
    }
    try await run([
      Step("POST", path, sending: #"{"name": "vPing"}"#, "403 Could not find project functest"),
      Step("GET", path, "200 OK", #"{"test_cases": [], "meta": {"total": 0, "success": false}}"#),
      Step("POST", "/test_projects", sending: #"{"name": "functest"}"#, "200 OK"),
      Step("POST", path, "400 Bad Request"),
      Step("POST", path, sending: #"{"name": null}"#, "400 Bad Request"),
      Step(
        "POST", path, sending: #"{"name": "vPing", "description": "d", "url": "u"}"#, "200 OK",
        record("vPing", #""d""#, #""u""#)),
      Step("POST", path, sending: #"{"name": "vPing"}"#, "403 vPing already exists as a case in project functest"),
      Step("POST", "/api/v1/projects/functest/cases", sending: #"{"name": "Tempest"}"#, "200 OK"),
      Step(
        "GET", path, "200 OK",
        #"{"test_cases": [\#(record("vPing", #""d""#, #""u""#)), \#(record("Tempest"))], "#
          + #""meta": {"total": 2, "success": true}}"#),
      Step(
        "GET", path + "/Tempest", "200 OK",
        #"{"test_cases": [\#(record("Tempest"))], "meta": {"total": 1, "success": true}}"#),
      Step("GET", path + "/nope", "200 OK", #"{"test_cases": [], "meta": {"total": 0, "success": false}}"#),
      Step("PUT", path + "/nope", sending: "{}", "404 nope could not be found as a functest case to be updated"),
      Step("PUT", path + "/vPing", "400 Bad Request"),
      Step("PUT", path + "/vPing", sending: #"{"name": "vPing", "url": "u"}"#, "403 Nothing to update"),
      Step(
        "PUT", path + "/vPing", sending: #"{"name": "Tempest"}"#,
        "403 Tempest already exists as a case in project functest"),
      Step("PUT", path + "/vPing", sending: #"{"project_name": "other"}"#, "400 project_name cannot be changed"),
      Step(
        "PUT", path + "/vPing", sending: #"{"name": "ping", "project_name": "functest", "description": "e"}"#, "200 OK",
        #"{"message": "success", "content": \#(record("ping", #""e""#, #""u""#))}"#),
      Step("DELETE", path + "/vPing", "404 functest/vPing could not be found as a case to be deleted"),
      Step("DELETE", path + "/ping", "200 OK", #"{"message": "success"}"#),
    ])
  }
}
