import Testing

@Suite struct AvocadoJobTests {
  private static let id = "0123456789abcdef0123456789abcdef01234567"

  @Test func everyVerb() async throws {
    let id = Self.id
    func shown(_ description: String, _ elapsed: String, _ status: String) -> String {
      #"{"id":"\#(id)","description":\#(description),"time":"2026-11-21T00:36:34.123456Z","elapsed_time":\#(elapsed),"#
        + #""status":"\#(status)","activities":[],"tests":[]}"#
    }
    try await run([
      AvocadoStep("GET", "/jobs/", 200, #"{"count":0,"next":null,"previous":null,"results":[]}"#),
      AvocadoStep(
        "POST", "/jobs/",
        sending: #"{"id":"\#(id)","status":"START","description":"d","elapsed_time":"12.5","tests":[1],"time":"x"}"#,
        201, shown(#""d""#, "12.5", "START")),
      AvocadoStep("GET", "/jobs/\(id)/", 200, shown(#""d""#, "12.5", "START")),
      AvocadoStep("HEAD", "/jobs/\(id)/", 200),
      AvocadoStep("PUT", "/jobs/\(id)/", sending: "{}", 400, #"{"status":["This field is required."]}"#),
      AvocadoStep("PUT", "/jobs/\(id)/", sending: #"{"status":"PASS"}"#, 200, shown(#""d""#, "12.5", "PASS")),
      AvocadoStep(
        "PATCH", "/jobs/1/", sending: #"{"description":null,"elapsed_time":-3}"#, 200, shown("null", "-3.0", "PASS")),
      AvocadoStep("PATCH", "/jobs/1/", sending: "", 200, shown("null", "-3.0", "PASS")),
      AvocadoStep("PATCH", "/jobs/1/", sending: #"{"name":"old"}"#, 200, shown(#""old""#, "-3.0", "PASS")),
      AvocadoStep("PATCH", "/jobs/1/", sending: #"{"description":""}"#, 200, shown(#""""#, "-3.0", "PASS")),
      AvocadoStep("POST", "/jobs/", sending: #"{"status":"FAIL"}"#, 201, #"{"id":"…","description":null,…"#),
      AvocadoStep(
        "PATCH", "/jobs/2/", sending: #"{"id":"\#(id)"}"#, 400, #"{"id":["This field must be unique."]}"#),
      AvocadoStep("PATCH", "/jobs/2/", sending: #"{"id":"renamed"}"#, 200, #"{"id":"renamed",…"status":"FAIL",…"#),
      AvocadoStep("GET", "/jobs/summary/", 200, #"{"passed":1,"failed":1,"other":0}"#),
      AvocadoStep("DELETE", "/jobs/renamed/", 204, ""),
      AvocadoStep("DELETE", "/jobs/renamed/", 404, #"{"detail":"Not found"}"#),
      AvocadoStep("PUT", "/jobs/nope/", sending: #"{"status":"PASS"}"#, 404, #"{"detail":"Not found"}"#),
      AvocadoStep("GET", "/jobs/summary/", 200, #"{"passed":1,"failed":0,"other":0}"#),
      AvocadoStep("POST", "/jobs/", sending: #"{"status":"WARN"}"#, 201),
      AvocadoStep("GET", "/jobs/2/", 404),
      AvocadoStep("GET", "/jobs/3/", 200, #"…"status":"WARN",…"#),
      AvocadoStep("GET", "/jobs/summary/", 200, #"{"passed":1,"failed":0,"other":1}"#),
    ])
  }

  @Test func whatIsWrongWithAField() async throws {
    let long = String(repeating: "x", count: 41)
    let cases: [(String, String)] = [
      (#"{}"#, #"{"status":["This field is required."]}"#),
      ("", #"{"status":["This field is required."]}"#),
      (#"{"status":null}"#, #"{"status":["This field may not be null."]}"#),
      (#"{"status":""}"#, #"{"status":["This field may not be null."]}"#),
      (#"{"status":"BOGUS"}"#, #"{"status":["Object with name=BOGUS does not exist."]}"#),
      (#"{"status":"pass"}"#, #"{"status":["Object with name=pass does not exist."]}"#),
      (#"{"status":5}"#, #"{"status":["Object with name=5 does not exist."]}"#),
      (#"{"status":true}"#, #"{"status":["Object with name=True does not exist."]}"#),
      (#"{"status":"PASS","id":""}"#, #"{"id":["This field may not be blank."]}"#),
      (#"{"status":"PASS","id":null}"#, #"{"id":["This field may not be null."]}"#),
      (#"{"status":"PASS","id":"taken"}"#, #"{"id":["This field must be unique."]}"#),
      (#"{"status":"PASS","uniqueident":"taken"}"#, #"{"id":["This field must be unique."]}"#),
      (#"{"status":"PASS","id":"\#(long)"}"#, #"{"id":["Ensure this field has no more than 40 characters."]}"#),
      (#"{"status":"PASS","id":"a\u0000"}"#, #"{"id":["Null characters are not allowed."]}"#),
      (#"{"status":"PASS","id":{}}"#, #"{"id":["Not a valid string."]}"#),
      (#"{"status":"PASS","elapsed_time":null}"#, #"{"elapsed_time":["This field may not be null."]}"#),
      (#"{"status":"PASS","elapsed_time":"abc"}"#, #"{"elapsed_time":["A valid number is required."]}"#),
      (#"{"status":"PASS","elapsed_time":"nan"}"#, #"{"elapsed_time":["A valid number is required."]}"#),
      (#"{"status":"PASS","elapsed_time":1e999}"#, #"{"elapsed_time":["A valid number is required."]}"#),
      (
        #"{"status":"X","id":"","elapsed_time":""}"#,
        #"{"id":["This field may not be blank."],"elapsed_time":["A valid number is required."],"#
          + #""status":["Object with name=X does not exist."]}"#
      ),
      ("[]", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}"#),
      (#""x""#, #"{"non_field_errors":["Invalid data. Expected a dictionary, but got unicode."]}"#),
      ("5", #"{"non_field_errors":["Invalid data. Expected a dictionary, but got int."]}"#),
      (
        "{x",
        #"{"detail":"JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"}"#
      ),
    ]
    try await run(
      [avocadoJob("taken")] + cases.map { AvocadoStep("POST", "/jobs/", sending: $0, 400, $1) })
  }

  @Test func jobsByIdNumberAndBeginning() async throws {
    try await run([
      avocadoJob("abc1"), avocadoJob("abc2"), avocadoJob("abc"), avocadoJob("77aa"), avocadoJob("2"),
      avocadoJob("sl/ash"),
      AvocadoStep("GET", "/jobs/abc/", 200, #"{"id":"abc",…"#),
      AvocadoStep("GET", "/jobs/1/", 200, #"{"id":"abc1",…"#),
      AvocadoStep("GET", "/jobs/2/", 200, #"{"id":"2",…"#),
      AvocadoStep("GET", "/jobs/ab/", 409, #"{"detail":"Conflict."}"#),
      AvocadoStep("GET", "/jobs/77A/", 200, #"{"id":"77aa",…"#),
      AvocadoStep("GET", "/jobs/77/", 404),
      avocadoJob("0123456789ab"),
      AvocadoStep("GET", "/jobs/0123456789/", 200, #"{"id":"0123456789ab",…"#),
      AvocadoStep("GET", "/jobs/012345678/", 404),
      AvocadoStep("DELETE", "/jobs/0123456789/", 404),
      AvocadoStep("DELETE", "/jobs/77/", 404),
      AvocadoStep("GET", "/jobs/sl%2Fash/", 200, #"{"id":"sl/ash",…"#),
      AvocadoStep("GET", "/jobs/a%25/", 404),
      AvocadoStep("GET", "/jobs/_/", 404),
      AvocadoStep("GET", "/jobs/99999999999999999999999/", 404),
      AvocadoStep("GET", "/jobs/ab/passrate/", 409),
      AvocadoStep("GET", "/jobs/nope/passrate/", 200, #"{"passrate":0}"#),
      AvocadoStep("GET", "/jobs/abc/passrate/", 200, #"{"passrate":0}"#),
      AvocadoStep("GET", "/jobs/abc/testcount/", 200, #"{"testcount":0}"#),
      AvocadoStep("GET", "/jobs/nope/tests/summary/", 404),
      AvocadoStep("DELETE", "/jobs/77a/", 204),
    ])
  }

  @Test func pagesAndOrder() async throws {
    let list = "http://localhost:9405/avocado/jobs/"
    try await TestServer.run { server in
      for number in 10..<35 {
        let status = ["PASS", "FAIL", "ABORT"][number % 3]
        let body =
          #"{"id":"j\#(number)","status":"\#(status)","elapsed_time":\#(100 - number),"description":"d\#(number % 2)"}"#
        try await AvocadoStep("POST", "/jobs/", sending: body, 201).check(server)
      }
      let links: [(String, Int, String)] = [
        ("", 200, #"{"count":25,"next":"\#(list)?page=2","previous":null,"results":[{"id":"j10",…"#),
        (
          "?page=2", 200, #"{"count":25,"next":"\#(list)?page=3","previous":"\#(list)?page=1","results":[{"id":"j20",…"#
        ),
        ("?page=last", 200, #"{"count":25,"next":null,"previous":"\#(list)?page=2","results":[{"id":"j30",…"#),
        (
          "?page_size=3&page=2&ordering=-time", 200,
          #"{"count":25,"next":"\#(list)?page=3&page_size=3&ordering=-time","#
            + #""previous":"\#(list)?page=1&page_size=3&ordering=-time","results":[{"id":"j24",…"#
        ),
        ("?page=", 200, #"{"count":25,…{"id":"j10",…"#),
        ("?page=0", 404, #"{"detail":"Not found"}"#), ("?page=-1", 404, #"{"detail":"Not found"}"#),
        ("?page=abc", 404, #"{"detail":"Not found"}"#), ("?page=99", 404, #"{"detail":"Not found"}"#),
        ("?page=99999999999999999999", 404, #"{"detail":"Not found"}"#),
        ("?ordering=elapsed_time", 200, #"{"count":25,…results":[{"id":"j34",…"#),
        ("?ordering=-elapsed_time,nothing", 200, #"{"count":25,…results":[{"id":"j10",…"#),
        ("?ordering=nothing,;DROP", 200, #"{"count":25,…results":[{"id":"j10",…"#),
        // By the number of the status: ABORT, FAIL, PASS.
        ("?ordering=status", 200, #"{"count":25,…results":[{"id":"j11",…"#),
        ("?ordering=-status,-elapsed_time", 200, #"{"count":25,…results":[{"id":"j12",…"#),
        ("?ordering=-description,elapsed_time", 200, #"{"count":25,…results":[{"id":"j33",…"#),
        ("?ordering=status&page=3", 200, #"…results":[{"id":"j21",…{"id":"j33",…"#),
      ]
      for (query, status, answer) in links {
        try await AvocadoStep("GET", "/jobs/" + query, status, answer).check(server)
      }
    }
  }

  @Test func aLargeJobIsStreamed() async throws {
    try await TestServer.run { server in
      try await avocadoJob("big").check(server)
      try await avocadoJob("small").check(server)
      let connection = try server.connect()
      for number in 0..<2500 {
        let body = #"{"tag":"t\#(number)","status":"\#(number % 2 == 0 ? "PASS" : "ERROR")"}"#
        let answer = try await connection.exchange(TestServer.request("POST", "/avocado/jobs/big/tests/", json: body))
        #expect(answer.statusLine == "HTTP/1.1 200 OK")
      }
      let activity = #"{"activity":"A","time":"2020-01-01"}"#
      try await AvocadoStep("POST", "/jobs/small/activities/", sending: activity, 200)
        .check(server)
      let answer = try await AvocadoStep("GET", "/jobs/", 200).check(server)
      #expect(answer.isChunked)
      let jobs = try #require(try object(answer)["results"] as? [[String: Any]])
      #expect(jobs.map { ($0["tests"] as? [Any])?.count } == [2500, 0])
      #expect(jobs.map { ($0["activities"] as? [Any])?.count } == [0, 1])
      try await AvocadoStep("GET", "/jobs/big/testcount/", 200, #"{"testcount":2500}"#).check(server)
      try await AvocadoStep("GET", "/jobs/big/tests/summary/", 200, #"{"passed":1250,"failed":1250,"other":0}"#)
        .check(server)
      let indented = try await AvocadoStep("GET", "/jobs/", headers: ["Accept: application/json; indent=2"], 200)
        .check(server)
      #expect(indented.text.hasPrefix("{\n  \"count\": 2,\n"))
      #expect((try object(indented)["results"] as? [Any])?.count == 2)
      try await AvocadoStep("GET", "/jobs/big/tests/?page=last", 200, #"{"count":2500,"next":null,…"tag":"t2499",…"#)
        .check(server)
      try await AvocadoStep("DELETE", "/jobs/big/", 204).check(server)
      try await AvocadoStep("GET", "/jobs/summary/", 200, #"{"passed":1,"failed":0,"other":0}"#).check(server)
    }
  }
}
