import Testing

/// The calls that Avocado Server's documentation shows, as they stand there, behind the base.
@Suite struct AvocadoDocumentedTests {
  private static let credentials = ["Authorization: Basic YWRtaW46MTIz"]

  private static func post(_ target: String, _ body: String, _ answer: String) -> AvocadoStep {
    AvocadoStep("POST", target, sending: body, headers: credentials, 200, answer)
  }

  @Test func everyCall() async throws {
    let root = "http://localhost:9405/avocado"
    let times = (start: "2013-05-02T05:00:01Z", end: "2013-05-02T05:00:04Z")
    try await run([
      AvocadoStep(
        "GET", "/", 200,
        #"{"jobstatuses":"\#(root)/jobstatuses/","teststatuses":"\#(root)/teststatuses/","#
          + #""softwarecomponentkinds":"\#(root)/softwarecomponentkinds/","#
          + #""softwarecomponentarches":"\#(root)/softwarecomponentarches/","#
          + #""softwarecomponents":"\#(root)/softwarecomponents/","linuxdistros":"\#(root)/linuxdistros/","#
          + #""testenvironments":"\#(root)/testenvironments/","jobs":"\#(root)/jobs/"}"#),
      AvocadoStep("GET", "/version/", 200, #"{"version":"0.26.0"}"#),
      AvocadoStep("POST", "/jobs/", sending: #"{"id":"j","status":"RUNNING"}"#, headers: Self.credentials, 201),
      Self.post("/jobs/1/activities/", #"{"activity": "JOB_FINISHED", "time": "2013-05-02 00:01:01"}"#, "…"),
      Self.post("/jobs/1/tests/", #"{"tag": "newtest", "status": "PASS"}"#, #"{"status":"test added"}"#),
      Self.post("/jobs/1/tests/", #"{"tag": "b", "status": "PASS"}"#, #"{"status":"test added"}"#),
      Self.post("/jobs/1/tests/", #"{"tag": "failtest", "status": "FAIL"}"#, #"{"status":"test added"}"#),
      Self.post("/jobs/1/tests/", #"{"tag": "c", "status": "PASS"}"#, #"{"status":"test added"}"#),
      AvocadoStep("GET", "/jobs/1/passrate", 301, ""),
      AvocadoStep("GET", "/jobs/1/passrate/", 200, #"{"passrate":75.0}"#),
      Self.post(
        "/jobs/1/tests/1/activities/", #"{"activity": "TEST_STARTED", "time": "2013-05-02 00:00:01"}"#,
        #"{"status":"test activity added"}"#),
      Self.post(
        "/jobs/1/tests/1/activities/",
        #"{"activity": "TEST_ENDED", "time": "2013-05-02 00:00:04", "status": "FAIL"}"#,
        #"{"status":"test activity added"}"#),
      AvocadoStep(
        "GET", "/jobs/1/tests/1/activities/", 200,
        #"{"count":2,"next":null,"previous":null,"results":["#
          + #"{"test":1,"activity":"TEST_STARTED","time":"\#(times.start)","status":null},"#
          + #"{"test":1,"activity":"TEST_ENDED","time":"\#(times.end)","status":"FAIL"}]}"#),
      Self.post(
        "/jobs/1/tests/1/data/", #"{"category": "sysinfo", "key": "cmdline", "value": "BOOT_IMAGE=x"}"#,
        #"{"status":"test data added"}"#),
      Self.post(
        "/jobs/1/tests/1/data/", #"{"category": "log_file_path", "key": "debug.log", "value": ""}"#,
        #"{"status":"test data added"}"#),
      AvocadoStep(
        "GET", "/jobs/1/tests/1/data/", 200,
        #"{"count":2,"next":null,"previous":null,"results":["#
          + #"{"test":1,"category":"sysinfo","key":"cmdline","value":"Qk9PVF9JTUFHRT14"},"#
          + #"{"test":1,"category":"log_file_path","key":"debug.log","value":""}]}"#),
      AvocadoStep(
        "GET", "/jobs/", 200,
        #"{"count":1,"next":null,"previous":null,"results":[{"id":"j","description":null,"#
          + #""time":"2026-11-21T00:36:34.123456Z","elapsed_time":0.0,"status":"RUNNING","#
          + #""activities":[{"job":"j","activity":"JOB_FINISHED","time":"2013-05-02T05:01:01Z"}],"#
          + #""tests":[{"id":1,"job":"j","tag":"newtest","status":"PASS"},"#
          + #"{"id":2,"job":"j","tag":"b","status":"PASS"},{"id":3,"job":"j","tag":"failtest","status":"FAIL"},"#
          + #"{"id":4,"job":"j","tag":"c","status":"PASS"}]}]}"#),
      AvocadoStep("GET", "/jobs/?ordering=-time", 200),
      AvocadoStep("GET", "/jobs/?page=2", 404, #"{"detail":"Not found"}"#),
      AvocadoStep(
        "GET", "/nosuch/", 404,
        "<h1>Not Found</h1><p>The requested URL /avocado/nosuch/ was not found on this server.</p>"),
    ])
  }

  /// What the plugin of the first server sends, as forms; it repeats a row for ever unless it is answered 200.
  @Test func aJournalIsReplayed() async throws {
    let form = "application/x-www-form-urlencoded"
    func row(_ fields: String) -> AvocadoStep {
      AvocadoStep(
        "POST", "/jobs/0a-1/test_activity/", sending: "job=0a-1&" + fields, type: form, 200,
        #"{"status":"test activity added"}"#)
    }
    try await run([
      AvocadoStep(
        "POST", "/jobs/", sending: "name=a+job&uniqueident=0a-1", type: form, 201,
        #"{"id":"0a-1","description":"a job","time":"…","elapsed_time":0.0,"status":"NOSTATUS","activities":[],"tests":[]}"#
      ),
      row("activity=STARTED&time=2014-01-01T00:00:00.25&test_tag=sleep"),
      row("activity=STARTED&time=2014-01-01T00:00:00.25&test_tag=sleep"),
      row("activity=ENDED&time=2014-01-01T00:00:01&test_tag=sleep&status=PASS"),
      row("activity=ENDED&time=2014-01-01T00:00:01&test_tag=sleep&status=PASS"),
      row("activity=ENDED&time=2014-01-01T00:00:01&test_tag=other&status=SKIP"),
      row("activity=ENDED&time=2014-01-01T00:00:01&test_tag=third&status=INTERRUPTED"),
      row("activity=ENDED&time=2014-01-01T00:00:01&test_tag=fourth&status=BOGUS"),
      AvocadoStep(
        "GET", "/jobs/0a-1/tests/", 200,
        #"{"count":4,…{"id":1,"job":"0a-1","tag":"sleep","status":"PASS"},{"id":2,"job":"0a-1","tag":"other","#
          + #""status":"TEST_NA"},{"id":3,"job":"0a-1","tag":"third","status":"ERROR"},"#
          + #"{"id":4,"job":"0a-1","tag":"fourth","status":null}]}"#),
      AvocadoStep(
        "GET", "/jobs/0a-1/tests/1/activities/", 200,
        #"{"count":2,…{"test":1,"activity":"STARTED","time":"2014-01-01T06:00:00.250000Z","status":null},…]}"#),
      AvocadoStep("GET", "/jobs/0a-1/tests/2/data/", 200, #"…"category":"status","key":"ENDED","value":"U0tJUA=="}]}"#),
      AvocadoStep("GET", "/jobs/0a-1/tests/summary/", 200, #"{"passed":1,"failed":1,"other":2}"#),
    ])
  }
}
