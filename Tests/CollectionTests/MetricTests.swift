import Model
import Store
import Testing

@testable import Collection

@Suite struct MetricTests {
  @Test func theTextIsWhatPrometheusReads() throws {
    var histogram = Histogram(bounds: [0.5, 1])
    for value in [0.25, 0.75, 7] { histogram.add(value) }
    var counter = MetricFamily("c_total", .counter, "What\nit \\ says.")
    counter.add(3, [("name", "a\"b\\c\nd"), ("other", "é")])
    counter.add(1e20)
    var seconds = MetricFamily("s", .histogram, "Seconds.")
    seconds.add(histogram, [("who", "x")])
    let text = MetricFamily.text([counter, MetricFamily("empty", .gauge, "Nothing."), seconds])
    #expect(
      text == #"""
        # HELP c_total What\nit \\ says.
        # TYPE c_total counter
        c_total{name="a\"b\\c\nd",other="é"} 3
        c_total 1e+20
        # HELP s Seconds.
        # TYPE s histogram
        s_bucket{who="x",le="0.5"} 1
        s_bucket{who="x",le="1"} 2
        s_bucket{who="x",le="+Inf"} 3
        s_sum{who="x"} 8
        s_count{who="x"} 3

        """#)
    let read = try Exposition(text)
    #expect(read["c_total", ["name": "a\"b\\c\nd", "other": "é"]] == 3)
    #expect(read["s_bucket", ["who": "x", "le": "+Inf"]] == 3)
  }

  @Test(arguments: [
    "a 1\n", "# TYPE a counter\na 1", "# TYPE a counter\na{b=1} 1\n", "# TYPE a counter\na 1\na 2\n",
    "# TYPE a counter\na x\n", "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_sum 1\na_count 2\n",
    "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
  ])
  func theReaderOfTheseTestsIsStrict(_ text: String) { #expect(throws: Fault.self) { try Exposition(text) } }

  @Test func requestsAreCounted() async throws {
    try await TestServer.run(beside: [.paddles]) { server in
      try await server.declare()
      _ = try await server.call("GET", "/api/v1/pods/nope")
      _ = try await server.call("GET", "/nope")
      let beside = TestServer(port: try #require(server.beside[.paddles]), beside: [:], store: server.store)
      _ = try await beside.call("GET", "/nope/nope/")
      let answer = try await server.call("GET", "/metrics")
      #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
      let read = try Exposition(answer.text)
      func requests(_ dialect: String, _ verb: String, _ status: String) -> Double? {
        read["sortie_http_requests_total", ["dialect": dialect, "verb": verb, "class": status]]
      }
      #expect(requests("testapi", "POST", "2xx") == 3)
      #expect(requests("testapi", "GET", "4xx") == 1)
      #expect(requests("server", "GET", "4xx") == 1)
      #expect(requests("paddles", "GET", "4xx") == 1)
      #expect(requests("avocado", "GET", "4xx") == nil)
      #expect(read["sortie_http_request_seconds_count", ["dialect": "testapi"]] == 4)
      #expect(read["sortie_store_rows", ["table": "pods"]] == 1)
      #expect(read["sortie_store_group_size_sum", [:]] == 3)
      #expect(read["sortie_store_writes_waiting", [:]] == 0)
      #expect(read["sortie_http_connections_open", [:]].map { $0 >= 1 } == true)
      #expect(read["sortie_build_info", ["version": sortieVersion]] == 1)
    }
  }

  @Test func connectionsThatEndedAreNotOpen() async throws {
    try await TestServer.run { server in
      let figures = {
        try Exposition(try await server.call("GET", "/metrics").text)["sortie_http_connections_open", [:]]
      }
      let others = try (0..<5).map { _ in try server.connect() }
      for other in others { _ = try await other.exchange(TestServer.request("GET", "/healthz")) }
      #expect(try await figures().map { $0 >= 6 } == true)
      for other in others {
        _ = try await other.exchange(TestServer.request("GET", "/healthz", headers: ["Connection: close"]))
        _ = try await other.untilClosed()
      }
      let start = ContinuousClock.now
      while try await figures().map({ $0 > 2 }) == true, ContinuousClock.now - start < .seconds(10) {}
      #expect(try await figures().map { $0 <= 2 } == true)
    }
  }
}
