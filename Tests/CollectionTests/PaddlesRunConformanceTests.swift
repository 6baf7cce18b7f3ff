import Testing

@Suite struct PaddlesRunConformanceTests {
  private static let name = "teuthology-2013-09-25_23:00:06-rados-master-testing-basic-plana"
  private static let posted = "2026-11-21 00:36:34.123456"

  private static func object(
    _ name: String = name, _ user: String = "teuthology", status: String = "empty",
    counts: String = "0, 0, 0, 0, 0, 0, 0",
    total: Int = 0, scheduled: String = "2013-09-25 22:00:06", started: String = "null", updated: String = "null",
    of: String = #""branch": "master", "suite": "rados", "machine_type": "plana""#, sha1: String = #""none""#,
    flavor: String = #""none""#, priority: String = "null"
  ) -> String {
    let names = ["queued", "pass", "running", "waiting", "fail", "dead", "unknown"]
    let numbers = zip(names, counts.split(separator: ", ")).map { #""\#($0)": \#($1)"# }.joined(separator: ", ")
    return #"{"name": "\#(name)", "href": ["http://collector.test:8000/paddles/runs/\#(name)/"], "user": "\#(user)", "#
      + #""status": "\#(status)", "results": {\#(numbers), "total": \#(total), "#
      + #""sha1": \#(sha1), "flavor": \#(flavor)}, "#
      + #""jobs_count": \#(total), "posted": "\#(posted)", "scheduled": "\#(scheduled)", "started": \#(started), "#
      + #""updated": \#(updated), \#(of), "sha1": \#(sha1), "priority": \#(priority), "flavor": \#(flavor)"#
  }

  @Test func everyVerb() async throws {
    let name = Self.name
    try await run([
      PaddlesStep("GET", "/", 200, "{}"),
      PaddlesStep("GET", "/runs/", 200, "[]"),
      PaddlesStep("POST", "/runs/", sending: #"{"name": "\#(name)"}"#, 200, "{}"),
      PaddlesStep("POST", "/runs", sending: #"{"name": "\#(name)"}"#, 400, "run with name \(name) already exists"),
      PaddlesStep("GET", "/runs/", 200, "[" + Self.object() + "}]"),
      PaddlesStep("GET", "/runs", 200, "[" + Self.object() + "}]"),
      PaddlesStep("GET", "/runs/\(name)/", 200, Self.object() + #", "jobs": []}"#),
      PaddlesStep("GET", "/runs/\(name)", 200, Self.object() + #", "jobs": []}"#),
      PaddlesStep("HEAD", "/runs/\(name)/", 200),
      PaddlesStep("HEAD", "/runs/nope/", 404),
      PaddlesStep("GET", "/runs/nope/", 404, "<…404 Not Found…"),
      PaddlesStep("GET", "/runs/nope", 404, "<…404 Not Found…"),
      PaddlesStep("DELETE", "/runs/nope/", 404, "attempted to delete a non-existent run"),
      PaddlesStep("DELETE", "/runs/\(name)/", 200, "{}"),
      PaddlesStep("GET", "/runs/\(name)/", 404, "<…"),
      PaddlesStep("DELETE", "/runs/\(name)", 404, "attempted to delete a non-existent run"),
    ])
  }

  @Test func verbsThatAreNotDefinedRead() async throws {
    let shown = Self.object() + #", "jobs": []}"#
    var steps = [PaddlesStep("POST", "/runs/", sending: #"{"name": "\#(Self.name)"}"#, 200)]
    for verb in ["DELETE", "PATCH", "PUT", "OPTIONS"] {
      steps.append(PaddlesStep(verb, "/runs/", 200, "[" + Self.object() + "}]"))
    }
    for verb in ["PUT", "POST", "PATCH", "OPTIONS"] {
      steps.append(PaddlesStep(verb, "/runs/\(Self.name)/", sending: "nonsense", 200, shown))
    }
    steps.append(PaddlesStep("POST", "/jobs/", 200, "[]"))
    try await run(steps)
  }

  @Test func bodiesThatAreNone() async throws {
    let long = String(repeating: "ä", count: 513)
    var steps = ["", "nope", "[]", "12", "null", #"["name"]"#, #"{"name": "a"} x"#, #"{"name": "\ud800"}"#].map {
      PaddlesStep("POST", "/runs/", sending: $0, 400, "could not decode JSON body")
    }
    steps += ["{}", #"{"name": null}"#, #"{"name": ""}"#, #"{"nome": "a"}"#].map {
      PaddlesStep("POST", "/runs/", sending: $0, 400, "could not find required key: 'name'")
    }
    steps += [
      PaddlesStep("POST", "/runs/", 400, "could not decode JSON body"),
      PaddlesStep("POST", "/runs/", sending: #"{"name": ".."}"#, 400, "'name' must not be . or .."),
      PaddlesStep("POST", "/runs/", sending: #"{"name": 5}"#, 400, "'name' must be a string"),
      PaddlesStep("POST", "/runs/", sending: #"{"name": "a\u0000b"}"#, 400, "'name' must not hold a NUL"),
      PaddlesStep(
        "POST", "/runs/", sending: #"{"name": "\#(long)"}"#, 400, "'name' must not have more than 512 characters"),
      PaddlesStep("POST", "/runs/", sending: #"{"name": "\#(long.dropLast())"}"#, 200, "{}"),
    ]
    try await run(steps)
  }

  @Test func namesSayWhatTheySay() async throws {
    try await run([
      PaddlesStep("POST", "/runs/", sending: #"{"name": "a b/c"}"#, 200),
      PaddlesStep(
        "GET", "/runs/a%20b%2Fc/", 200,
        #"{"name": "a b/c", "href": ["http://collector.test:8000/paddles/runs/a%20b%2Fc/"], "user": "", …"#
          + #""scheduled": "\#(Self.posted)", …"branch": "", "suite": "", "machine_type": "", …"#),
    ])
  }

  @Test func pagesAndFields() async throws {
    var steps = (1...30).map { PaddlesStep("POST", "/runs/", sending: #"{"name": "r\#($0)"}"#, 200) }
    let names = { (numbers: [Int]) in "[" + numbers.map { #"{"name": "r\#($0)"}"# }.joined(separator: ", ") + "]" }
    steps += [
      PaddlesStep("GET", "/runs/?fields=name", 200, names(Array((6...30).reversed()))),
      PaddlesStep("GET", "/runs/?fields=name&count=2", 200, names([30, 29])),
      PaddlesStep("GET", "/runs/?fields=name&count=2&page=2", 200, names([28, 27])),
      PaddlesStep("GET", "/runs?fields=name&count=20&page=2", 200, names(Array((1...10).reversed()))),
      PaddlesStep("GET", "/runs/?fields=name&count=1&page=0", 200, names([30])),
      PaddlesStep("GET", "/runs/?fields=name&count=1&page=-7", 200, names([30])),
      PaddlesStep("GET", "/runs/?count=20&page=3", 200, "[]"),
      PaddlesStep("GET", "/runs/?count=0", 200, "[]"),
      PaddlesStep("GET", "/runs/?fields=name&count=99999999999999999999&page=99999999999999999999", 200, "[]"),
      PaddlesStep("GET", "/runs/?count=x", 400, "count must be an integer"),
      PaddlesStep("GET", "/runs/?count=", 400, "count must be an integer"),
      PaddlesStep("GET", "/runs/?page=1.5", 400, "page must be an integer"),
      PaddlesStep("GET", "/runs/?count=-1", 400, "count must not be negative"),
      PaddlesStep(
        "GET", "/runs/?fields=&count=1&unknown=%3B%26", 200, #"[{"name": "r30", "href": …"flavor": "none"}]"#),
      PaddlesStep(
        "GET",
        "/runs/?count=1&fields=id,name,status,user,scheduled,suite,branch,machine_type,posted,started,updated,href,"
          + "priority",
        200,
        #"[{"id": 30, "name": "r30", "status": "empty", "user": "", "scheduled": "\#(Self.posted)", "suite": "", "#
          + #""branch": "", "machine_type": "", "posted": "\#(Self.posted)", "started": null, "updated": null, "#
          + #""href": ["http://collector.test:8000/paddles/runs/r30/"], "priority": null}]"#),
    ]
    steps += ["results", "jobs_count", "sha1", "flavor", "name,", "nome", "name,%20id", "__class__"].map {
      PaddlesStep("GET", "/runs/?fields=\($0)", 400, "an invalid field was specified")
    }
    try await run(steps)
  }

  @Test func whatItsJobsMakeOfARun() async throws {
    let jobs = "/runs/\(Self.name)/jobs/"
    let first = #""abc""#
    try await run([
      PaddlesStep("POST", jobs, sending: #"{"job_id": "20", "status": "queued", "sha1": "abc", "priority": 7}"#, 200),
      PaddlesStep("POST", jobs, sending: #"{"job_id": "3", "status": "pass"}"#, 200),
      PaddlesStep(
        "GET", "/runs/", 200,
        "["
          + Self.object(
            status: "queued", counts: "1, 1, 0, 0, 0, 0, 0", total: 2, updated: #""\#(Self.posted)""#,
            sha1: first, flavor: "null", priority: "7") + "}]"),
      PaddlesStep("GET", "/runs/queued/", 200, "[" + #"{"name": "\#(Self.name)"…}]"#),
      PaddlesStep("PUT", jobs + "20/", sending: #"{"status": "running", "priority": 9, "branch": "next"}"#, 200),
      PaddlesStep("GET", "/runs/queued", 200, "[]"),
      PaddlesStep(
        "GET", "/runs/?count=1", 200,
        "["
          + Self.object(
            status: "running", counts: "0, 1, 1, 0, 0, 0, 0", total: 2, started: #""\#(Self.posted)""#,
            updated: #""\#(Self.posted)""#, of: #""branch": "next", "suite": "rados", "machine_type": "plana""#,
            sha1: first, flavor: "null", priority: "9") + "}]"),
      PaddlesStep("DELETE", jobs + "20/", 200),
      PaddlesStep("GET", "/runs/", 200, #"[{…"status": "finished pass", …"total": 1, "sha1": null, "flavor": null}…]"#),
      PaddlesStep("DELETE", jobs + "3", 200),
      PaddlesStep("GET", "/runs/", 200, #"[{…"status": "empty", …"total": 0, "sha1": "none", "flavor": "none"}…]"#),
    ])
  }

  @Test func unknownPathsArePages() async throws {
    try await run(
      [
        "/nope/", "/runs//", "//", "/runs/a/b/", "/runs/a/jobs/1/x/", "/jobs/1/", "/errors/", "/errors/nope/",
        "/runs/a//jobs",
      ]
      .map { PaddlesStep("GET", $0, 404, "<…404 Not Found…") } + [
        PaddlesStep("GET", "/errors/invalid/", 400, "invalid request"),
        PaddlesStep("GET", "/errors/forbidden/", 403, "forbidden"),
        PaddlesStep("GET", "/errors/not_found", 404, "resource was not found"),
        PaddlesStep("GET", "/errors/unavailable/?error_message=a%20b", 503, "a b"),
      ])
  }
}
