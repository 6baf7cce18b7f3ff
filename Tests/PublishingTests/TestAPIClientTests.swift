import Dialects
import Model
import Publishing
import Testing

@Suite(.timeLimit(.minutes(1))) struct TestAPIClientTests {
  typealias Step = @Sendable (ScriptedServer.Request, FakeTestAPI) -> ScriptedServer.Action?

  private func with(
    _ step: @escaping Step = { _, _ in nil }, token: String? = nil, external: String? = nil, login: String = "",
    limits: HTTPLimits = HTTPLimits(),
    _ body: (ScriptedServer, FakeTestAPI, TestAPIClient, ServerAddress) async throws -> Void
  ) async throws {
    let api = FakeTestAPI()
    let server = try ScriptedServer { step($0, api) ?? api.answer($0) }
    defer { server.stop() }
    let address = try ServerAddress(parsing: "http://\(login)127.0.0.1:\(server.port)/api/v1/results", token: token)
    let client = try TestAPIClient(
      to: address, externalURL: try external.map { try ServerAddress(parsing: $0) }, limits: limits)
    try await body(server, api, client, address)
  }

  @Test func `a result goes out as Xtesting sends it`() async throws {
    try await with(token: "tok-1") { server, api, client, address in
      let result = try await client.send(entry(1, to: address))
      #expect(result == .delivered(link: server.base + "/results/5f0000000000000000000000"))
      let request = try #require(server.requests.last)
      #expect(
        request.head == [
          "POST /api/v1/results HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "User-Agent: sortie", "Accept: */*",
          "Content-Type: application/json", "Idempotency-Key: 20261121-003634-kqzf.c1.1", "X-Auth-Token: tok-1",
          "Content-Length: \(request.body.count)",
        ])
      #expect(request.body == (try submission(1).body))
      #expect(api.stored == [attempt(1).rawValue])
    }
  }

  @Test func `pod, project and case are declared once, where they are unknown`() async throws {
    try await with { server, api, client, address in
      api.change { $0.projects = ["functest"] }
      for number in 1...2 { _ = try await client.send(entry(number, to: address)) }
      #expect(
        server.lines() == [
          "GET /api/v1/pods/lf-pod1", "POST /api/v1/pods", "GET /api/v1/projects/functest",
          "GET /api/v1/projects/functest/cases/c1", "POST /api/v1/projects/functest/cases", "POST /api/v1/results",
          "GET /api/v1/projects/functest/cases/c2", "POST /api/v1/projects/functest/cases", "POST /api/v1/results",
        ])
      #expect(server.requests[1].text == #"{"name": "lf-pod1"}"#)
      #expect(server.connections == 1)
    }
  }

  @Test func `somebody who declared at the same time does no harm`() async throws {
    let step: Step = { request, api in
      if request.method == "GET", request.target.hasSuffix("pods/lf-pod1") {
        api.change { $0.pods = ["lf-pod1"] }
        return .answer("404 Could Not Found pods [{'name': u'lf-pod1'}]")
      }
      return nil
    }
    try await with(step) { server, api, client, address in
      _ = try await client.send(entry(1, to: address))
      #expect(server.lines("POST").count == 4)
      #expect(api.stored.count == 1)
    }
  }

  @Test func `what was deleted meanwhile is declared again, once`() async throws {
    try await with { _, api, client, address in
      _ = try await client.send(entry(1, to: address))
      api.change { $0.pods = [] }
      _ = try await client.send(entry(1, to: address))
      #expect(api.stored.count == 2)
    }
    let step: Step = { request, _ in
      request.method == "POST" && request.target.hasSuffix("results")
        ? .answer("404 Could not find pod [lf-pod1]") : nil
    }
    try await with(step) { server, _, client, address in
      for _ in 0..<2 {
        let result = try await client.send(entry(1, to: address))
        #expect(result == .refused(reason: "404 Could not find pod [lf-pod1]"))
      }
      #expect(server.lines().filter { $0.hasSuffix("/results") }.count == 3)
    }
  }

  @Test func `who may not declare still tries, and hears both reasons`() async throws {
    let step: Step = { request, _ in
      request.method == "POST" && request.target.hasSuffix("pods") ? .answer("401 TestAPI id is not provided") : nil
    }
    try await with(step) { _, _, client, address in
      let result = try await client.send(entry(1, to: address))
      guard case .refused(let reason) = result else { Issue.record("\(result)"); return }
      #expect(reason.contains("Could Not Found pods") && reason.contains("401 TestAPI id is not provided"))
    }
  }

  enum Kind: Sendable { case delivered, refused, held, unavailable, failed, ambiguous }

  static let answers: [(action: ScriptedServer.Action, kind: Kind)] = [
    (.answer("200 OK", body: #"{"href": "http://x/api/v1/results/1"}"#), .delivered),
    (.answer("201 Created", body: #"{"href": "1", "more": []}"#), .delivered), (.answer("200 OK"), .ambiguous),
    (.answer("200 OK", body: "<html>welcome to our network</html>"), .ambiguous),
    (.answer("204 No Content"), .ambiguous), (.answer("400 pod_name Missing"), .refused),
    (.answer("403 Forbidden"), .refused), (.answer("404 Not Found"), .refused), (.answer("422 odd"), .refused),
    (.answer("401 No Authentication Header"), .held), (.answer("403 Invalid Token"), .held),
    (.answer("403 The token is not for testapi"), .held),
    (.answer("301 Moved Permanently", headers: ["Location: https://x/"]), .held), (.answer("408 Slow"), .failed),
    (.answer("425 Too Early"), .failed), (.answer("429 Slow down", headers: ["Retry-After: 3"]), .unavailable),
    (.answer("500 Internal Server Error"), .failed), (.answer("501 x"), .failed), (.answer("503 Busy"), .unavailable),
    (.answer("502 Bad Gateway"), .ambiguous), (.answer("504 Gateway Timeout"), .ambiguous), (.cut, .ambiguous),
    (.raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"href\": \"http://x/api/v1/results/1\"}"), .ambiguous),
    (.raw("HTTP/1.1 403 Could Be Better\r\nContent-Length: 99\r\n\r\n<html>"), .refused), (.stall, .ambiguous),
    (.raw("hello"), .ambiguous),
  ]

  @Test(arguments: answers) func `each answer has its meaning`(row: (action: ScriptedServer.Action, kind: Kind))
    async throws
  {
    let step: Step = { request, _ in
      request.method == "POST" && request.target.hasSuffix("results") ? row.action : nil
    }
    try await with(step, limits: HTTPLimits(totalSeconds: 0.5)) { _, _, client, address in
      let result = try await client.send(entry(1, to: address))
      let kind: Kind =
        switch result {
        case .delivered: .delivered
        case .refused: .refused
        case .held: .held
        case .unavailable: .unavailable
        case .failed: .failed
        case .ambiguous: .ambiguous
        }
      #expect(kind == row.kind, "\(result)")
    }
  }

  @Test(arguments: [
    ("404 Not Found", Kind.held), ("405 Method Not Allowed", .held), ("500 oops", .failed), ("503 Busy", .unavailable),
  ]) func `a server that cannot declare gets no result`(row: (line: String, kind: Kind)) async throws {
    try await with({ _, _ in .answer(row.line) }) { server, _, client, address in
      let result = try await client.send(entry(1, to: address))
      switch (result, row.kind) {
      case (.held, .held), (.failed, .failed), (.unavailable, .unavailable): break
      default: Issue.record("\(result)")
      }
      #expect(!server.lines().contains { $0.hasSuffix("/results") })
    }
  }

  @Test(arguments: [
    ("http://inner:8000/api/v1/results/5f1", "http://ext/api/v1/results/5f1"), ("5f1", "http://ext/api/v1/results/5f1"),
    ("http://a/api/v1/results/api/v1/results//5f1", "http://ext/api/v1/results/5f1"),
    ("x\\ny", "http://ext/api/v1/results"),
    ("http://odd/5f1", "http://ext/api/v1/results/5f1"), ("", "http://ext/api/v1/results"),
  ]) func `the link is built as Xtesting builds it`(row: (href: String, link: String)) async throws {
    let step: Step = { request, _ in
      request.target.hasSuffix("results") ? .answer("200 OK", body: "{\"href\": \"\(row.href)\"}") : nil
    }
    try await with(step, external: "http://ext/api/v1/results") { _, _, client, address in
      let result = try await client.send(entry(1, to: address))
      #expect(result == .delivered(link: row.link))
    }
  }

  @Test func `a result is found by its attempt, and only by that`() async throws {
    try await with { server, api, client, address in
      let before = try await client.ask(entry(1, to: address))
      #expect(before == .absent)
      _ = try await client.send(entry(1, to: address))
      let after = try await client.ask(entry(1, to: address))
      #expect(after == .found(link: server.base + "/results/5f0000000000000000000000"))
      #expect(server.requests.last?.target == "/api/v1/results?details.sortie_id=20261121-003634-kqzf.c1.1")
      api.change { $0.ignoresFilters = true }
      let filtered = try await client.ask(entry(2, to: address))
      #expect(filtered == .absent)
      let count = server.requests.count
      let askable = try await client.ask(entry(1, to: address, details: [1, 2]))
      #expect(askable == .absent)
      #expect(server.requests.count == count)
    }
  }

  @Test func `a server that cannot be asked now is asked later`() async throws {
    for action in [
      ScriptedServer.Action.answer("500 x"), .answer("503 x"), .cut,
      .raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
    ] {
      try await with({ _, _ in action }) { _, _, client, address in
        let result = try await client.ask(entry(1, to: address))
        if case .unavailable = result {} else { Issue.record("\(result)") }
      }
    }
  }

  @Test func `user and password are sent, names are encoded, and nothing gets into a header`() async throws {
    try await with(login: "joe:s%40crt@") { server, _, client, address in
      var odd = try entry(1, to: address)
      odd.key.submission = SubmissionID(rawValue: "é x\r\nX-Evil: 1")
      var members = try submission(1).members
      members["case_name"] = "a/b ü"
      members["pod_name"] = "..?#%"
      odd.body = SortedJSON.bytes(of: .object(members))
      _ = await client.send(odd)
      #expect(server.requests.allSatisfy { $0.header("Authorization") == "Basic am9lOnNAY3J0" })
      #expect(server.requests[0].target == "/api/v1/pods/..%3F%23%25")
      #expect(server.lines().contains("GET /api/v1/projects/functest/cases/a%2Fb%20%C3%BC"))
      #expect(server.requests.last?.header("Idempotency-Key") == "%C3%A9%20x%0D%0AX-Evil%3A%201")
      #expect(server.requests.allSatisfy { $0.header("X-Evil") == nil })
    }
    #expect(throws: Fault.self) {
      try TestAPIClient(to: ServerAddress(parsing: "http://h/api/v1", token: "a\r\nX: 1"))
    }
  }
}
