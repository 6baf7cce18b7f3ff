import Testing

@Suite struct AvocadoInnerListTests {
  @Test func activitiesOfAJob() async throws {
    let path = "/jobs/a/activities/"
    try await run([
      avocadoJob("a"), avocadoJob("b"),
      AvocadoStep(
        "POST", path, sending: #"{"activity":"S","time":"2013-05-02 00:01:01"}"#, 200,
        #"{"status":"job activity added"}"#),
      AvocadoStep(
        "POST", path, sending: #"{"activity":"S","time":"2013-05-02T05:01:01Z"}"#, 409,
        #"{"detail":"This row exists already."}"#),
      AvocadoStep("POST", path, sending: #"{"activity":"","time":"2013-05-02"}"#, 200),
      AvocadoStep(
        "POST", path, sending: #"{"activity":"123456789012345678901","time":"2014-01-01 00:00:00"}"#, 200),
      AvocadoStep("POST", path, sending: #"{"time":"2013-05-02"}"#, 400, #"{"detail":"activity: …"}"#),
      AvocadoStep("POST", path, sending: #"{"activity":"S"}"#, 400, #"{"detail":"time: …"}"#),
      AvocadoStep("POST", path, sending: #"{"activity":"S","time":1369000000}"#, 400, #"{"detail":"time: …"}"#),
      AvocadoStep("POST", path, sending: #"{"activity":"S","time":"soon"}"#, 400, #"{"detail":"time: …"}"#),
      AvocadoStep("POST", path, sending: #"{"activity":["S"],"time":"2013-05-02"}"#, 400, #"{"detail":"activity: …"}"#),
      AvocadoStep("POST", "/jobs/none/activities/", sending: #"{"activity":"S","time":"2013-05-02"}"#, 404),
      AvocadoStep(
        "GET", path, 200,
        #"{"count":3,"next":null,"previous":null,"results":["#
          + #"{"job":"a","activity":"S","time":"2013-05-02T05:01:01Z"},"#
          + #"{"job":"a","activity":"","time":"2013-05-02T05:00:00Z"},"#
          + #"{"job":"a","activity":"123456789012345678901","time":"2014-01-01T06:00:00Z"}]}"#),
      AvocadoStep("GET", "/jobs/b/activities/", 200, #"{"count":0,…"#),
      AvocadoStep("GET", "/jobs/none/activities/", 404, #"{"detail":"Not found"}"#),
      AvocadoStep("GET", path + "1/", 200, #"{"job":"a","activity":"S","time":"2013-05-02T05:01:01Z"}"#),
      AvocadoStep("GET", "/jobs/b/activities/1/", 404),
      AvocadoStep("GET", path + "x/", 404),
      AvocadoStep(
        "PATCH", path + "1/", sending: #"{"time":"2013-05-02 00:01:02.5-03:00"}"#, 200,
        #"{"job":"a","activity":"S","time":"2013-05-02T03:01:02.500000Z"}"#),
      AvocadoStep(
        "PUT", path + "1/", sending: #"{"activity":"123456789012345678901"}"#, 400,
        #"{"job":["This field is required."],"activity":["Ensure this field has no more than 20 characters."],"#
          + #""time":["This field is required."]}"#),
      AvocadoStep(
        "PUT", path + "1/", sending: #"{"job":"no","activity":"S","time":"2013-05-02"}"#, 400,
        #"{"job":["Invalid pk \"no\" - object does not exist."]}"#),
      AvocadoStep(
        "PUT", path + "1/", sending: #"{"job":"a","activity":"S","time":"x"}"#, 400, #"{"time":["Datetime has wrong…"#),
      AvocadoStep("PUT", path + "1/", sending: #"{"job":"b","activity":"S","time":"2013-05-02"}"#, 200),
      AvocadoStep("GET", path + "1/", 404),
      AvocadoStep("DELETE", "/jobs/b/activities/1/", 204, ""),
      AvocadoStep("DELETE", "/jobs/b/activities/1/", 404),
    ])
  }

  @Test func testsOfAJob() async throws {
    let path = "/jobs/a/tests/"
    try await run([
      avocadoJob("a"), avocadoJob("b"),
      AvocadoStep(
        "POST", path, sending: #"{"tag":"z","status":"PASS","environment":1}"#, 200, #"{"status":"test added"}"#),
      AvocadoStep("POST", path, sending: #"{"tag":"y","status":"ERROR"}"#, 200),
      AvocadoStep("POST", "/jobs/b/tests/", sending: #"{"tag":"z","status":"WARN"}"#, 200),
      AvocadoStep(
        "POST", path, sending: #"{"tag":"z","status":"FAIL"}"#, 409, #"{"detail":"This row exists already."}"#),
      AvocadoStep("POST", path, sending: #"{"tag":"x","status":"BOGUS"}"#, 404, #"{"detail":"Not found"}"#),
      AvocadoStep("POST", path, sending: #"{"tag":"x","status":null}"#, 404),
      AvocadoStep("POST", path, sending: #"{"tag":"x"}"#, 400, #"{"detail":"status: This field is required."}"#),
      AvocadoStep("POST", path, sending: #"{"status":"PASS"}"#, 400, #"{"detail":"tag: This field is required."}"#),
      AvocadoStep("POST", "/jobs/none/tests/", sending: #"{"tag":"x","status":"PASS"}"#, 404),
      AvocadoStep("GET", path + "1/", 200, #"{"id":1,"job":"a","tag":"z","status":"PASS"}"#),
      AvocadoStep("GET", "/jobs/b/tests/1/", 404),
      AvocadoStep("GET", path + "?ordering=tag", 200, #"{"count":2,…"results":[{"id":2,…{"id":1,…"#),
      AvocadoStep("GET", path + "?ordering=-status", 200, #"{"count":2,…"results":[{"id":2,…{"id":1,…"#),
      AvocadoStep("GET", path + "?ordering=time", 200, #"{"count":2,…"results":[{"id":1,…{"id":2,…"#),
      AvocadoStep(
        "PATCH", path + "1/", sending: #"{"status":"FAIL"}"#, 200, #"{"id":1,"job":"a","tag":"z","status":"FAIL"}"#),
      AvocadoStep("GET", path + "summary/", 200, #"{"passed":0,"failed":2,"other":0}"#),
      AvocadoStep(
        "PUT", path + "1/", sending: "{}", 400,
        #"{"job":["This field is required."],"tag":["This field is required."],"status":["This field is required."]}"#),
      AvocadoStep(
        "PUT", path + "1/", sending: #"{"job":"b","tag":"z","status":"PASS"}"#, 400,
        #"{"non_field_errors":["The fields job, tag must make a unique set."]}"#),
      AvocadoStep("PUT", path + "1/", sending: #"{"job":"b","tag":"w","status":"PASS"}"#, 200),
      AvocadoStep("GET", path + "summary/", 200, #"{"passed":0,"failed":1,"other":0}"#),
      AvocadoStep("GET", "/jobs/b/tests/summary/", 200, #"{"passed":1,"failed":0,"other":1}"#),
      AvocadoStep("GET", "/jobs/b/passrate/", 200, #"{"passrate":50.0}"#),
      AvocadoStep("DELETE", path + "2/", 204),
      AvocadoStep("GET", path + "summary/", 200, #"{"passed":0,"failed":0,"other":0}"#),
      AvocadoStep("DELETE", path + "2/", 404),
    ])
  }

  @Test func activitiesOfATest() async throws {
    let path = "/jobs/a/tests/1/activities/"
    try await run([
      avocadoJob("a"), avocadoJob("b"),
      AvocadoStep("POST", "/jobs/a/tests/", sending: #"{"tag":"z","status":"PASS"}"#, 200),
      AvocadoStep("POST", path, sending: #"{"activity":"S","time":"2013-05-02"}"#, 200),
      AvocadoStep("POST", path, sending: #"{"activity":"S","time":"2013-05-02","status":null}"#, 200),
      AvocadoStep("POST", path, sending: #"{"activity":"E","time":"2013-05-02","status":"FAIL"}"#, 200),
      AvocadoStep("POST", path, sending: #"{"activity":"E","time":"2013-05-02","status":"FAIL"}"#, 409),
      AvocadoStep("POST", path, sending: #"{"activity":"E","time":"2013-05-02","status":"NO"}"#, 404),
      AvocadoStep("POST", path, sending: #"{"activity":"E"}"#, 400, #"{"detail":"time: …"}"#),
      AvocadoStep("POST", "/jobs/b/tests/1/activities/", sending: #"{"activity":"S","time":"2013-05-02"}"#, 404),
      AvocadoStep("POST", "/jobs/a/tests/9/activities/", sending: #"{"activity":"S","time":"2013-05-02"}"#, 404),
      AvocadoStep("GET", path, 200, #"{"count":3,…"#),
      AvocadoStep("GET", "/jobs/b/tests/1/activities/", 404),
      AvocadoStep("GET", "/jobs/a/tests/1/", 200, #"…"status":"PASS"}"#),
      AvocadoStep("GET", path + "3/", 200, #"{"test":1,"activity":"E","time":"2013-05-02T05:00:00Z","status":"FAIL"}"#),
      AvocadoStep("PATCH", path + "3/", sending: #"{"status":"PASS"}"#, 200, #"…"status":"PASS"}"#),
      AvocadoStep("PATCH", path + "3/", sending: #"{"test":"x"}"#, 400, #"{"test":["Incorrect type. Expected pk…"#),
      AvocadoStep("PATCH", path + "3/", sending: #"{"test":7}"#, 400, #"{"test":["Invalid pk \"7\" - object…"#),
      AvocadoStep("DELETE", path + "3/", 204),
      AvocadoStep("GET", path + "3/", 404),
    ])
  }

  @Test func dataOfATest() async throws {
    let path = "/jobs/a/tests/1/data/"
    try await run([
      avocadoJob("a"),
      AvocadoStep("POST", "/jobs/a/tests/", sending: #"{"tag":"z","status":"PASS"}"#, 200),
      AvocadoStep("GET", path, 200, #"{"count":0,"next":null,"previous":null,"results":[]}"#),
      AvocadoStep("POST", path, sending: #"{"key":"k","value":null}"#, 200, #"{"status":"test data added"}"#),
      AvocadoStep("POST", path, sending: #"{"key":"l","value":"ab","category":"c"}"#, 200),
      AvocadoStep("POST", path, sending: #"{"key":"k","value":"x"}"#, 409),
      AvocadoStep("POST", path, sending: #"{"key":"m"}"#, 400, #"{"detail":"value: This field is required."}"#),
      AvocadoStep("POST", path, sending: #"{"value":"x"}"#, 400, #"{"detail":"key: This field is required."}"#),
      AvocadoStep("POST", path, sending: #"{"key":"m","value":5}"#, 400, #"{"detail":"value: …"}"#),
      AvocadoStep("POST", path, sending: #"{"key":"m","value":{}}"#, 400, #"{"detail":"value: …"}"#),
      AvocadoStep("POST", path, sending: #"{"key":"m","value":"é"}"#, 400, #"{"detail":"value: …"}"#),
      AvocadoStep("POST", "/jobs/a/tests/2/data/", sending: #"{"key":"m","value":"x"}"#, 404),
      AvocadoStep(
        "GET", path, 200,
        #"{"count":2,"next":null,"previous":null,"results":["#
          + #"{"test":1,"category":"default","key":"k","value":null},"#
          + #"{"test":1,"category":"c","key":"l","value":"YWI="}]}"#),
      AvocadoStep(
        "PATCH", path + "2/", sending: #"{"key":"n","value":"changed"}"#, 200,
        #"{"test":1,"category":"c","key":"n","value":"YWI="}"#),
      AvocadoStep(
        "PUT", path + "2/", sending: #"{"test":1,"category":"default","key":"k"}"#, 400,
        #"{"non_field_errors":["The fields test, category, key must make a unique set."]}"#),
      AvocadoStep("DELETE", path + "1/", 204),
      AvocadoStep("GET", path + "1/", 404),
      AvocadoStep("GET", path + "2/", 200),
    ])
  }

  @Test func shortcutsWhoseBodyDecides() async throws {
    try await run([
      avocadoJob("a"), avocadoJob("b"),
      AvocadoStep("POST", "/jobs/a/tests/", sending: #"{"tag":"z","status":"PASS"}"#, 200),
      AvocadoStep(
        "POST", "/jobs/x/activity/", sending: #"{"job":"b","activity":"S","time":"2013-05-02T00:00Z"}"#, 200,
        #"{"status":"job activity added"}"#),
      AvocadoStep("GET", "/jobs/b/activities/", 200, #"{"count":1,…"#),
      AvocadoStep(
        "POST", "/jobs/a/activity/", sending: "{}", 400,
        #"{"job":["This field is required."],"activity":["This field is required."],"time":["This field is required."]}"#
      ),
      AvocadoStep(
        "POST", "/jobs/a/activity/", sending: #"{"job":"no","activity":"S","time":"2013-05-02T00:00Z"}"#, 400,
        #"{"job":["Invalid pk \"no\" - object does not exist."]}"#),
      AvocadoStep(
        "POST", "/jobs/a/test_activity/",
        sending: #"{"test":1,"activity":"S","time":"2013-05-02T00:00Z","status":"FAIL"}"#, 200,
        #"{"status":"test activity added"}"#),
      AvocadoStep(
        "POST", "/jobs/a/test_activity/", sending: #"{"test":1,"activity":"S","time":"2013-05-02T00:00Z"}"#, 400,
        #"{"status":["This field is required."]}"#),
      AvocadoStep(
        "POST", "/jobs/a/test_activity/",
        sending: #"{"test":4,"activity":"S","time":"2013-05-02T00:00Z","status":"FAIL"}"#, 400,
        #"{"test":["Invalid pk \"4\" - object does not exist."]}"#),
      AvocadoStep(
        "POST", "/jobs/a/test_activity/",
        sending: #"{"test":-1,"activity":"S","time":"2013-05-02T00:00Z","status":"FAIL"}"#, 400,
        #"{"test":["Invalid pk \"-1\" - object does not exist."]}"#),
      AvocadoStep(
        "POST", "/jobs/a/test_activity/",
        sending: #"{"test":1e30,"activity":"S","time":"2013-05-02T00:00Z","status":"FAIL"}"#, 400,
        #"{"test":["Incorrect type. Expected pk value, received float."]}"#),
      AvocadoStep(
        "POST", "/jobs/a/activity/", sending: #"{"job":["b"],"activity":"S","time":"2013-05-02T00:00Z"}"#, 400,
        #"{"job":["Incorrect type. Expected pk value, received list."]}"#),
      AvocadoStep("GET", "/jobs/a/activity/", 405, #"{"detail":"Method \"GET\" not allowed."}"#),
    ])
  }
}
