import Collection
import Foundation
import Logging
import Model
import Store
import Testing

/// Several ports, and what the server says about itself on each.
@Suite struct ListenerTests {
  @Test func aDialectStandsAtTheRootOfAPortOfItsOwn() async throws {
    try await TestServer.run(beside: [.paddles, .avocado, .testapi]) { server in
      for name in DialectName.allCases {
        let port = try #require(server.beside[name])
        #expect(port != server.port)
        let other = TestServer(port: port, beside: [:], store: server.store)
        for page in ["/healthz", "/readyz", "/metrics"] {
          #expect(try await other.call("GET", page).statusLine == "HTTP/1.1 200 OK", "\(name) \(page)")
        }
        // The others are not there.
        #expect(try await other.call("GET", "/nope/nope").statusLine.hasPrefix("HTTP/1.1 404 "), "\(name)")
        if name != .testapi {
          #expect(try await other.call("GET", "/versions").statusLine.hasPrefix("HTTP/1.1 404 "), "\(name)")
        }
      }
      // One store.
      let testAPI = TestServer(port: try #require(server.beside[.testapi]), beside: [:], store: server.store)
      #expect(
        try await testAPI.call("POST", "/api/v1/pods", json: #"{"name": "a"}"#).statusLine == "HTTP/1.1 200 OK")
      #expect(try await server.call("GET", "/api/v1/pods/a").statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func theRootSaysWhatIsServed() async throws {
    try await TestServer.run { server in
      let answer = try await server.call("GET", "/")
      #expect(answer.headers["content-type"] == "application/json")
      let index = try object(answer)
      let dialects = try #require(index["dialects"] as? [[String: String]])
      let urls = Dictionary(
        dialects.map { ($0["name"] ?? "", $0["url"] ?? "") }, uniquingKeysWith: { first, _ in first })
      #expect(urls["paddles"] == "http://collector.test:8000/paddles/")
      #expect(urls["avocado"] == "http://collector.test:8000/avocado/")
      #expect(urls["testapi"] == "http://collector.test:8000/api/v1")
      #expect(index["metrics"] as? String == "http://collector.test:8000/metrics")
      let page = try await server.call("GET", "/", headers: ["Accept: text/html,*/*;q=0.8"])
      #expect(page.headers["content-type"] == "text/html; charset=UTF-8" && page.text.contains("/paddles/"))
      #expect(page.headers["vary"] == "Accept")
      let head = try await server.call("HEAD", "/")
      #expect(head.statusLine == "HTTP/1.1 200 OK" && head.headers["content-length"] == "\(answer.body.count)")
    }
  }

  @Test func everyPortDescribesWhatItServes() async throws {
    try await TestServer.run(beside: [.paddles, .testapi]) { server in
      for (name, port) in [("", server.port)] + server.beside.map({ ($0.key.rawValue, $0.value) }) {
        let answer = try await TestServer(port: port, beside: [:], store: server.store).call("GET", "/openapi.json")
        let document = try object(answer)
        #expect(document["openapi"] is String, "\(name)")
        let paths = try #require(document["paths"] as? [String: Any])
        #expect(paths.keys.contains { $0.hasPrefix("/api/v1/") } == (name != "paddles"), "\(name)")
        #expect(!paths.keys.contains { $0.hasPrefix("/paddles/") } || name.isEmpty, "\(name)")
      }
    }
  }

  @Test func whatAProxyEndedStandsInTheAnswers() async throws {
    try await TestServer.run { server in
      let answer = try await server.call("GET", "/", headers: ["X-Forwarded-Proto: https"])
      #expect(answer.text.contains(#""https://collector.test:8000/paddles/""#))
      let other = try await server.call("GET", "/", headers: ["X-Forwarded-Proto: gopher"])
      #expect(other.text.contains(#""http://collector.test:8000/paddles/""#))
    }
  }

  @Test func theHostInAPageIsEscaped() async throws {
    try await TestServer.run { server in
      let request = "GET / HTTP/1.1\r\nHost: \"><script>x</script>\r\nAccept: text/html\r\n\r\n"
      let answer = try await server.connect().exchange(Array(request.utf8))
      #expect(!answer.text.contains("<script"), "\(answer.text)")
    }
  }

  @Test func aStoreThatIsClosedIsNotReady() async throws {
    try await TestServer.run { server in
      #expect(try await server.call("GET", "/readyz").text == #"{"status": "ready"}"#)
      try server.store.close()
      let answer = try await server.call("GET", "/readyz")
      #expect(answer.statusLine == "HTTP/1.1 503 Service Unavailable")
      #expect(try object(answer)["reason"] is String)
      #expect(try await server.call("GET", "/healthz").statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func whatWouldBeUnsafeIsRefused() async throws {
    try await TestServer.run { server in
      let anywhere = ListenAddress(host: "0.0.0.0", port: 0)
      func make(_ protection: Protection, main: ListenAddress, beside: [DialectName: ListenAddress] = [:]) throws
        -> CollectionServer
      {
        try CollectionServer(
          listen: main, beside: beside, store: server.store, clock: { Timestamp(nanoseconds: 0) },
          protection: protection, logger: TestServer.quietLogger)
      }
      let local = ListenAddress(host: "127.0.0.1", port: 0)
      var protection = Protection()
      let plain = #expect(throws: Fault.self) { try make(protection, main: local, beside: [.avocado: anywhere]) }
      #expect(plain?.code == .usage && plain?.message.contains("0.0.0.0:0") == true)
      protection.allowsPlainHTTP = true
      let open = try make(protection, main: anywhere)
      let refused = await #expect(throws: Fault.self) { try await open.run { _ in } }
      #expect(refused?.code == .usage && refused?.hint?.contains("sortie token add") == true)
    }
  }

  @Test func whoHasTokensMayListenAnywhere() async throws {
    try await TestServer.run { server in
      let token = try await server.token()
      var protection = Protection()
      protection.allowsPlainHTTP = true
      let open = try CollectionServer(
        listen: ListenAddress(host: "0.0.0.0", port: 0), beside: [.testapi: ListenAddress(host: "127.0.0.1", port: 0)],
        store: server.store, clock: { Timestamp(nanoseconds: 0) }, protection: protection,
        logger: TestServer.quietLogger)
      try await withThrowingTaskGroup(of: Void.self) { group in
        let (endpoints, announce) = AsyncStream<[CollectionServer.Endpoint]>.makeStream()
        group.addTask { try await open.run { announce.yield($0) } }
        let all = try #require(await endpoints.first { _ in true })
        #expect(all.map(\.dialect) == [nil, .testapi])
        #expect(all[0].url == "http://0.0.0.0:\(all[0].port)")
        let pod = #"{"name": "a"}"#
        let far = TestServer(port: all[0].port, beside: [:], store: server.store)
        #expect(try await far.call("POST", "/api/v1/pods", json: pod).statusLine.hasPrefix("HTTP/1.1 401 "))
        let answer = try await far.call("POST", "/api/v1/pods", json: pod, headers: ["X-Auth-Token: \(token)"])
        #expect(answer.statusLine == "HTTP/1.1 200 OK")
        // Loopback needs none, also beside an open port.
        let near = TestServer(port: all[1].port, beside: [:], store: server.store)
        #expect(try await near.call("DELETE", "/api/v1/pods/a").statusLine == "HTTP/1.1 200 OK")
        group.cancelAll()
      }
    }
  }
}
