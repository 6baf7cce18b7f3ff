import Foundation
import Testing

/// The calls that the three projects' own documentation shows, with their documented answers: shapes and meanings hold,
/// generated values (`…`) differ.
@Suite struct DocumentedCallTests {
  @Test func arno() async throws {
    try await TestServer.run { server in
      try await server.declare(testCase: "vPing")
      let posted = #"""
        {"details": {"timestart": 123456, "duration": 66, "status": "OK"}, "project_name": "functest", "pod_id": 1,
         "case_name": "vPing"}
        """#
      try await Documented("POST", "/results", posted).check(server)
      try await Documented(
        "GET", "/test_projects",
        answer: #"""
          {"meta": {"total": 1, "success": true}, "test_projects": [{"test_cases": "…", "_id": "…",
           "creation_date": "…", "name": "functest", "description": "…"}]}
          """#
      ).check(server)
      try await Documented(
        "GET", "/test_projects/functest/cases",
        answer: #"""
          {"meta": {"total": 1, "success": true}, "test_cases": [{"_id": "…", "creation_date": "…", "name": "vPing",
           "description": "…", "url": "…?"}]}
          """#
      ).check(server)
      try await Documented(
        "GET", "/results?projects=functest&case=vPing",
        answer: #"""
          {"meta": {"total": 1}, "test_results": [{"project_name": "functest", "description": null,
           "creation_date": "…", "case_name": "vPing",
           "details": {"timestart": 123456, "duration": 66, "status": "OK"}, "_id": "…", "pod_id": 1,
           "pod_name": "…?", "version": "…?", "installer": "…?"}]}
          """#
      ).check(server)
      try await Documented(
        "GET", "/dashboard?project=functest&case=vPing",
        answer: #"""
          {"dashboard": [{"description": "vPing results for Dashboard"},
            {"info": {"xlabel": "time", "type": "graph", "ylabel": "duration (s)"}, "name": "vPing duration",
             "data_set": [{"y": 66, "x": "…"}]},
            {"info": {"type": "bar"}, "data_set": [{"Nb Success": 1, "Nb tests": 1}], "name": "vPing status"}],
           "meta": {}}
          """#
      ).check(server)
    }
  }

  /// The client function posts to `db_url + "/results"` without criteria.
  @Test func colorado() async throws {
    try await TestServer.run { server in
      try await server.declare()
      let posted = #"""
        {"project_name": "functest", "case_name": "vping", "pod_name": "pod1", "installer": "fuel",
         "version": "colorado", "details": {"duration": 66}}
        """#
      try await Documented("POST", "/api/v1/results", posted, answer: #"{"href": "…"}"#).check(server)
    }
  }

  @Test func paddles() async throws {
    try await TestServer.run { server in
      let name = "teuthology-2013-09-01_23:59:59-rados-master-testing-basic-plana"
      let run = "/paddles/runs/\(name)/"
      try await Documented("POST", "/paddles/runs/", #"{"name": "\#(name)"}"#, answer: "{}").check(server)
      try await Documented("GET", run + "jobs/", answer: "[]").check(server)
      try await Documented(
        "POST", run + "jobs/", #"{"job_id": "1500", "unheard_of": 1}"#, answer: #"{"job_id": "1500"}"#
      )
      .check(server)
      try await Documented("PUT", run + "jobs/1500/", #"{"status": "running", "job_id": "9"}"#, answer: "{}").check(
        server)
      let jobs = try await Documented("GET", run + "jobs/").check(server) as? [[String: Any]]
      let job = try #require(jobs?.first)
      #expect(job["job_id"] as? String == "1500" && job["status"] as? String == "running")
      #expect(job["archive_path"] is NSNull && job["kernel"] is NSNull && job["unheard_of"] == nil)
      let runs = try await Documented("GET", "/paddles/runs/").check(server) as? [[String: Any]]
      let shown = try #require(runs?.first)
      #expect((shown["href"] as? [String])?.count == 1 && shown["status"] as? String == "running")
      let results = try #require(shown["results"] as? [String: Any])
      #expect(results["running"] as? Int == 1 && results["pass"] as? Int == 0 && results["fail"] as? Int == 0)
    }
  }

  @Test func avocado() async throws {
    try await TestServer.run { server in
      let root = "http://collector.test:8000/avocado"
      let resources = [
        "jobstatuses", "teststatuses", "softwarecomponentkinds", "softwarecomponentarches", "softwarecomponents",
        "linuxdistros", "testenvironments", "jobs",
      ]
      let index = "{" + resources.map { "\"\($0)\": \"\(root)/\($0)/\"" }.joined(separator: ", ") + "}"
      try await Documented("GET", "/avocado/", answer: index).check(server)
      try await Documented("GET", "/avocado/version/", answer: #"{"version": "…"}"#).check(server)
      try await Documented("POST", "/avocado/jobs/", #"{"status": "RUNNING"}"#, status: 201).check(server)
      let added = #"{"status": "test added"}"#
      for (tag, status) in [("a", "PASS"), ("newtest", "PASS"), ("failtest", "FAIL"), ("b", "PASS")] {
        try await Documented(
          "POST", "/avocado/jobs/1/tests/", #"{"tag": "\#(tag)", "status": "\#(status)"}"#, answer: added
        ).check(server)
      }
      try await Documented(
        "POST", "/avocado/jobs/1/activities/", #"{"activity": "JOB_FINISHED", "time": "2013-05-02 00:01:01"}"#,
        answer: #"{"status": "job activity added"}"#
      ).check(server)
      try await Documented("GET", "/avocado/jobs/1/passrate/", answer: #"{"passrate": 75.0}"#).check(server)
      let activity = #"{"status": "test activity added"}"#
      let activities = "/avocado/jobs/1/tests/1/activities/"
      try await Documented(
        "POST", activities, #"{"activity": "TEST_STARTED", "time": "2013-05-02 00:00:01"}"#, answer: activity
      ).check(server)
      try await Documented(
        "POST", activities, #"{"activity": "TEST_ENDED", "time": "2013-05-02 00:00:04", "status": "FAIL"}"#,
        answer: activity
      ).check(server)
      try await Documented(
        "GET", activities,
        answer: #"""
          {"count": 2, "next": null, "previous": null, "results": [
            {"test": 1, "activity": "TEST_STARTED", "time": "2013-05-02T05:00:01Z", "status": null},
            {"test": 1, "activity": "TEST_ENDED", "time": "2013-05-02T05:00:04Z", "status": "FAIL"}]}
          """#
      ).check(server)
      let data = "/avocado/jobs/1/tests/1/data/"
      for body in [
        #"{"category": "sysinfo", "key": "cmdline", "value": "BOOT_IMAGE=/vmlinuz"}"#,
        #"{"category": "log_file_path", "key": "debug.log", "value": ""}"#,
      ] {
        try await Documented("POST", data, body, answer: #"{"status": "test data added"}"#).check(server)
      }
      let jobs = try await Documented("GET", "/avocado/jobs/?ordering=-time").check(server) as? [String: Any]
      #expect(jobs?["count"] as? Int == 1 && jobs?["next"] is NSNull && jobs?["previous"] is NSNull)
      let job = try #require((jobs?["results"] as? [[String: Any]])?.first)
      #expect((job["tests"] as? [[String: Any]])?.count == 4 && (job["activities"] as? [Any])?.count == 1)
      try await Documented("GET", "/avocado/jobs/?page=99", status: 404, answer: #"{"detail": "Not found"}"#).check(
        server)
      let unknown = try await server.call("GET", "/avocado/nosuch/")
      #expect(
        unknown.statusLine.hasPrefix("HTTP/1.1 404") && unknown.headers["content-type"]?.hasPrefix("text/html") == true)
    }
  }
}

/// A documented call and what its answer must look like.
private struct Documented {
  var verb: String
  var target: String
  var body: String?
  var status = 200
  var answer: String?

  /// In `answer`, `"…"` stands for any value, and `"…?"` for one that may be missing, too. Nil: any JSON.
  init(_ verb: String, _ target: String, _ body: String? = nil, status: Int = 200, answer: String? = nil) {
    self.verb = verb
    self.target = target
    self.body = body
    self.status = status
    self.answer = answer
  }

  @discardableResult
  func check(_ server: TestServer, _ location: SourceLocation = #_sourceLocation) async throws -> Any {
    let found = try await server.call(verb, target, json: body)
    #expect(
      found.statusLine.hasPrefix("HTTP/1.1 \(status) "), "\(found.statusLine) \(found.text)", sourceLocation: location)
    let document = try JSONSerialization.jsonObject(with: Data(found.body), options: .fragmentsAllowed)
    if let answer {
      let expected = try JSONSerialization.jsonObject(with: Data(answer.utf8))
      #expect(Self.holds(document, expected), "\(verb) \(target): \(found.text)", sourceLocation: location)
    }
    return document
  }

  private static func holds(_ found: Any?, _ expected: Any) -> Bool {
    if let text = expected as? String, text == "…" { return found != nil }
    if let text = expected as? String, text == "…?" { return true }
    if let expected = expected as? [String: Any] {
      guard let found = found as? [String: Any], Set(found.keys).isSubset(of: expected.keys) else { return false }
      return expected.allSatisfy { holds(found[$0], $1) }
    }
    if let expected = expected as? [Any] {
      guard let found = found as? [Any], found.count == expected.count else { return false }
      return zip(found, expected).allSatisfy { holds($0, $1) }
    }
    return (found as? NSObject) == (expected as? NSObject)
  }
}
