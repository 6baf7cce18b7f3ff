import Collection
import Model
import Store
import Testing

/// Requests that nobody sends by mistake, against every dialect: an answer of the 400s, soon, and the server goes on.
@Suite struct EveryDialectTests {
  /// Where the dialects are, each with a list and a thing to write.
  private static let places = [
    (list: "/api/v1/pods", one: "/api/v1/pods/x"), (list: "/paddles/runs/", one: "/paddles/runs/x/"),
    (list: "/paddles/nodes/", one: "/paddles/nodes/x/"), (list: "/avocado/jobs/", one: "/avocado/jobs/x/"),
  ]

  private static let targets: [String] = places.flatMap { place -> [String] in
    let base = place.list.hasSuffix("/") ? String(place.list.dropLast()) : place.list
    return [
      "\(base)/../../etc/passwd", "\(base)/%2e%2e/%2E%2e/x", "\(base)/./x", "\(base)/%2e", "\(base)/%00",
      "\(base)/a%00b", "\(base)/%c0%ae%c0%ae/", "\(base)/%c0%af", "\(base)/%ed%a0%80", "\(base)/%f4%90%80%80",
      "\(base)/%ff", "\(base)//x/", "/\(base)", "\(base)///", "\(base)/x/..", "\(base)?a=%00", "\(base)?%c0%80=1",
      "\(base)?" + String(repeating: "a=1&", count: 70), "\(base)/" + String(repeating: "a", count: 9000),
      "\(base)/" + String(repeating: "a/", count: 3000), "\(base)/x/" + String(repeating: "%2f", count: 1000),
    ]
  }

  @Test func paths() async throws {
    try await TestServer.run { server in
      for target in Self.targets {
        for verb in ["GET", "PUT"] {
          let answer = try await server.call(verb, target, json: verb == "GET" ? nil : "{}")
          #expect(answer.statusLine.hasPrefix("HTTP/1.1 4"), "\(verb) \(target.prefix(100)): \(answer.statusLine)")
        }
      }
    }
  }

  private static let bodies: [(name: String, text: String)] = [
    ("empty", ""), ("no JSON", "{"), ("no object", "[]"), ("a number", "1"),
    ("deep", String(repeating: "[", count: 1 << 20)),
    ("deep objects", String(repeating: #"{"a":"#, count: 100_000)),
    (
      "deep inside",
      #"{"name": "x", "details": "# + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000) + "}"
    ),
    ("lone surrogate", #"{"name": "\ud800"}"#), ("NUL", #"{"name": "a\u0000b"}"#),
    ("a huge number", #"{"name": 1"# + String(repeating: "0", count: 1 << 16) + "}"),
    ("a huge exponent", #"{"name": 1e999999999}"#),
    ("a huge name", #"{"name": ""# + String(repeating: "a", count: 1 << 20) + #""}"#),
    ("many members", "{" + (0..<5000).map { "\"m\($0)\": 1" }.joined(separator: ",") + "}"),
    ("wrong types", #"{"name": {"name": []}, "job_id": [1], "time": {}, "locked": "x"}"#),
    ("NaN", #"{"name": NaN}"#), ("trailing", #"{"name": "x"} {"name": "y"}"#),
  ]

  @Test func bodiesNeverBringTheServerDown() async throws {
    try await TestServer.run { server in
      for place in Self.places {
        for body in Self.bodies {
          for (verb, target) in [("POST", place.list), ("PUT", place.one)] {
            let start = ContinuousClock.now
            let answer = try await server.call(verb, target, json: body.text)
            let time = ContinuousClock.now - start
            #expect(
              answer.statusLine.hasPrefix("HTTP/1.1 4") || answer.statusLine.hasPrefix("HTTP/1.1 2"),
              "\(verb) \(target) \(body.name): \(answer.statusLine)")
            #expect(time < .seconds(5), "\(verb) \(target) \(body.name) took \(time)")
          }
        }
        #expect(try await server.call("GET", "/healthz").statusLine == "HTTP/1.1 200 OK")
      }
    }
  }

  @Test func bodiesThatAreNotUTF8() async throws {
    try await TestServer.run { server in
      for place in Self.places {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAE, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
          let body = Array(#"{"name": "#.utf8) + bytes + Array("}".utf8)
          let head =
            "POST \(place.list) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\r\n"
          let answer = try await server.connect().exchange(Array(head.utf8) + body)
          #expect(answer.statusLine.hasPrefix("HTTP/1.1 4"), "\(place.list) \(bytes): \(answer.statusLine)")
        }
      }
    }
  }

  @Test(arguments: [
    "Content-Length: 2\r\nContent-Length: 3\r\n", "Content-Length: 2, 3\r\n", "Content-Length: +2\r\n",
    "Content-Length: 0x2\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length:\r\n",
    "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "Content-Length : 2\r\n",
    " Content-Length: 2\r\n", "Host: y\r\n", "A\u{0}: b\r\n", "A: b\u{0}c\r\n", "A: b\rX: c\r\n",
  ])
  func framingThatCanBeReadInTwoWays(_ fields: String) async throws {
    try await TestServer.run { server in
      let connection = try server.connect()
      await connection.send(
        Array(
          "POST /api/v1/pods HTTP/1.1\r\nHost: x\r\n\(fields)\r\n{}GET /api/v1/pods HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      let text = String(decoding: try await connection.untilClosed(), as: UTF8.self)
      let answers = text.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: true)
      #expect(answers.count <= 1 && answers.allSatisfy { $0.hasPrefix("4") }, "\(text)")
      #expect(try await server.store.pods().isEmpty)
    }
  }
}
