import Testing

/// Requests that mean harm: each is answered 4xx, or finds nothing, and never with a 5xx.
@Suite struct HostileRequestTests {
  private static let huge = String(repeating: "9", count: 2000)

  private static let queries: [(query: String, status: Int)] = [
    ("?last=99999999999999999999", 200), ("?last=\(huge)", 200), ("?last=-\(huge)", 200), ("?page=-\(huge)", 200),
    ("?page=\(huge)", 400), ("?page=9223372036854775807", 400), ("?page=461168601842738791", 400),
    ("?period=\(huge)", 200), ("?period=-\(huge)", 200), ("?period=106751991168", 200), ("?build_id=\(huge)", 200),
    ("?from=\(huge)&to=", 200), ("?from=%F0%9F%98%80", 200), ("?case=%00", 400), ("?case=%ED%A0%80", 400),
    ("?%00=1", 400), ("?case=%", 200), ("?=", 200), ("?&&&", 200), ("?details=x", 200), ("?details.=x", 200),
    ("?details...=x", 200), ("?details.a%22]=x", 200), ("?details.%5B0%5D=x", 200),
    ("?details" + String(repeating: ".a", count: 3000) + "=x", 200),
    ("?" + (0..<64).map { "f\($0)=1" }.joined(separator: "&"), 200),
    ("?" + (0..<64).map { "details.f\($0)=1" }.joined(separator: "&"), 200),
    ("?" + (0..<65).map { "f\($0)=1" }.joined(separator: "&"), 400),
    ("?results.key=1", 200), ("?key=1", 200), ("?rowid=1", 200), ("?id=1", 200), ("?1;DROP%20TABLE%20results=1", 200),
    ("?pod_name=%27%20OR%201%3D1--", 200), ("?descend=maybe", 200), ("?trust_indicator=\(huge)", 200),
  ]

  @Test func queries() async throws {
    try await TestServer.run { server in
      try await server.declare()
      _ = try await server.call("POST", "/api/v1/results", json: resultBody(#""details": {"a": {"a": 1}}"#))
      _ = try await server.call(
        "POST", "/api/v1/deployresults", json: #"{"pod_name": "pod1", "installer": "i", "scenario": "s"}"#)
      for path in ["/api/v1/results", "/api/v1/deployresults"] {
        for (query, status) in Self.queries {
          let answer = try await server.call("GET", path + query)
          #expect(
            answer.statusLine.hasPrefix("HTTP/1.1 \(status) "), "\(path)\(query.prefix(60)): \(answer.statusLine)")
        }
      }
      for path in ["/api/v1/scenarios", "/api/v1/pods", "/api/v1/projects"] {
        for query in ["?name=%28", "?name=" + String(repeating: "(a%2B)%2B", count: 500), "?installer=%22"] {
          let answer = try await server.call("GET", path + query)
          #expect(answer.statusLine == "HTTP/1.1 200 OK", "\(path)\(query.prefix(60))")
        }
      }
    }
  }

  private static let bodies: [String] = [
    "", "null", "5", "\"x\"", "true", "{", "[", "{\"a\":", "\u{0}", "{\"name\": \"\\ud800\"}",
    "{\"name\": \"\\u0000\"}",
    String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 1000), "[" + huge + "]",
    "{\"name\": " + huge + "}", "{\"name\": 1e99999}", "{\"name\": NaN}", "{\"name\": [[[]]]}", "{\"name\": {}}",
    "[" + String(repeating: "{},", count: 70_000) + "{}]",
  ]

  @Test func bodies() async throws {
    let place = "?installer=apex&version=master&project=functest"
    let targets: [(verb: String, path: String)] = [
      ("POST", "/api/v1/pods"), ("POST", "/api/v1/projects"), ("PUT", "/api/v1/projects/functest"),
      ("POST", "/api/v1/projects/functest/cases"), ("PUT", "/api/v1/projects/functest/cases/vping"),
      ("POST", "/api/v1/results"), ("PUT", "/api/v1/results/0123456789abcdef01234567"),
      ("POST", "/api/v1/deployresults"),
      ("POST", "/api/v1/scenarios"), ("PUT", "/api/v1/scenarios/s"), ("POST", "/api/v1/scenarios/s/scores" + place),
      ("POST", "/api/v1/scenarios/s/trust_indicators" + place), ("POST", "/api/v1/scenarios/s/customs" + place),
      ("DELETE", "/api/v1/scenarios/s/projects" + place), ("PUT", "/api/v1/scenarios/s/owner" + place),
      ("PUT", "/api/v1/scenarios/s/versions" + place), ("POST", "/api/v1/scenarios/s/installers"),
    ]
    try await TestServer.run { server in
      try await server.declare()
      _ = try await server.call("POST", "/api/v1/scenarios", json: #"{"name": "s"}"#)
      for (verb, path) in targets {
        let connection = try server.connect()
        for body in Self.bodies {
          let answer = try await connection.exchange(TestServer.request(verb, path, json: body))
          #expect(answer.statusLine.hasPrefix("HTTP/1.1 4"), "\(verb) \(path) \(body.prefix(40)): \(answer.statusLine)")
        }
      }
    }
  }
}
