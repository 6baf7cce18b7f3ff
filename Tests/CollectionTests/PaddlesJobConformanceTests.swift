import Foundation
import Testing

@Suite struct PaddlesJobConformanceTests {
  private static let now = "2026-11-21 00:36:34.123456"
  private static let jobs = "/runs/r/jobs/"

  @Test func everyVerb() async throws {
    let jobs = Self.jobs
    let job =
      #"{"log_href": "http://qa-proxy.ceph.com/teuthology/r/77/teuthology.log", "archive_path": null, …"#
      + #""job_id": "77", …}"#
    try await run([
      PaddlesStep("GET", jobs, 404, "<…"),
      PaddlesStep("GET", jobs + "77/", 404, "<…"),
      PaddlesStep("POST", jobs, sending: #"{"job_id": "77"}"#, 200, #"{"job_id": "77"}"#),
      PaddlesStep("POST", jobs, sending: #"{"job_id": 77}"#, 400, "job with job_id 77 already exists"),
      PaddlesStep("GET", jobs, 200, "[" + job + "]"),
      PaddlesStep("GET", "/runs/r/jobs", 200, "[" + job + "]"),
      PaddlesStep("GET", jobs + "77/", 200, job),
      PaddlesStep("GET", jobs + "77", 200, job),
      PaddlesStep("POST", jobs + "77/", sending: "x", 200, job),
      PaddlesStep("GET", "/runs/r/", 200, #"{"name": "r"…"jobs": ["# + job + "]}"),
      PaddlesStep("PUT", jobs + "78/", sending: "{}", 404, "attempted to update a non-existent job"),
      PaddlesStep("PUT", "/runs/s/jobs/77/", sending: "{}", 404, "attempted to update a non-existent job"),
      PaddlesStep("PUT", jobs + "77/", sending: #"{"job_id": "99", "pid": 12}"#, 200, "{}"),
      PaddlesStep("GET", jobs + "99/", 404, "<…"),
      PaddlesStep("GET", jobs + "77/", 200, #"{…"job_id": "77", …"pid": "12", …}"#),
      PaddlesStep("DELETE", jobs + "78/", 404, "attempted to delete a non-existent job"),
      PaddlesStep("DELETE", "/runs/s/jobs/77/", 404, "attempted to delete a non-existent job"),
      PaddlesStep("DELETE", jobs + "77/", 200, "{}"),
      PaddlesStep("GET", jobs, 200, "[]"),
      PaddlesStep("POST", jobs, sending: #"{"name": "x"}"#, 200, #"{"job_id": "1"}"#),
      PaddlesStep("POST", jobs, sending: #"{"job_id": "3"}"#, 200, #"{"job_id": "3"}"#),
      PaddlesStep("POST", jobs, sending: #"{"job_id": null, "name": "x"}"#, 200, #"{"job_id": "4"}"#),
      PaddlesStep("POST", jobs, sending: #"{"job_id": ""}"#, 200, #"{"job_id": "5"}"#),
      PaddlesStep("DELETE", "/runs/r/", 200),
      PaddlesStep("GET", "/jobs/", 200, "[]"),
    ])
  }

  @Test func bodiesThatAreNone() async throws {
    let bad = ["", "x", "[]", "null", "7", #"[{"job_id": "1"}]"#]
    try await run(
      (bad + ["{}"]).map { PaddlesStep("POST", Self.jobs, sending: $0, 400, "could not decode JSON body") }
        + [PaddlesStep("GET", "/runs/", 200, "[]"), PaddlesStep("POST", Self.jobs, sending: #"{"job_id": "1"}"#, 200)]
        + bad.map { PaddlesStep("PUT", Self.jobs + "1/", sending: $0, 400, "could not decode JSON body") }
        + (bad + [#"{"status": "nope"}"#]).map {
          PaddlesStep("PUT", Self.jobs + "2/", sending: $0, 404, "attempted to update a non-existent job")
        }
        + [PaddlesStep("PUT", Self.jobs + "1/", sending: "{}", 200, "{}")])
  }

  @Test func everyKeyComesBackAsItsColumnKeepsIt() async throws {
    let sent = #"""
      {"archive-path": "/a", "description": "rados/ü", "duration": 66.5, "email": null, "failure_reason": "a\nb",
      "flavor": "basic", "job_id": 7, "kernel": {"b": 1.0, "a": [1e400]}, "last_in_suite": 1, "machine_type": "plana",
      "name": "r", "nuke-on-error": "true", "os_type": "ubuntu", "os_version": 22.04, "overrides": {}, "owner": "o@h",
      "pid": 12, "roles": [["a"]], "sentry_event": "s", "status": "waiting", "success": null, "branch": "main",
      "seed": "5", "sha1": "abc", "subset": "1/2", "suite": "rados", "suite_branch": "sb", "suite_path": "sp",
      "suite_relpath": "qa", "suite_repo": "sr", "suite_sha1": "ss", "targets": {"u@h": "key"}, "tasks": ["x"],
      "timestamp": "2013-9-25_23:00:06", "teuthology_branch": "tb", "verbose": false, "pcp_grafana_url": "g",
      "priority": "100", "user": "me", "queue": "q", "package_source": "p", "posted": "x", "started": "x",
      "comment": "x", "id": 9, "unknown": {}, "updated": "2026-11-21 03:00:00.5"}
      """#.replacing("\n", with: " ")
    let kept =
      #"{"log_href": "http://qa-proxy.ceph.com/teuthology/r/7/teuthology.log", "archive_path": "/a", "#
      + #""description": "rados/ü", "duration": 67, "email": null, "failure_reason": "a\nb", "flavor": "basic", "#
      + #""job_id": "7", "kernel": {"b": 1.0, "a": [1e400]}, "last_in_suite": true, "machine_type": "plana", "#
      + #""name": "r", "nuke_on_error": true, "os_type": "ubuntu", "os_version": "22.04", "overrides": {}, "#
      + #""owner": "o@h", "pid": "12", "roles": [["a"]], "sentry_event": "s", "status": "waiting", "success": null, "#
      + #""branch": "main", "seed": 5, "sha1": "abc", "subset": "1/2", "suite": "rados", "suite_branch": "sb", "#
      + #""suite_path": "sp", "suite_relpath": "qa", "suite_repo": "sr", "suite_sha1": "ss", "#
      + #""targets": {"u@h": "key"}, "#
      + #""tasks": ["x"], "timestamp": "2013-09-25 23:00:06", "teuthology_branch": "tb", "verbose": false, "#
      + #""pcp_grafana_url": "g", "priority": 100, "user": "me", "queue": "q", "package_source": "p", "#
      + #""posted": "\#(Self.now)", "started": null, "updated": "2026-11-21 02:00:00.500000"}"#
    try await run([
      PaddlesStep("POST", Self.jobs, sending: sent, 200, #"{"job_id": "7"}"#),
      PaddlesStep("GET", Self.jobs + "7/", 200, kept),
      PaddlesStep("GET", Self.jobs, 200, "[\(kept)]"),
      PaddlesStep("GET", "/jobs/", 200, "[\(kept)]"),
      PaddlesStep("GET", "/nodes/h/", 200, #"{"name": "h", …"machine_type": "plana", …}"#),
      // What is read can be sent back.
      PaddlesStep("PUT", Self.jobs + "7/", sending: kept, 200, "{}"),
      PaddlesStep("GET", Self.jobs + "7/", 200, kept.replacing("02:00:00.500000", with: "01:00:00.500000")),
    ])
  }

  @Test func valuesThatNoColumnKeeps() async throws {
    let faults = [
      (#""status": "finished""#, "'status' must be one of dead, fail, pass, queued, running, unknown, waiting"),
      (#""status": null"#, "'status' must be one of dead, fail, pass, queued, running, unknown, waiting"),
      (#""status": 5"#, "'status' must be one of dead, fail, pass, queued, running, unknown, waiting"),
      (#""timestamp": "yesterday""#, "'timestamp' must match %Y-%m-%d_%H:%M:%S"),
      (#""timestamp": "2013-02-30_00:00:00""#, "'timestamp' must match %Y-%m-%d_%H:%M:%S"),
      (#""timestamp": "9999-01-01_00:00:00""#, "'timestamp' must match %Y-%m-%d_%H:%M:%S"),
      (#""timestamp": 5"#, "'timestamp' must match %Y-%m-%d_%H:%M:%S"),
      (#""updated": "2013""#, "'updated' must match %Y-%m-%d %H:%M:%S"),
      (#""duration": "long""#, "'duration' must be an integer"),
      (#""duration": 1e30"#, "'duration' must be an integer"),
      (#""seed": 9223372036854775808"#, "'seed' must be an integer"),
      (#""priority": []"#, "'priority' must be an integer"),
      (#""verbose": "maybe""#, "'verbose' must be a boolean"),
      (#""success": {}"#, "'success' must be a boolean"),
      (#""pid": [1]"#, "'pid' must be a string"),
      (#""name": {"a": 1}"#, "'name' must be a string"),
      (#""owner": "a\u0000""#, "'owner' must not hold a NUL"),
      (#""os-version": "\#(String(repeating: "x", count: 17))""#, "'os_version' must not have more than 16 characters"),
      (#""sha1": "\#(String(repeating: "x", count: 41))""#, "'sha1' must not have more than 40 characters"),
      (#""job_id": "\#(String(repeating: "7", count: 33))""#, "'job_id' must not have more than 32 characters"),
      (#""job_id": ".""#, "'job_id' must not be . or .."), (#""job_id": "..""#, "'job_id' must not be . or .."),
    ]
    try await run(
      [PaddlesStep("POST", "/runs/r/jobs/", sending: #"{"job_id": "1", "owner": "me"}"#, 200)]
        + faults.flatMap { member, message in
          [
            PaddlesStep("POST", "/runs/r/jobs/", sending: "{\(member)}", 400, message),
            PaddlesStep("PUT", "/runs/r/jobs/1/", sending: "{\(member)}", 400, message),
          ]
        } + [
          PaddlesStep("GET", "/runs/r/jobs/?fields=job_id,owner", 200, #"[{"job_id": "1", "owner": "me"}]"#),
          PaddlesStep(
            "POST", "/runs/\(String(repeating: "x", count: 513))/jobs/", sending: #"{"job_id": "1"}"#, 400,
            "'name' must not have more than 512 characters"),
          PaddlesStep(
            "POST", "/runs/r/jobs/", sending: #"{"os_version": "\#(String(repeating: "ä", count: 16))"}"#, 200),
        ])
  }

  @Test func listsOfOneRun() async throws {
    try await run([
      PaddlesStep("POST", "/runs/r/jobs/", sending: #"{"job_id": "9", "status": "queued"}"#, 200),
      PaddlesStep("POST", "/runs/r/jobs/", sending: #"{"job_id": "10", "status": "pass"}"#, 200),
      PaddlesStep("POST", "/runs/s/jobs/", sending: #"{"job_id": "11", "status": "pass"}"#, 200),
      PaddlesStep("GET", "/runs/r/jobs/?fields=job_id", 200, #"[{"job_id": "10"}, {"job_id": "9"}]"#),
      PaddlesStep(
        "GET", "/runs/r/jobs?fields=status,job_id&status=queued", 200, #"[{"status": "queued", "job_id": "9"}]"#),
      PaddlesStep("GET", "/runs/r/jobs/?status=dead", 200, "[]"),
      PaddlesStep("GET", "/runs/r/jobs/?fields=nope", 400, "an invalid field was specified"),
      PaddlesStep(
        "GET",
        "/runs/s/jobs/?fields=id,run_id,href,log_href,posted,started,updated,teuthology_sha1,repo,"
          + "sleep_before_teardown,issue_url,comment",
        200,
        #"[{"id": 3, "run_id": 2, "href": ["http://collector.test:8000/paddles/runs/s/jobs/11/"], "#
          + #""log_href": "http://qa-proxy.ceph.com/teuthology/s/11/teuthology.log", "posted": "\#(Self.now)", "#
          + #""started": null, "updated": "\#(Self.now)", "teuthology_sha1": null, "repo": null, "#
          + #""sleep_before_teardown": null, "issue_url": null, "comment": null}]"#),
      // Embedded jobs come in the order of their ids as text.
      PaddlesStep("GET", "/runs/r/", 200, #"{…"jobs": [{…"job_id": "10", …}, {…"job_id": "9", …}]}"#),
    ])
  }

  @Test func listsOfAllRuns() async throws {
    let known = [
      #""job_id": "1", "description": "x/thrash/a%b", "status": "pass", "sha1": "aa", "branch": "main", "user": "u""#,
      #""job_id": "2", "description": "rbd/Thrash", "status": "fail", "sha1": "ab", "branch": "main", "user": "v""#,
      #""job_id": "3", "status": "pass", "sha1": "aa", "branch": "next", "user": "u""#,
    ]
    let cases: [(String, [Int])] = [
      ("", [3, 2, 1]), ("?status=pass", [3, 1]), ("?sha1=aa", [3, 1]), ("?sha1=a", []), ("?branch=main", [2, 1]),
      ("?sha1=aa&branch=main", [3, 1]), ("?user=u&status=pass&sha1=aa", [3, 1]), ("?user=w", []),
      ("?description=thrash", [1]), ("?description=a%25b", [1]), ("?description=%25", [1]), ("?count=1", [3]),
      ("?count=1&page=2", [2]), ("?count=2&page=2", [1]), ("?count=2&page=9", []), ("?page=99999999999999999", []),
      ("?posted_after=2026-11-20", [3, 2, 1]), ("?posted_after=today", [3, 2, 1]), ("?posted_before=yesterday", []),
      ("?posted_after=2026-11-21%2000:36:35", []), ("?posted_before=2026-11-21_00:36:35&status=fail", [2]),
      ("?status=&description=&nonsense=1", [3, 2, 1]),
    ]
    try await TestServer.run { server in
      for members in known {
        try await PaddlesStep("POST", "/runs/r/jobs/", sending: "{\(members)}", 200).check(server)
      }
      for (query, ids) in cases {
        let answer = try await server.call("GET", "/paddles/jobs/" + query)
        let jobs = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]] ?? []
        #expect(jobs.compactMap { ($0["job_id"] as? String).flatMap { Int($0) } } == ids, "\(query)")
      }
      for (query, message) in [
        ("posted_after=x", "date format must match %Y-%m-%d"),
        ("posted_before=2026-13-01", "date format must match %Y-%m-%d"),
        ("count=x", "count must be an integer"), ("page=x", "page must be an integer"),
      ] {
        try await PaddlesStep("GET", "/jobs/?" + query, 400, message).check(server)
      }
    }
  }

  @Test func aRepeatedRequestAddsNothing() async throws {
    try await TestServer.run { server in
      for _ in 0..<2 {
        let made = try await server.call(
          "POST", "/paddles/runs/", json: #"{"name": "r"}"#, headers: ["Idempotency-Key: a"])
        #expect(made.text == "{}")
        let job = try await server.call(
          "POST", "/paddles/runs/r/jobs/", json: #"{"name": "x"}"#, headers: ["Idempotency-Key: a"])
        #expect(job.text == #"{"job_id": "1"}"#)
      }
      try await PaddlesStep("GET", "/runs/r/jobs/?fields=job_id", 200, #"[{"job_id": "1"}]"#).check(server)
    }
  }

  @Test func sixteenClientsAtOnceLoseNothing() async throws {
    try await TestServer.run { server in
      for id in 0..<16 {
        try await PaddlesStep("POST", "/runs/r/jobs/", sending: #"{"job_id": "\#(id)", "status": "queued"}"#, 200)
          .check(server)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for id in 0..<16 {
          group.addTask {
            let client = try server.connect()
            for status in ["running", "waiting", "running", id % 2 == 0 ? "pass" : "fail", "dead"] {
              let request = TestServer.request("PUT", "/paddles/runs/r/jobs/\(id)/", json: #"{"status": "\#(status)"}"#)
              #expect(try await client.exchange(request).text == "{}")
            }
          }
        }
        try await group.waitForAll()
      }
      let counts =
        #""results": {"queued": 0, "pass": 8, "running": 0, "waiting": 0, "fail": 8, "dead": 0, "unknown": 0, "#
      try await PaddlesStep("GET", "/runs/", 200, #"[{…"status": "finished fail", "# + counts + "…}]").check(server)
    }
  }

  @Test func manyJobsComeInPieces() async throws {
    try await TestServer.run { server in
      let client = try server.connect()
      let text = String(repeating: "x", count: 60_000)
      for id in 100..<140 {
        let body = #"{"job_id": "\#(id)", "tasks": ["\#(text)"]}"#
        _ = try await client.exchange(TestServer.request("POST", "/paddles/runs/r/jobs/", json: body))
      }
      let run = try object(try await server.call("GET", "/paddles/runs/r/"))
      let ids = { (jobs: Any?) in (jobs as? [[String: Any]] ?? []).compactMap { $0["job_id"] as? String } }
      #expect(ids(run["jobs"]) == (100..<140).map(String.init))
      for target in ["/paddles/runs/r/jobs/", "/paddles/jobs/?count=40"] {
        let answer = try await server.call("GET", target)
        #expect(answer.isChunked)
        let jobs = try JSONSerialization.jsonObject(with: Data(answer.body))
        #expect(ids(jobs) == (100..<140).reversed().map(String.init))
      }
    }
  }
}
