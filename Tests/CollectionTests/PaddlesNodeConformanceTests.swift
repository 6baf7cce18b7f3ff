import Testing

@Suite struct PaddlesNodeConformanceTests {
  private static let since = "2026-11-21 00:36:34.123456"
  private static let bare =
    #""description": null, "up": null, "machine_type": null, "is_vm": false, "vm_host": null, "os_type": null, "#
    + #""os_version": null, "arch": null, "locked": false, "locked_since": null, "locked_by": null, "#
    + #""mac_address": null, "ssh_pub_key": null}"#

  @Test func everyVerb() async throws {
    try await run([
      PaddlesStep("GET", "/nodes/", 200, "[]"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "smithi001"}"#, 200, "{}"),
      PaddlesStep("GET", "/nodes/smithi001/", 200, #"{"name": "smithi001", \#(Self.bare)"#),
      PaddlesStep("GET", "/nodes/smithi001", 200, #"{"name": "smithi001", \#(Self.bare)"#),
      PaddlesStep("HEAD", "/nodes/smithi001/", 200),
      PaddlesStep("POST", "/nodes/smithi001/", sending: #"{"up": true}"#, 200, #"{"name": "smithi001", \#(Self.bare)"#),
      PaddlesStep("PATCH", "/nodes/smithi001/", sending: "nonsense", 200, #"{"name": "smithi001", \#(Self.bare)"#),
      PaddlesStep("OPTIONS", "/nodes/", 200, #"[{"name": "smithi001", …}]"#),
      PaddlesStep("DELETE", "/nodes/", 200, #"[{"name": "smithi001", …}]"#),
      PaddlesStep(
        "POST", "/nodes/", sending: #"{"name": "smithi001"}"#, 400, "Node with name smithi001 already exists"),
      PaddlesStep("POST", "/nodes", sending: #"{"name": "without slash", "locked": false}"#, 200, "{}"),
      PaddlesStep("GET", "/nodes/without%20slash", 200, #"{"name": "without slash", \#(Self.bare)"#),
      PaddlesStep(
        "PUT", "/nodes/smithi001/",
        sending: #"{"name": "no", "up": true, "machine_type": "smithi", "os_type": "ubuntu", "os_version": 22.04, "#
          + #""arch": "x86_64", "mac_address": "0c:c4", "ssh_pub_key": "ssh-rsa A", "is_vm": 0, "stranger": [1]}"#,
        200, "{}"),
      PaddlesStep(
        "GET", "/nodes/smithi001/", 200,
        #"{"name": "smithi001", "description": null, "up": true, "machine_type": "smithi", "is_vm": false, "#
          + #""vm_host": null, "os_type": "ubuntu", "os_version": "22.04", "arch": "x86_64", "locked": false, "#
          + #""locked_since": null, "locked_by": null, "mac_address": "0c:c4", "ssh_pub_key": "ssh-rsa A"}"#),
      PaddlesStep("PUT", "/nodes/smithi001", sending: #"{"up": null, "mac_address": null}"#, 200, "{}"),
      PaddlesStep("GET", "/nodes/smithi001/", 200, #"{…"up": null, …"mac_address": null, …}"#),
      PaddlesStep("GET", "/nodes/nope/", 404, "node not found"),
      PaddlesStep("PUT", "/nodes/nope/", sending: "{}", 404, "attempted to update a non-existent node"),
      PaddlesStep("PUT", "/nodes/nope/", sending: "nonsense", 404, "attempted to update a non-existent node"),
      PaddlesStep("DELETE", "/nodes/nope/", 404, "node not found"),
      PaddlesStep("DELETE", "/nodes/smithi001/", 200, "{}"),
      PaddlesStep("DELETE", "/nodes/smithi001", 404, "node not found"),
      PaddlesStep("GET", "/nodes/smithi001/", 404, "node not found"),
      PaddlesStep("GET", "/nodes/without%20slash/nothing/", 404, "<html>…"),
      PaddlesStep("GET", "/nodes/without%20slash/lock/more/", 404, "<html>…"),
    ])
  }

  @Test func whatABodyMustBe() async throws {
    try await run([
      PaddlesStep("POST", "/nodes/", 400, "could not decode JSON body"),
      PaddlesStep("POST", "/nodes/", sending: "nope", 400, "could not decode JSON body"),
      PaddlesStep("POST", "/nodes/", sending: "[]", 400, "could not decode JSON body"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "\ud800"}"#, 400, "could not decode JSON body"),
      PaddlesStep("POST", "/nodes/", sending: "{}", 400, "could not find required key: 'name'"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": null}"#, 400, "could not find required key: 'name'"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": ""}"#, 400, "could not find required key: 'name'"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": {}}"#, 400, "'name' must be a string"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "."}"#, 400, "'name' must not be . or .."),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "a\u0000b"}"#, 400, "'name' must not hold a NUL"),
      PaddlesStep(
        "POST", "/nodes/", sending: #"{"name": "\#(String(repeating: "x", count: 1025))"}"#, 400,
        "'name' must not have more than 1024 bytes"),
      PaddlesStep(
        "POST", "/nodes/", sending: #"{"name": "n", "locked": true}"#, 400,
        "Cannot lock without specifying locked_by"),
      PaddlesStep("GET", "/nodes/n/", 404, "node not found"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "n"}"#, 200, "{}"),
      PaddlesStep("PUT", "/nodes/n/", 400, "could not decode JSON body"),
      PaddlesStep("PUT", "/nodes/n/", sending: "[1]", 400, "could not decode JSON body"),
      PaddlesStep("PUT", "/nodes/n/", sending: #"{"up": "maybe"}"#, 400, "'up' must be a boolean"),
      PaddlesStep("PUT", "/nodes/n/", sending: #"{"arch": true}"#, 400, "'arch' must be a string"),
      PaddlesStep("PUT", "/nodes/n/", sending: #"{"description": [1]}"#, 400, "'description' must be a string"),
      PaddlesStep(
        "PUT", "/nodes/n/", sending: #"{"locked_since": "yesterday"}"#, 400,
        "'locked_since' must be a time: YYYY-MM-DD HH:MM:SS"),
      PaddlesStep(
        "PUT", "/nodes/n/", sending: #"{"locked_since": "99999-01-01 00:00:00"}"#, 400,
        "'locked_since' must be a time: YYYY-MM-DD HH:MM:SS"),
      // What breaks the rules of locks is no failure of the server.
      PaddlesStep(
        "PUT", "/nodes/n/", sending: #"{"locked": false}"#, 403, "Cannot unlock an already-unlocked node"),
      PaddlesStep(
        "PUT", "/nodes/n/", sending: #"{"locked": true}"#, 400, "Cannot lock without specifying locked_by"),
    ])
  }

  @Test func listsAreFiltered() async throws {
    let nodes = [
      #"{"name": "a", "machine_type": "smithi", "up": true, "os_type": "ubuntu", "os_version": "22.04"}"#,
      #"{"name": "b", "machine_type": "smithi", "up": true, "locked": true, "locked_by": "me@host"}"#,
      #"{"name": "c", "machine_type": "mira", "up": false, "os_type": "rhel", "os_version": "9"}"#,
      #"{"name": "d", "machine_type": "plana", "up": true}"#,
      #"{"name": "e"}"#,
    ]
    let lists = [
      ("", "abcde"), ("machine_type=smithi", "ab"), ("machine_type=smithi|mira", "abc"), ("machine_type=x", ""),
      ("machine_type=smithi%7Cplana&up=1", "abd"), ("locked=1", "b"), ("locked=True", "b"), ("locked=0", "acde"),
      ("locked=false", "acde"), ("up=1", "abd"), ("up=True", "abd"), ("up=0", "c"), ("up=False", "c"),
      ("locked_by=me@host", "b"), ("locked_by=you", ""), ("os_type=ubuntu", "a"), ("os_version=9", "c"),
      ("machine_type=smithi&up=1&locked=0&count=5", "a"), ("count=2", "ab"), ("count=0", ""), ("count=99", "abcde"),
      ("count=99999999999999999999", "abcde"), ("locked=&up=&machine_type=&locked_by=&count=", "abcde"),
      ("stranger=1", "abcde"), ("up=1&up=0", "c"),
    ]
    let refused = [
      PaddlesStep("GET", "/nodes/?count=x", 400, "count must be an integer"),
      PaddlesStep("GET", "/nodes/?count=-1", 400, "count must be an integer"),
      PaddlesStep("GET", "/nodes/?count=1.5", 400, "count must be an integer"),
      PaddlesStep("GET", "/nodes/?locked=maybe", 400, "locked must be a boolean"),
      PaddlesStep("GET", "/nodes/?up=2", 400, "up must be a boolean"),
    ]
    try await run(
      nodes.map { PaddlesStep("POST", "/nodes/", sending: $0, 200, "{}") }
        + lists.map { query, names in
          let shown = names.map { #"{"name": "\#($0)", …}"# }.joined(separator: ", ")
          return PaddlesStep("GET", "/nodes/?" + query, 200, "[\(shown)]")
        } + refused + [
          PaddlesStep("GET", "/nodes/machine_types/", 200, #"["mira", "plana", "smithi"]"#),
          PaddlesStep("POST", "/nodes/machine_types", 200, #"["mira", "plana", "smithi"]"#),
        ])
  }

  @Test func aVirtualMachineShowsWhatItRunsOn() async throws {
    let unfit = "'vm_host' must be another node that does not run on this one"
    try await run([
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "metal"}"#, 200),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "vm", "is_vm": true, "vm_host": "metal"}"#, 200, "{}"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "nested", "vm_host": "vm"}"#, 200, "{}"),
      PaddlesStep(
        "GET", "/nodes/nested/", 200,
        #"{"name": "nested", …"is_vm": false, "vm_host": {"name": "vm", …"is_vm": true, "#
          + #""vm_host": {"name": "metal", \#(Self.bare), …}, …}"#),
      PaddlesStep("GET", "/nodes/?count=2", 200, #"[{"name": "metal", …}, {"name": "vm", …{"name": "metal", …}, …}]"#),
      PaddlesStep("PUT", "/nodes/metal/", sending: #"{"vm_host": "nested"}"#, 400, unfit),
      PaddlesStep("PUT", "/nodes/metal/", sending: #"{"vm_host": "metal"}"#, 400, unfit),
      PaddlesStep("PUT", "/nodes/metal/", sending: #"{"vm_host": "nope"}"#, 400, unfit),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "more", "vm_host": "nope"}"#, 400, unfit),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "more", "vm_host": "more"}"#, 400, unfit),
      PaddlesStep("GET", "/nodes/more/", 404, "node not found"),
      // A node is put back as it was got.
      PaddlesStep(
        "PUT", "/nodes/nested/", sending: #"{"name": "nested", "vm_host": {"name": "metal", "up": null}}"#, 200, "{}"),
      PaddlesStep("GET", "/nodes/nested/", 200, #"{…"vm_host": {"name": "metal", …"vm_host": null, …}, …}"#),
      PaddlesStep("PUT", "/nodes/nested/", sending: #"{"vm_host": null}"#, 200, "{}"),
      PaddlesStep("GET", "/nodes/nested/", 200, #"{"name": "nested", \#(Self.bare)"#),
      PaddlesStep("DELETE", "/nodes/metal/", 200, "{}"),
      PaddlesStep("GET", "/nodes/vm/", 200, #"{"name": "vm", …"vm_host": null, …}"#),
    ])
  }

  @Test func oneNodeIsLockedAndUnlocked() async throws {
    let get = "this URI only supports PUT and POST requests but GET was attempted"
    let held = #"{"name": "n", "locked": true, "locked_by": "me@host", "machine_type": "smithi", "is_vm": false}"#
    try await run([
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "n", "machine_type": "smithi", "up": true}"#, 200),
      PaddlesStep("PUT", "/nodes/nope/lock/", sending: "{}", 404, "node not found"),
      PaddlesStep("GET", "/nodes/nope/lock/", 404, "node not found"),
      PaddlesStep("GET", "/nodes/n/lock/", 400, get),
      PaddlesStep("GET", "/nodes/n/lock", 400, get),
      PaddlesStep("PUT", "/nodes/n/lock/", sending: "nonsense", 400, "could not decode JSON body"),
      PaddlesStep("PUT", "/nodes/n/lock/", 400, "could not decode JSON body"),
      PaddlesStep("PUT", "/nodes/n/lock/", sending: #"{"locked": "x"}"#, 400, "'locked' must be a boolean"),
      PaddlesStep(
        "PUT", "/nodes/n/lock",
        sending: #"{"name": "n", "locked": true, "locked_by": "me@host", "description": "/a/r/1"}"#,
        200, held),
      PaddlesStep(
        "GET", "/nodes/n/", 200,
        #"{"name": "n", "description": "/a/r/1", …"locked": true, "locked_since": "\#(Self.since)", "#
          + #""locked_by": "me@host", …}"#),
      PaddlesStep("POST", "/nodes/n/lock/", sending: "{}", 200, held),
      PaddlesStep(
        "POST", "/nodes/n/lock/", sending: #"{"locked": true, "locked_by": "you"}"#, 403,
        "Cannot lock an already-locked node"),
      PaddlesStep(
        "PUT", "/nodes/n/lock/", sending: #"{"locked": false, "locked_by": "you"}"#, 403,
        "Cannot unlock - locked_by values must match"),
      PaddlesStep(
        "PUT", "/nodes/n/lock/", sending: #"{"locked": false, "locked_by": "me@host"}"#, 200,
        #"{"name": "n", "locked": false, "locked_by": null, "machine_type": "smithi", "is_vm": false}"#),
      PaddlesStep(
        "GET", "/nodes/n/", 200,
        #"{"name": "n", "description": "/a/r/1", …"locked": false, "locked_since": null, "locked_by": null, …}"#),
    ])
  }

  private static func job(_ id: String, _ status: String, _ hosts: [String], _ more: String = "") -> PaddlesStep {
    let targets = hosts.map { #""ubuntu@\#($0)": "ssh-rsa""# }.joined(separator: ", ")
    return PaddlesStep(
      "POST", "/runs/r/jobs/",
      sending:
        #"{"job_id": "\#(id)", "machine_type": "smithi", "status": "\#(status)", "targets": {\#(targets)}\#(more)}"#,
      200)
  }

  @Test func jobsMakeNodesAndAreCounted() async throws {
    let positive = "since_days must be a positive integer"
    let many = String(repeating: "t|", count: 513)
    let tooMany = "'machine_type' must not have more than 1024 bytes"
    try await run([
      PaddlesStep("GET", "/nodes/job_stats/", 200, "{}"),
      PaddlesStep("POST", "/nodes/", sending: #"{"name": "idle", "machine_type": "smithi"}"#, 200),
      Self.job("1", "fail", ["a", "b"], #", "name": "x""#),
      Self.job("2", "pass", ["a"]),
      Self.job("3", "fail", ["a", "c"]),
      PaddlesStep(
        "POST", "/runs/r/jobs/",
        sending: #"{"job_id": "4", "machine_type": "multi", "status": "running", "targets": {"u@c": ""}}"#, 200),
      PaddlesStep("GET", "/nodes/a/", 200, #"{"name": "a", …"up": null, "machine_type": "smithi", …}"#),
      PaddlesStep(
        "GET", "/nodes/job_stats/", 200,
        #"{"b": {"fail": 1}, "c": {"fail": 1, "running": 1}, "a": {"fail": 2, "pass": 1}}"#),
      PaddlesStep("GET", "/nodes/job_stats?machine_type=smithi&since_days=1", 200, #"{"b": {…}, "c": {…}, "a": {…}}"#),
      PaddlesStep("GET", "/nodes/job_stats?machine_type=mira|plana", 200, "{}"),
      PaddlesStep("GET", "/nodes/job_stats?since_days=99999999999999999999", 200, #"{"b": …}"#),
      PaddlesStep("GET", "/nodes/job_stats?machine_type=\(many)", 400, tooMany),
      PaddlesStep("POST", "/nodes/job_stats", sending: #"{"machine_type": "\#(many)"}"#, 400, tooMany),
      PaddlesStep("GET", "/nodes/?machine_type=\(many)", 400, tooMany),
      PaddlesStep("GET", "/nodes/job_stats?since_days=0", 400, positive),
      PaddlesStep("GET", "/nodes/job_stats?since_days=-3", 400, positive),
      PaddlesStep("GET", "/nodes/job_stats?since_days=x", 400, positive),
      PaddlesStep(
        "GET", "/nodes/a/job_stats/", 200,
        #"{"queued": 0, "pass": 1, "running": 0, "waiting": 0, "fail": 2, "dead": 0, "unknown": 0}"#),
      PaddlesStep("GET", "/nodes/idle/job_stats", 200, #"{"queued": 0, …"unknown": 0}"#),
      PaddlesStep("GET", "/nodes/nope/job_stats/", 404, "<html>…"),
      PaddlesStep(
        "GET", "/nodes/a/jobs/", 200,
        #"[{"log_href": "…"job_id": "3", …}, {…"job_id": "2", …}, {…"job_id": "1", …}]"#),
      PaddlesStep("GET", "/nodes/a/jobs?status=fail&count=1&page=2", 200, #"[{…"job_id": "1", …}]"#),
      PaddlesStep("GET", "/nodes/a/jobs/?status=pass", 200, #"[{…"job_id": "2", …}]"#),
      PaddlesStep("GET", "/nodes/a/jobs/?name=x&count=0&page=", 200, #"[{…"job_id": "1", …}]"#),
      PaddlesStep("GET", "/nodes/a/jobs/?count=1&page=9", 200, "[]"),
      PaddlesStep("GET", "/nodes/a/jobs/?count=x", 400, "count must be an integer"),
      PaddlesStep("GET", "/nodes/idle/jobs/", 200, "[]"),
      PaddlesStep("GET", "/nodes/nope/jobs/", 404, "<html>…"),
      PaddlesStep("DELETE", "/nodes/a/", 200, "{}"),
      PaddlesStep("GET", "/nodes/job_stats/", 200, #"{"b": {"fail": 1}, "c": {"fail": 1, "running": 1}}"#),
      PaddlesStep("GET", "/runs/r/jobs/2/", 200, #"{…"job_id": "2", …}"#),
    ])
  }

  @Test func aBodyIsReadWhateverItsType() async throws {
    try await TestServer.run { server in
      for (number, type) in ["", "Content-Type: text/plain\r\n", "Content-Type: application/x-www-form-urlencoded\r\n"]
        .enumerated()
      {
        let body = #"{"name": "n\#(number)"}"#
        let head = "POST /paddles/nodes/ HTTP/1.1\r\nHost: x\r\n\(type)Content-Length: \(body.utf8.count)\r\n\r\n"
        let answer = try await server.connect().exchange(Array((head + body).utf8))
        #expect(answer.statusLine == "HTTP/1.1 200 OK" && answer.text == "{}")
      }
      let nodes = try await server.call("GET", "/paddles/nodes/?count=2")
      #expect(Pattern(#"[{"name": "n0", …}, {"name": "n1", …}]"#).matches(nodes.text), "\(nodes.text)")
    }
  }
}
