import Foundation
import Logging
import Model
import Store
import Synchronization
import Testing

@testable import Collection

@Suite struct TokenTests {
  private static func server(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
    var protection = Protection()
    protection.requiresToken = true
    try await TestServer.run(protection: protection, body)
  }

  @Test func aTokenIsLongAndRandomAndOnlyItsHashIsKept() {
    let tokens = (0..<100).map { _ in Token() }
    #expect(Set(tokens.map(\.text)).count == 100)
    for token in tokens {
      #expect(token.text.hasPrefix("sortie_") && token.text.utf8.count == 7 + 64)
      #expect(token.hash.count == 32 && Token(sent: token.text)?.hash == token.hash)
    }
    for text in ["", "sortie_", "sortie_" + String(repeating: "a", count: 63), String(repeating: "a", count: 71)] {
      #expect(Token(sent: text) == nil)
    }
  }

  @Test func credentialsComeInThreeWays() {
    let table: [(HeaderFields, Credentials)] = [
      ([:], .none), (["x-auth-token": "t"], .token("t")), (["authorization": "Bearer t"], .token("t")),
      (["authorization": "bearer  t"], .token("t")), (["authorization": "Basic dXNlcjp0OnU="], .token("t:u")),
      (["authorization": "BASIC OnQ="], .token("t")), (["authorization": "Basic"], .malformed(.empty)),
      (["authorization": "Basic a b"], .malformed(.spaces)), (["authorization": "Basic %%"], .malformed(.notBase64)),
      (["authorization": "Basic dXNlcg=="], .malformed(.notBase64)),
      (["authorization": "Basic /zov"], .malformed(.notBase64)), (["authorization": "Digest x"], .none),
      (["authorization": "Bearer"], .none), (["authorization": "Bearer t", "x-auth-token": "u"], .token("u")),
    ]
    for (fields, expected) in table { #expect(Credentials(fields) == expected, "\(fields)") }
  }

  @Test func scopesAreWhatTheySay() {
    func access(_ dialects: Set<String>, _ projects: Set<String>) -> Access {
      Access(
        StoredToken(name: "t", hash: [], created: Timestamp(nanoseconds: 0), dialects: dialects, projects: projects))
    }
    #expect(access([], []) == .everything)
    #expect(access(["paddles", "later"], []) == Access(dialects: [.paddles], projects: nil))
    #expect(access([], ["functest"]) == Access(dialects: [.testapi], projects: ["functest"]))
    #expect(access(["paddles"], ["functest"]).dialects.isEmpty)
    #expect(access([], ["functest"]).allows(project: "functest"))
    #expect(!access([], ["functest"]).allows(project: "yardstick") && !access([], ["functest"]).allows(project: nil))
  }

  @Test func writesNeedATokenAndReadsDoNot() async throws {
    try await Self.server { server in
      let token = try await server.token()
      let other = try await server.token(dialects: ["paddles"])
      let pod = #"{"name": "a"}"#
      func post(_ fields: String...) async throws -> RawConnection.Answer {
        try await server.call("POST", "/api/v1/pods", json: pod, headers: fields)
      }
      let none = try await post()
      #expect(none.statusLine == "HTTP/1.1 401 No Authentication Header")
      #expect(none.headers["www-authenticate"]?.hasPrefix("Basic ") == true)
      for verb in ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"] {
        let answer = try await server.call(verb, "/api/v1/pods", json: pod)
        #expect(answer.statusLine == "HTTP/1.1 401 No Authentication Header", "\(verb)")
      }
      for wrong in [token + "0", String(token.dropLast()) + (token.hasSuffix("0") ? "1" : "0"), "", "x"] {
        #expect(try await post("X-Auth-Token: \(wrong)").statusLine == "HTTP/1.1 403 Invalid Token", "\(wrong)")
      }
      #expect(try await post("X-Auth-Token: \(other)").statusLine == "HTTP/1.1 403 The token is not for testapi")
      #expect(try await server.store.pods().isEmpty)
      #expect(try await post("X-Auth-Token: \(token)").statusLine == "HTTP/1.1 200 OK")
      #expect(try await post("Authorization: Bearer \(token)").statusLine.contains("Already Exists"))
      #expect(try await post("Authorization: Basic \(basic("me", token))").statusLine.contains("Already Exists"))
      #expect(try await post("Authorization: Basic \(basic("me", "guess"))").statusLine == "HTTP/1.1 403 Invalid Token")
      #expect(try await server.call("GET", "/api/v1/pods").statusLine == "HTTP/1.1 200 OK")
      #expect(
        try await server.call("GET", "/api/v1/pods", headers: ["X-Auth-Token: x"]).statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test(arguments: [
    ("", "Authentication credentials were not provided."),
    ("X-Auth-Token: x", "Invalid username/password."),
    ("Authorization: Basic \(basic("me", "x"))", "Invalid username/password."),
    ("Authorization: Basic", "Invalid basic header. No credentials provided."),
    ("Authorization: Basic a b", "Invalid basic header. Credentials string should not contain spaces."),
    ("Authorization: Basic %", "Invalid basic header. Credentials not correctly base64 encoded."),
  ])
  func avocadoRefusesAsItsFrameworkDoes(_ field: String, _ text: String) async throws {
    try await Self.server { server in
      let answer = try await server.call("POST", "/avocado/jobs/", json: "{}", headers: field.isEmpty ? [] : [field])
      #expect(answer.statusLine.hasPrefix("HTTP/1.1 403 ") && answer.text.contains(text), "\(answer.text)")
      #expect(answer.headers["allow"] == "GET, POST, HEAD, OPTIONS")
      let read = try await server.call("GET", "/avocado/jobs/", headers: field.isEmpty ? [] : [field])
      let isChecked = field.hasPrefix("Authorization: Basic")
      #expect(read.statusLine.hasPrefix("HTTP/1.1 403 ") == isChecked, "a wrong Basic header is refused on every URL")
    }
  }

  @Test func withoutTheNeedATokenIsNotLookedAt() async throws {
    try await TestServer.run { server in
      let answer = try await server.call(
        "POST", "/api/v1/pods", json: #"{"name": "a"}"#, headers: ["X-Auth-Token: nonsense"])
      #expect(answer.statusLine == "HTTP/1.1 200 OK")
    }
  }

  @Test func aRevokedTokenIsWorthNothingWithinASecond() async throws {
    try await Self.server { server in
      let token = try await server.token(named: "short")
      func write() async throws -> String {
        try await server.call("DELETE", "/api/v1/pods/nope", headers: ["X-Auth-Token: \(token)"]).statusLine
      }
      #expect(try await write().hasPrefix("HTTP/1.1 404 "))
      #expect(try await server.store.removeToken(named: "short"))
      let start = ContinuousClock.now
      while try await write().hasPrefix("HTTP/1.1 404 ") {
        guard ContinuousClock.now - start < .seconds(5) else { break }
      }
      let time = ContinuousClock.now - start
      #expect(time < .seconds(1.5), "it took \(time)")
      #expect(try await write() == "HTTP/1.1 403 Invalid Token")
    }
  }

  @Test func anExpiredTokenIsWorthNothing() async throws {
    try await Self.server { server in
      let now = try #require(Timestamp(rfc3339: TestServer.now))
      let token = try await server.token(named: "old", expires: now)
      let fresh = try await server.token(named: "fresh", expires: now.advanced(bySeconds: 1))
      let answer = try await server.call("DELETE", "/api/v1/pods/nope", headers: ["X-Auth-Token: \(token)"])
      #expect(answer.statusLine == "HTTP/1.1 403 Invalid Token")
      let other = try await server.call("DELETE", "/api/v1/pods/nope", headers: ["X-Auth-Token: \(fresh)"])
      #expect(other.statusLine.hasPrefix("HTTP/1.1 404 "))
    }
  }

  @Test func strangersAreAnsweredBeforeTheirBodyIsRead() async throws {
    try await Self.server { server in
      for extra in ["", "Expect: 100-continue\r\n"] {
        let connection = try server.connect()
        await connection.send(
          Array("POST /api/v1/pods HTTP/1.1\r\nHost: x\r\n\(extra)Content-Length: 16000000\r\n\r\nx".utf8))
        let answer = try await connection.answer()
        #expect(answer.statusLine == "HTTP/1.1 401 No Authentication Header")
        #expect(answer.headers["connection"] == "close")
        #expect(try await connection.untilClosed().isEmpty)
      }
    }
  }

  @Test func whoSendsAllTheSameStillGetsTheAnswer() async throws {
    try await Self.server { server in
      let connection = try server.connect()
      let body = String(repeating: " ", count: 4 << 20)
      await connection.send(TestServer.request("POST", "/api/v1/pods", json: body))
      #expect(try await connection.answer().statusLine == "HTTP/1.1 401 No Authentication Header")
    }
  }

  @Test func tokensStandInNoLog() async throws {
    let lines = LogLines()
    var protection = Protection()
    protection.requiresToken = true
    var logger = Logger(label: "test") { _ in lines }
    logger.logLevel = .trace
    try await TestServer.run(protection: protection, logger: logger) { server in
      let token = try await server.token()
      for field in ["X-Auth-Token: \(token)", "Authorization: Bearer \(token)"] {
        for body in [#"{"name": "a"}"#, "nonsense"] {
          let answer = try await server.call("POST", "/api/v1/pods", json: body, headers: [field])
          #expect(!answer.text.contains(token) && !answer.statusLine.contains(token))
        }
      }
      let half = try server.connect()
      await half.send(Array("POST /api/v1/pods HTTP/1.1\r\nX-Auth-Token: \(token)\r\nContent-Length: x\r\n\r\n".utf8))
      _ = try await half.untilClosed()
      #expect(!lines.text.isEmpty && !lines.text.contains(token))
    }
  }
}

/// A Basic header's credentials.
private func basic(_ user: String, _ password: String) -> String {
  Data("\(user):\(password)".utf8).base64EncodedString()
}

extension TestServer {
  /// Adds a token to the store before the server has looked at the tokens.
  func token(
    named name: String = "t", dialects: Set<String> = [], projects: Set<String> = [], expires: Timestamp? = nil
  ) async throws -> String {
    let token = Token()
    _ = try await store.addToken(
      StoredToken(
        name: dialects.sorted().joined() + name, hash: token.hash, created: Timestamp(nanoseconds: 0),
        expires: expires, dialects: dialects, projects: projects))
    return token.text
  }
}

/// Keeps what is logged.
private final class LogLines: LogHandler, Sendable {
  private let lines = Mutex("")
  var text: String { lines.withLock { $0 } }
  var logLevel: Logger.Level {
    get { .trace }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey _: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }
  func log(event: LogEvent) { lines.withLock { $0 += "\(event.message) \(event.metadata ?? [:])\n" } }
}
