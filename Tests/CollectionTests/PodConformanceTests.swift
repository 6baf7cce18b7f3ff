import Testing

@Suite struct PodConformanceTests {
  private static let date = "2026-11-21 01:36:34.123456"

  @Test func everyVerb() async throws {
    try await run([
      Step("GET", "/api/v1/pods", "200 OK", #"{"pods": []}"#),
      Step(
        "POST", "/api/v1/pods",
        sending: #"{"name": "lf-pod1-extra", "mode": "metal", "role": "12", "details": {"b": 1.0, "a": 1e400}}"#,
        "200 OK", #"{"href": "http://collector.test:8000/api/v1/pods/lf-pod1-extra"}"#),
      Step("POST", "/api/v1/pods", sending: #"{"name": "lf-pod1", "owner": "dropped"}"#, "200 OK"),
      Step("POST", "/api/v1/pods", sending: #"{"name": "lf-pod1"}"#, "403 pods [{'name': u'lf-pod1'}] Already Exists"),
      Step(
        "GET", "/api/v1/pods/lf-pod1-extra", "200 OK",
        #"{"_id": "…", "name": "lf-pod1-extra", "mode": "metal", "role": "12", "details": {"b": 1.0, "a": 1e400}, "#
          + #""creator": "", "creation_date": "\#(Self.date)"}"#),
      Step(
        "GET", "/api/v1/pods/lf-pod1", "200 OK",
        #"{"_id": "…", "name": "lf-pod1", "mode": "", "role": "", "details": "", "creator": "", "creation_date": "…"}"#),
      Step("GET", "/api/v1/pods?name=EXTRA", "200 OK", #"{"pods": [{"_id": "…", "name": "lf-pod1-extra"…}]}"#),
      Step("GET", "/api/v1/pods?name=zzz", "200 OK", #"{"pods": []}"#),
      Step("GET", "/api/v1/pods/nope", "404 Could Not Found pods [{'name': u'nope'}]"),
      Step("PUT", "/api/v1/pods/lf-pod1", sending: #"{"name": "x"}"#, "405 Method Not Allowed"),
      Step("DELETE", "/api/v1/pods", "405 Method Not Allowed"),
      Step("DELETE", "/api/v1/pods/nope", "404 Could Not Found pods [{'name': u'nope'}]"),
      Step(
        "DELETE", "/api/v1/pods/lf-pod1", sending: "{",
        "400 Bad Format [Expecting property name enclosed in double quotes: line 1 column 2 (char 1)]"),
      Step("GET", "/api/v1/pods/lf-pod1", sending: "]", "400 Bad Format [Expecting value: line 1 column 1 (char 0)]"),
      Step("DELETE", "/api/v1/pods/lf-pod1", "200 OK", ""),
      Step("DELETE", "/api/v1/pods/lf-pod1", "404 Could Not Found pods [{'name': u'lf-pod1'}]"),
    ])
  }

  @Test func bodiesThatAreNone() async throws {
    try await run([
      Step("POST", "/api/v1/pods", "400 No Body"),
      Step("POST", "/api/v1/pods", sending: "", "400 No Body"),
      Step("POST", "/api/v1/pods", sending: "null", "400 No Body"),
      Step("POST", "/api/v1/pods", sending: " null ", "400 No Body"),
      Step("POST", "/api/v1/pods", sending: "[]", "400 Bad Format [Expecting an object]"),
      Step("POST", "/api/v1/pods", sending: "12", "400 Bad Format [Expecting an object]"),
      Step("POST", "/api/v1/pods", sending: "nope", "400 Bad Format [Expecting value: line 1 column 1 (char 0)]"),
      Step(
        "POST", "/api/v1/pods", sending: #"{"name": "a"} x"#, "400 Bad Format [Extra data: line 1 column 15 (char 14)]"),
      Step("POST", "/api/v1/pods", sending: "{}", "400 name Missing"),
      Step("POST", "/api/v1/pods", sending: #"{"name": null}"#, "400 name Missing"),
      Step("POST", "/api/v1/pods", sending: #"{"name": ""}"#, "400 name Missing"),
      Step("POST", "/api/v1/pods", sending: #"{"name": 12}"#, "400 Bad Format [name must be a string]"),
      Step("POST", "/api/v1/pods", sending: #"{"name": "a\u0000b"}"#, "400 Bad Format ['name' holds a NUL]"),
      Step(
        "POST", "/api/v1/pods", sending: #"{"name": "\ud800"}"#,
        "400 Bad Format [Lone surrogate: line 1 column 11 (char 10)]"),
      Step(
        "POST", "/api/v1/pods", sending: #"{"name": "\#(String(repeating: "x", count: 1025))"}"#,
        "400 Bad Format [name has more than 1024 bytes]"),
    ])
  }

  /// Details are anything: a string too that SQLite would end half-way.
  @Test func detailsAreKeptToTheLastByte() async throws {
    let shown = #""details": "a\u0000b""#
    try await run([
      Step("POST", "/api/v1/pods", sending: #"{"name": "a", "details": "a\u0000b"}"#, "200 OK"),
      Step("GET", "/api/v1/pods/a", "200 OK", #"{"_id": "…", \#(shown), "creator": "", "creation_date": "…"}"#),
      Step("GET", "/pods/a", "200 OK", #"{"pods": [{"_id": 1, …\#(shown), …}"#),
      Step(
        "POST", "/api/v1/pods", sending: #"{"name": "b", "mode": "a\u0000b"}"#, "400 Bad Format ['mode' holds a NUL]"),
    ])
  }

  @Test func namesAreOneSegmentWhateverTheyHold() async throws {
    try await run([
      Step(
        "POST", "/api/v1/pods", sending: #"{"name": "a/b c%"}"#, "200 OK",
        #"{"href": "http://collector.test:8000/api/v1/pods/a%2Fb%20c%25"}"#),
      Step("GET", "/api/v1/pods/a%2Fb%20c%25", "200 OK", #"{"_id": "…", "name": "a/b c%", …}"#),
      Step("GET", "/api/v1/pods/a/b", "404 Not Found"),
      Step("POST", "/api/v1/pods", sending: #"{"name": "pod(1"}"#, "200 OK"),
      Step("GET", "/api/v1/pods/pod(1", "200 OK"),
      Step("POST", "/api/v1/pods", sending: #"{"name": "12"}"#, "200 OK"),
      Step("GET", "/api/v1/pods/12", "200 OK", #"{"_id": "…", "name": "12", …}"#),
      Step("GET", "/api/v1/pods/caf%C3%A9", #"404 Could Not Found pods [{'name': u'caf\xe9'}]"#),
      Step("GET", "/api/v1/pods/it's", #"404 Could Not Found pods [{'name': u"it's"}]"#),
      Step("GET", "/api/v1/pods/a%0D%0AX-Evil:%201", #"404 Could Not Found pods [{'name': u'a\r\nX-Evil: 1'}]"#),
      Step(
        "GET", "/api/v1/pods/%3Cb%3E&", "404 Could Not Found pods [{'name': u'<b>&'}]",
        "<html><title>404: Could Not Found pods [{'name': u'&lt;b&gt;&amp;'}]</title>"
          + "<body>404: Could Not Found pods [{'name': u'&lt;b&gt;&amp;'}]</body></html>"),
      Step("GET", "/api/v1/pods/%00", "400 Bad Request"),
      Step("GET", "/api/v1/pods/%FF", "400 Bad Request"),
    ])
  }
}
