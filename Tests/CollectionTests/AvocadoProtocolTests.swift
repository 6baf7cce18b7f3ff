import Testing

@Suite struct AvocadoProtocolTests {
  private static let form = "application/x-www-form-urlencoded"

  @Test func bodiesOfManyTypes() async throws {
    let multipart = [
      "--XX", "Content-Disposition: form-data; name=\"status\"", "", "FAIL", "--XX",
      "Content-Disposition: form-data; name=\"description\"", "", "two\r\nlines", "--XX--", "",
    ].joined(separator: "\r\n")
    try await run([
      AvocadoStep("POST", "/jobs/", sending: "status=PASS&description=a%20b", type: Self.form, 201, #"…"a b",…"#),
      AvocadoStep(
        "POST", "/jobs/", sending: multipart, type: "multipart/form-data; boundary=XX", 201, #"…"two\r\nlines",…"#),
      AvocadoStep("POST", "/jobs/", sending: multipart, type: "multipart/form-data", 400, #"{"detail":"Multipart…"#),
      AvocadoStep("POST", "/jobs/", sending: "--XX", type: "multipart/form-data; boundary=XX", 400),
      AvocadoStep("POST", "/jobs/", sending: "a=%ff", type: Self.form, 400, #"{"detail":"…"}"#),
      AvocadoStep(
        "POST", "/jobs/", sending: "x", type: "text/plain; a=b", 415,
        #"{"detail":"Unsupported media type \"text/plain; a=b\" in request."}"#),
      AvocadoStep(
        "POST", "/jobs/", sending: "{}", type: "", 415, #"{"detail":"Unsupported media type \"\" in request."}"#),
      AvocadoStep(
        "PUT", "/jobs/1/", sending: "status=PASS", type: Self.form, 415,
        #"{"detail":"Unsupported media type \"application/x-www-form-urlencoded\" in request."}"#),
      AvocadoStep("PATCH", "/jobs/1/", sending: "status=PASS", type: "multipart/form-data; boundary=XX", 415),
      AvocadoStep(
        "POST", "/jobs/", sending: #"{"status":"PASS"}"#, type: "application/json; charset=utf-8", 201),
      // Without its slash no URL is written behind.
      AvocadoStep("POST", "/jobs", sending: #"{"status":"PASS"}"#, 301, ""),
      AvocadoStep("PATCH", "/jobs/1", sending: #"{"status":"ABORT"}"#, 301, ""),
      AvocadoStep("DELETE", "/jobs/1", 301, ""), AvocadoStep("OPTIONS", "/jobs", 301, ""),
      AvocadoStep("GET", "/jobs/", 200, #"{"count":3,…"status":"PASS",…"status":"FAIL",…"status":"PASS",…"#),
    ])
  }

  @Test func aPostThatMeansAnotherVerb() async throws {
    try await run([
      avocadoJob("a"),
      AvocadoStep(
        "POST", "/jobs/a/", sending: #"{"description":"x"}"#, headers: ["X-HTTP-Method-Override: PATCH"], 200,
        #"…"description":"x",…"#),
      AvocadoStep("POST", "/jobs/a/", sending: "_method=PATCH&description=y", type: Self.form, 200, #"…"y",…"#),
      AvocadoStep(
        "POST", "/jobs/a/", sending: #"{"_method":"DELETE"}"#, 405, #"{"detail":"Method \"POST\" not allowed."}"#),
      AvocadoStep("GET", "/jobs/a/", headers: ["X-HTTP-Method-Override: DELETE"], 200),
      AvocadoStep("POST", "/jobs/a/", sending: "_method=DELETE", type: Self.form, 204, ""),
      AvocadoStep("GET", "/jobs/a/", 404),
      AvocadoStep("POST", "/jobs/", sending: "_method=BREW", type: Self.form, 405),
      avocadoJob("b"),
      AvocadoStep(
        "POST", "/jobs/b/", sending: "_method=PATCH&description=z", type: Self.form,
        headers: ["X-HTTP-Method-Override: DELETE"], 200, #"…"z",…"#),
      AvocadoStep(
        "POST", "/jobs/b/", sending: "no body", type: "text/plain", headers: ["X-HTTP-Method-Override: DELETE"], 204),
    ])
  }

  @Test func theVerbAndTheRowComeBeforeTheBody() async throws {
    var steps = [avocadoJob("a")]
    for (verb, path) in [("POST", "/jobs/a/"), ("PUT", "/jobs/"), ("PATCH", "/jobs/a/tests/"), ("POST", "/")] {
      let answer = #"{"detail":"Method \"\#(verb)\" not allowed."}"#
      steps.append(AvocadoStep(verb, path, sending: "{", 405, answer))
      steps.append(AvocadoStep(verb, path, sending: "x", type: "text/plain", 405, answer))
    }
    let rows = ["/jobs/none/", "/jobs/a/tests/9/", "/jobs/none/activities/1/", "/linuxdistros/9/"]
    for (verb, path) in rows.flatMap({ [("PUT", $0), ("PATCH", $0)] }) + [("POST", "/jobs/none/tests/")] {
      for body in ["{", #"{"status":5,"name":""}"#] {
        steps.append(AvocadoStep(verb, path, sending: body, 404, #"{"detail":"Not found"}"#))
      }
      steps.append(AvocadoStep(verb, path, sending: "x", type: "text/plain", 404))
    }
    steps.append(AvocadoStep("PUT", "/jobs/a/?page=7", sending: "{", 400))
    try await run(steps)
  }

  @Test func whatIsAccepted() async throws {
    let no = #"{"detail":"Could not satisfy the request Accept header."}"#
    func accept(_ types: String, _ status: Int, _ answer: String) -> AvocadoStep {
      AvocadoStep("GET", "/version/", headers: ["Accept: \(types)"], status, answer)
    }
    try await run([
      accept("text/html", 406, no), accept("application/xml;q=0.9", 406, no),
      accept("text/html, */*;q=0.1", 200, #"{"version":"0.26.0"}"#),
      accept("application/*", 200, #"{"version":"0.26.0"}"#),
      accept("application/json", 200, #"{"version":"0.26.0"}"#),
      accept("application/json; indent=4", 200, "{\n    \"version\": \"0.26.0\"\n}"),
      accept("application/json; indent=99", 200, "{\n        \"version\": \"0.26.0\"\n}"),
      accept("application/json; indent=x", 200, #"{"version":"0.26.0"}"#),
      AvocadoStep("GET", "/version/?format=json", 200, #"{"version":"0.26.0"}"#),
      AvocadoStep("GET", "/version/?format=xml", 404, #"{"detail":"Not found"}"#),
      AvocadoStep("GET", "/jobs.json", 404, "<h1>Not Found</h1>…"),
      AvocadoStep("GET", "/jobs/<a>/b/", 404, "…/avocado/jobs/&lt;a&gt;/b/ was not…"),
      AvocadoStep("GET", "/nosuch", 404, "<h1>…"), AvocadoStep("GET", "//jobs/", 404),
      AvocadoStep("GET", "/jobs//", 404),
    ])
  }

  @Test func verbsOptionsAndRedirects() async throws {
    try await TestServer.run { server in
      try await avocadoJob("a").check(server)
      let lists = ["/jobs/", "/jobs/a/tests/", "/jobs/a/activities/", "/linuxdistros/"]
      for path in lists {
        let answer = try await AvocadoStep("DELETE", path, 405, #"{"detail":"Method \"DELETE\" not allowed."}"#).check(
          server)
        #expect(answer.headers["allow"] == "GET, POST, HEAD, OPTIONS")
      }
      let row = try await AvocadoStep("POST", "/jobs/a/", sending: "{}", 405).check(server)
      #expect(row.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD, OPTIONS")
      try await AvocadoStep("POST", "/", 405).check(server)
      try await AvocadoStep(
        "OPTIONS", "/jobs/", 200,
        #"{"name":"Job List","description":"","renders":["application/json"],"parses":["application/json"],"#
          + #""actions":{"POST":{"id":{"type":"string","required":false,"read_only":false,"label":"Id","max_length":40},…"#
      ).check(server)
      try await AvocadoStep("OPTIONS", "/", 200, #"{"name":"Api Root",…"#).check(server)
      let moved = try await AvocadoStep("GET", "/jobs/a?page=1&x=%20", 301, "").check(server)
      #expect(moved.headers["location"] == "http://localhost:9405/avocado/jobs/a/?page=1&x=%20")
      #expect(
        try await AvocadoStep("HEAD", "/version", 301).check(server).headers["location"]?.hasSuffix("/version/") == true
      )
    }
  }

  @Test func whatNobodyMayWrite() async throws {
    let anonymous = #"{"detail":"Authentication credentials were not provided."}"#
    let known = #"{"detail":"You do not have permission to perform this action."}"#
    let basic = ["Authorization: Basic YWRtaW46MTIz"]
    var steps: [AvocadoStep] = []
    for path in ["/version/", "/jobstatuses/", "/teststatuses/", "/jobstatuses/1/", "/teststatuses/5/"] {
      for verb in ["POST", "PUT", "PATCH", "DELETE"] {
        steps.append(AvocadoStep(verb, path, sending: "{}", 403, anonymous))
        steps.append(AvocadoStep(verb, path, sending: "{}", headers: basic, 403, known))
      }
    }
    steps += [
      AvocadoStep(
        "GET", "/jobs/", headers: ["Authorization: Basic"], 403,
        #"{"detail":"Invalid basic header. No credentials provided."}"#),
      AvocadoStep(
        "GET", "/jobs/", headers: ["Authorization: Basic a b"], 403,
        #"{"detail":"Invalid basic header. Credentials string should not contain spaces."}"#),
      AvocadoStep(
        "GET", "/jobs/", headers: ["Authorization: Basic !"], 403,
        #"{"detail":"Invalid basic header. Credentials not correctly base64 encoded."}"#),
      AvocadoStep("GET", "/jobs/", headers: ["Authorization: Digest x"], 200),
      AvocadoStep("GET", "/jobs/", headers: ["Authorization: Basics"], 200),
      AvocadoStep("GET", "/jobstatuses/6/", 200, #"{"name":"PASS","description":"Job finished running successfull"}"#),
      AvocadoStep("GET", "/jobstatuses/PASS/", 404), AvocadoStep("GET", "/jobstatuses/11/", 404),
      AvocadoStep("GET", "/jobstatuses/", 200, #"{"count":10,"next":null,…{"name":"TEST_NA","description":""},…"#),
      AvocadoStep("GET", "/teststatuses/?page=2", 404),
      AvocadoStep("GET", "/teststatuses/3/", 200, #"{"name":"FAIL","description":"Test failed"}"#),
    ]
    try await run(steps)
  }

  @Test func aRepeatedRequestIsAnsweredAsTheFirst() async throws {
    try await TestServer.run { server in
      func key(_ name: String) -> [String] { ["Idempotency-Key: \(name)"] }
      let job = AvocadoStep("POST", "/jobs/", sending: #"{"status":"PASS"}"#, headers: key("j"), 201)
      let first = try await job.check(server)
      try await AvocadoStep("PATCH", "/jobs/1/", sending: #"{"status":"FAIL"}"#, 200).check(server)
      #expect(try await job.check(server).text == first.text)
      for (path, body) in [
        ("/jobs/1/tests/", #"{"tag":"t","status":"PASS"}"#),
        ("/jobs/1/activities/", #"{"activity":"A","time":"2020-01-01"}"#),
        ("/jobs/1/tests/1/activities/", #"{"activity":"A","time":"2020-01-01"}"#),
        ("/jobs/1/tests/1/data/", #"{"key":"k","value":"v"}"#),
      ] {
        for _ in 0..<2 {
          try await AvocadoStep("POST", path, sending: body, headers: key(path), 200, "…added…").check(server)
        }
        try await AvocadoStep("GET", path, 200, #"{"count":1,…"#).check(server)
        try await AvocadoStep(
          "POST", path, sending: body + " ", headers: key(path), 409,
          #"{"detail":"This Idempotency-Key belongs to another request."}"#
        ).check(server)
      }
      try await AvocadoStep("POST", "/jobs/1/tests/", sending: #"{"status":"PASS"}"#, headers: key("r"), 400)
        .check(server)
      try await AvocadoStep("POST", "/jobs/1/tests/", sending: #"{"tag":"u","status":"PASS"}"#, headers: key("r"), 200)
        .check(server)
    }
  }
}
