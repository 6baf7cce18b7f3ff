import Collection
import Logging
import Model
import Store
import Testing

@Suite struct ConnectionTests {
  @Test func manyRequestsOnOneConnectionAndPipelined() async throws {
    try await TestServer.run { server in
      let connection = try server.connect()
      let names = (0..<5).map { "pod\($0)" }
      await connection.send(names.flatMap { TestServer.request("GET", "/api/v1/pods/\($0)") })
      for name in names {
        let answer = try await connection.answer()
        #expect(answer.statusLine == "HTTP/1.1 404 Could Not Found pods [{'name': u'\(name)'}]")
      }
      #expect(try await connection.exchange(TestServer.request("GET", "/versions")).statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func aBodyWithoutJSONAsItsTypeIsNone() async throws {
    try await TestServer.run { server in
      for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let head = "POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\nContent-Length: 13\r\n\r\n"
        let answer = try await server.connect().exchange(Array((head + #"{"name": "a"}"#).utf8))
        #expect(answer.statusLine == "HTTP/1.1 400 No Body")
      }
      let head = "POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Type: application/json; charset=utf-8\r\n"
      let body = "Transfer-Encoding: chunked\r\n\r\n6\r\n{\"name\r\n7\r\n\": \"a\"}\r\n0\r\n\r\n"
      let answer = try await server.connect().exchange(Array((head + body).utf8))
      #expect(answer.statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func aBodyThatIsTooLargeIsRefusedHoweverItComes() async throws {
    var limits = Limits()
    limits.body = 1000
    try await TestServer.run(limits: limits) { server in
      let body = String(repeating: " ", count: 1001)
      let declared = try await server.call("POST", "/api/v1/pods", json: body)
      #expect(declared.statusLine == "HTTP/1.1 413 Request Entity Too Large")
      let head = "POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      let chunked = try await server.connect().exchange(Array("\(head)3e9\r\n\(body)\r\n0\r\n\r\n".utf8))
      #expect(chunked.statusLine == "HTTP/1.1 413 Request Entity Too Large")
      let fits = try await server.call(
        "POST", "/api/v1/pods", json: String(repeating: " ", count: 987) + #"{"name": "a"}"#)
      #expect(fits.statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func aClientThatAsksIsToldToGoOn() async throws {
    try await TestServer.run { server in
      let connection = try server.connect()
      let request = TestServer.request(
        "POST", "/api/v1/pods", json: #"{"name": "a"}"#, headers: ["Expect: 100-continue"])
      let interim = try await connection.exchange(Array(request.dropLast(13)), hasBody: false)
      #expect(interim.statusLine == "HTTP/1.1 100 Continue")
      #expect(try await connection.exchange(Array(request.suffix(13))).statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func whoDribblesABodyIsCut() async throws {
    var limits = Limits()
    limits.request = 0.2
    try await TestServer.run(limits: limits) { server in
      let connection = try server.connect()
      await connection.send(Array(TestServer.request("POST", "/api/v1/pods", json: #"{"name": "a"}"#).dropLast()))
      #expect(try await connection.untilClosed().isEmpty)
      #expect(try await server.store.pods().isEmpty)
    }
  }

  @Test func largeBodiesWaitForRoom() async throws {
    var limits = Limits()
    (limits.smallBody, limits.bodies, limits.request) = (100, 1000, 2)
    try await TestServer.run(limits: limits) { server in
      // Takes all the room, until it is cut.
      let hog = try server.connect()
      await hog.send(Array(TestServer.request("POST", "/api/v1/pods", json: Self.pod("hog", size: 2000)).dropLast()))
      try await withThrowingTaskGroup(of: RawConnection.Answer.self) { group in
        for number in 0..<20 {
          let isChunked = number % 5 == 0
          group.addTask {
            let body = Self.pod("pod\(number)", size: 400 + 10 * number)
            guard isChunked else { return try await server.call("POST", "/api/v1/pods", json: body) }
            let head = "POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            let chunk = "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
            return try await server.connect().exchange(
              Array("\(head)Transfer-Encoding: chunked\r\n\r\n\(chunk)".utf8))
          }
        }
        // A small one does not wait.
        #expect(try await server.call("POST", "/api/v1/pods", json: #"{"name": "small"}"#).statusLine.contains("200"))
        for try await answer in group { #expect(answer.statusLine == "HTTP/1.1 200 OK") }
      }
      #expect(try await server.store.pods().count == 21)
    }
  }

  private static func pod(_ name: String, size: Int) -> String {
    #"{"name": "\#(name)", "details": ""# + String(repeating: "x", count: size) + #""}"#
  }

  @Test func whoDribblesAHeadIsCut() async throws {
    var limits = Limits()
    limits.idle = 0.2
    try await TestServer.run(limits: limits) { server in
      let connection = try server.connect()
      await connection.send(Array("GET /versions HTTP/1.1\r\nHost:".utf8))
      #expect(try await connection.untilClosed().isEmpty)
    }
  }

  @Test func whoReadsNothingIsCut() async throws {
    var limits = Limits()
    limits.stall = 0.2
    try await TestServer.run(limits: limits) { server in
      try await server.declare()
      let details = "\"" + String(repeating: "x", count: 1 << 20) + "\""
      for _ in 0..<24 {
        _ = try await server.store.addResult(
          CaseResult.Report(pod: "pod1", project: "functest", testCase: "vping", details: details), requestKey: nil)
      }
      let connection = try server.connect()
      await connection.send(TestServer.request("GET", "/api/v1/results?page=0"))
      // Sending goes on until the server has closed; only then is anything read.
      while await connection.send(TestServer.request("GET", "/versions")) {}
      #expect(try await connection.untilClosed().count < 24 << 20)
    }
  }

  @Test(arguments: [
    "GARBAGE\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "POST /api/v1/pods HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    "GET /versions HTTP/1.1\r\nHost: x\r\nBig: \(String(repeating: "x", count: 70_000))\r\n\r\n",
    "GET /versions HTTP/1.1\r\n\(String(repeating: "A: b\r\n", count: 200))\r\n",
  ])
  func whatIsNotHTTPGetsAFourHundredOrNothing(_ text: String) async throws {
    try await TestServer.run { server in
      let connection = try server.connect()
      await connection.send(Array(text.utf8))
      let answer = String(decoding: try await connection.untilClosed(), as: UTF8.self)
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "))
      #expect(try await server.call("GET", "/versions").statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func oldClientsGetNoChunksAndAnEnd() async throws {
    try await TestServer.run { server in
      try await server.declare()
      let details = "\"" + String(repeating: "x", count: 1 << 20) + "\""
      for _ in 0..<12 {
        _ = try await server.store.addResult(
          CaseResult.Report(pod: "pod1", project: "functest", testCase: "vping", details: details), requestKey: nil)
      }
      for field in ["", "Connection: keep-alive\r\n"] {
        let connection = try server.connect()
        await connection.send(Array("GET /api/v1/results?page=0 HTTP/1.0\r\n\(field)\r\n".utf8))
        let text = String(decoding: try await connection.untilClosed(), as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.0 200 OK\r\n") && !text.contains("chunked"))
        #expect(text.hasSuffix("]}") && text.utf8.count > 12 << 20, "\(text.utf8.count)")
      }
    }
  }

  @Test(arguments: ["close", "Close", "te, close"]) func whoWantsTheEndGetsIt(_ value: String) async throws {
    try await TestServer.run { server in
      let connection = try server.connect()
      await connection.send(TestServer.request("GET", "/versions", headers: ["Connection: \(value)"]))
      let answer = try await connection.answer()
      #expect(answer.statusLine == "HTTP/1.1 200 OK" && answer.headers["connection"] == "close")
      #expect(try await connection.untilClosed().isEmpty)
    }
  }

  @Test func aTargetMayNameItsHost() async throws {
    try await TestServer.run { server in
      for (target, root) in [
        ("http://other.test:81/api/v1/pods", "http://other.test:81"), ("HTTP://o/api/v1/pods", "http://o"),
      ] {
        let answer = try await server.call("POST", target, json: #"{"name": "\#(root.count)"}"#)
        #expect(answer.text == #"{"href": "\#(root)/api/v1/pods/\#(root.count)"}"#)
      }
      #expect(try await server.call("GET", "http://o").statusLine == "HTTP/1.1 200 OK")
      #expect(try await server.call("GET", "http://o?x=1").statusLine == "HTTP/1.1 200 OK")
      for target in ["http://", "http:///x", "ftp://o/x", "versions", "*", "o:80"] {
        #expect(try await server.call("GET", target).statusLine == "HTTP/1.1 400 Bad Request", "\(target)")
      }
    }
  }

  @Test func aBodyThatIsTooLargeIsNotWaitedFor() async throws {
    try await TestServer.run { server in
      let connection = try server.connect()
      await connection.send(
        Array("POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nx".utf8))
      #expect(try await connection.answer().statusLine == "HTTP/1.1 413 Request Entity Too Large")
      #expect(try await connection.untilClosed().isEmpty)
    }
  }

  @Test func whoNeverHangsUpAfterTheEndIsCut() async throws {
    var limits = Limits()
    limits.linger = 0.2
    try await TestServer.run(limits: limits) { server in
      let connection = try server.connect()
      await connection.send(Array("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n".utf8))
      #expect(try await connection.answer().statusLine == "HTTP/1.1 405 Method Not Allowed")
      // Sent for ever, it is thrown away, and at last refused.
      while await connection.send(Array(repeating: 0x20, count: 1 << 16)) {}
    }
  }

  @Test func patternsAreReadByTheMatcherThatIsGiven() async throws {
    let matcher: NameMatcher = { pattern throws(Fault) in
      if pattern == "(" { throw Fault(.usage, "missing )") }
      return { $0.hasSuffix(pattern) }
    }
    try await TestServer.run(matcher: matcher) { server in
      try await server.declare()
      #expect(try await server.call("GET", "/api/v1/pods?name=1").text.contains("pod1"))
      #expect(try await server.call("GET", "/api/v1/projects?name=1").text == #"{"projects": []}"#)
      #expect(
        try await server.call("GET", "/api/v1/pods?name=(").statusLine == "HTTP/1.1 400 Bad Format [name: missing )]")
    }
  }

  @Test func theHostThatTheClientNamedStandsInTheHref() async throws {
    try await TestServer.run { server in
      let head =
        "POST /api/v1/pods?x=1 HTTP/1.1\r\nHost: a\"b\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n"
      let answer = try await server.connect().exchange(Array((head + #"{"name": "a"}"#).utf8))
      #expect(answer.text == #"{"href": "http://a\"b/api/v1/pods/a"}"#)
    }
  }
}
