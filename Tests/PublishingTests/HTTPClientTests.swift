import Dialects
import Model
import Synchronization
import Testing

@testable import Publishing

@Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
  private func with(
    limits: HTTPLimits = HTTPLimits(), _ respond: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Action,
    _ body: (ScriptedServer, HTTPClient) async throws -> Void
  ) async throws {
    let server = try ScriptedServer(respond: respond)
    defer { server.stop() }
    try await body(server, try HTTPClient(to: ServerAddress(parsing: server.base), limits: limits))
  }

  private func post(_ server: ScriptedServer, _ body: String = "{}") -> HTTPRequest {
    HTTPRequest(method: .post(Array(body.utf8)), url: server.base + "/results")
  }

  @Test(arguments: [
    ("403 Could Not Found pods [{'name': u'nope'}]", 403, "Could Not Found pods [{'name': u'nope'}]"), ("200", 200, ""),
    ("200 ", 200, ""), ("400  two  spaces", 400, " two  spaces"), ("418 é日", 418, "é日"),
    ("500 a\tb\u{01}c", 500, "a?b?c"),
  ]) func `the reason phrase is kept as it came`(row: (line: String, status: Int, reason: String)) async throws {
    try await with({ _ in .answer(row.line, body: "b") }) { server, client in
      let answer = try await client.send(post(server))
      #expect((answer.status, answer.reason) == (row.status, row.reason))
      #expect(answer.body == [98] && answer.damage == nil)
    }
  }

  @Test func `who is hung up on without a word is asked whether that port has TLS`() async throws {
    try await with({ _ in .raw("") }) { server, client in
      await #expect { try await client.send(HTTPRequest(method: .get, url: server.base)) } throws: {
        ($0 as? HTTPFailure)?.reason.contains("is it https there?") == true
      }
    }
  }

  @Test func `one connection is kept, no leave is asked, and the bytes are plain`() async throws {
    try await with({ _ in .answer("200 OK", body: "{}") }) { server, client in
      let large = String(repeating: "x", count: 2 << 20)
      for text in ["{}", large, ""] { _ = try await client.send(post(server, text)) }
      _ = try await client.send(HTTPRequest(method: .get, url: server.base + "/pods/../x"))
      #expect(server.connections == 1)
      #expect(server.requests.map(\.body.count) == [2, 2 << 20, 0, 0])
      #expect(server.requests.allSatisfy { $0.header("Expect") == nil && $0.header("Transfer-Encoding") == nil })
      #expect(server.requests.last?.target == "/api/v1/pods/../x")
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"href\":", "HTTP/1.1 200 OK\r\nContent-Le",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
  ]) func `a cut answer is told from a whole one`(text: String) async throws {
    try await with({ _ in .raw(text) }) { server, client in
      let answer = try await client.send(post(server))
      #expect(answer.status == 200 && answer.damage != nil)
    }
  }

  @Test(arguments: ["", "\0\0\0", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 100 Continue\r\n\r\n"])
  func `no answer to what was sent is ambiguous`(text: String) async throws {
    try await with({ _ in .raw(text) }) { server, client in
      await #expect { try await client.send(post(server)) } throws: {
        if case .unanswered? = $0 as? HTTPFailure { true } else { false }
      }
    }
  }

  @Test func `a stalled answer ends with the time limit, and is ambiguous`() async throws {
    try await with(limits: HTTPLimits(totalSeconds: 0.2), { _ in .stall }) { server, client in
      await #expect { try await client.send(post(server)) } throws: {
        if case .unanswered? = $0 as? HTTPFailure { true } else { false }
      }
    }
  }

  @Test func `nobody there means not sent`() async throws {
    let server = try ScriptedServer { _ in .cut }
    server.stop()
    for base in [server.base, "http://nowhere.invalid/api/v1"] {
      let client = try HTTPClient(to: ServerAddress(parsing: base), limits: HTTPLimits())
      await #expect { try await client.send(HTTPRequest(method: .post([1]), url: base)) } throws: {
        if case .notSent? = $0 as? HTTPFailure { true } else { false }
      }
    }
  }

  @Test func `a result is not repeated in silence when a kept connection dies`() async throws {
    let api: @Sendable (ScriptedServer.Request) -> ScriptedServer.Action = {
      $0.number == 0 ? .answer("200 OK") : .cut
    }
    try await with(api) { server, client in
      _ = try await client.send(post(server, "first"))
      await #expect { try await client.send(post(server, "second")) } throws: {
        if case .unanswered? = $0 as? HTTPFailure { true } else { false }
      }
      #expect(server.requests.map(\.text) == ["first", "second"])
    }
  }

  @Test func `a question may be repeated when a kept connection dies`() async throws {
    try await with({ $0.connection == 0 && $0.number > 0 ? .cut : .answer("200 OK") }) { server, client in
      _ = try await client.send(post(server))
      #expect(try await client.send(HTTPRequest(method: .get, url: server.base)).status == 200)
      #expect(server.connections == 2)
    }
  }

  @Test func `redirects are not followed`() async throws {
    try await with({ _ in .answer("302 Found", headers: ["Location: file:///etc/passwd"]) }) { server, client in
      let answer = try await client.send(post(server))
      #expect(answer.status == 302 && answer.location == "file:///etc/passwd")
      #expect(server.requests.count == 1)
    }
  }

  @Test func `an answer has a limit`() async throws {
    let body = String(repeating: "x", count: 5000)
    try await with(limits: HTTPLimits(answerBytes: 4999), { _ in .answer("200 OK", body: body) }) { server, client in
      let answer = try await client.send(post(server))
      #expect(answer.isOverLimit && answer.damage != nil && answer.body.count <= 4999)
    }
  }

  @Test func `cancelling ends a transfer that would never end`() async throws {
    let (arrivals, arrival) = AsyncStream<Void>.makeStream()
    let limits = HTTPLimits(totalSeconds: 86400)
    try await with(
      limits: limits,
      { _ in
        arrival.yield()
        return .stall
      }
    ) { server, client in
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: HTTPFailure.unanswered("cancelled")) { try await client.send(post(server)) }
        }
        for await _ in arrivals { break }
        group.cancelAll()
      }
      // The client is good for the next one, also for a task that is cancelled before it begins.
      await withTaskGroup(of: Void.self) { group in
        group.cancelAll()
        group.addTask {
          await #expect(throws: HTTPFailure.notSent("cancelled")) { try await client.send(post(server)) }
        }
      }
    }
  }

  @Test func `an interim answer is not the answer, and Retry-After is read`() async throws {
    let text =
      "HTTP/1.1 103 Early Hints\r\nRetry-After: 9\r\n\r\n"
      + "HTTP/1.1 503 Busy\r\nretry-after: 17\r\nContent-Length: 0\r\n\r\n"
    try await with({ _ in .raw(text) }) { server, client in
      let answer = try await client.send(post(server))
      #expect((answer.line, answer.retryAfter) == ("503 Busy", 17))
    }
  }

  @Test(arguments: [
    ("localhost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("a.localhost", true),
    ("127.0.0.1.example.org", false),
    ("128.0.0.1", false), ("localhost.example.org", false), ("127.0.0", false),
  ]) func `loopback is told from the rest`(row: (host: String, isLoopback: Bool)) {
    #expect(isLoopback(row.host) == row.isLoopback)
  }
}
