import Collection
import Foundation
import Glibc
import Logging
import Model
import Store

/// A real server on a port of its own, with a store in a folder of its own. Its time stands still, one hour east of UTC.
struct TestServer: Sendable {
  let port: Int
  /// The ports where single dialects are served at `/`.
  let beside: [DialectName: Int]
  let store: ResultStore

  static let now = "2026-11-21T00:36:34.123456Z"

  /// Runs a server for the time of the body.
  static func run<Value: Sendable>(
    limits: Limits = Limits(), matcher: @escaping NameMatcher = literalNameMatcher, beside: [DialectName] = [],
    testAPIBases: [String] = TestAPIBases.usual,
    protection: Protection = Protection(), logger: Logger = quietLogger,
    _ body: @escaping @Sendable (TestServer) async throws -> Value
  ) async throws -> Value {
    var template = Array("/tmp/sortie-collection-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Fault(.system, "mkdtemp failed: \(errno)") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let time = Timestamp(rfc3339: now) ?? Timestamp(nanoseconds: 0)
    let store = try ResultStore(path: folder + "/store.db", clock: { time }, logger: Logger(label: "test"))
    defer { try? store.close() }
    let anyPort = ListenAddress(host: "127.0.0.1", port: 0)
    let server = try CollectionServer(
      listen: anyPort, beside: Dictionary(uniqueKeysWithValues: beside.map { ($0, anyPort) }), store: store,
      clock: { time }, secondsEast: { _ in 3600 }, testAPIBases: testAPIBases, matcher: matcher, limits: limits,
      protection: protection,
      logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      let (endpoints, announce) = AsyncStream<[CollectionServer.Endpoint]>.makeStream()
      group.addTask {
        defer { announce.finish() }
        try await server.run { announce.yield($0) }
      }
      guard let all = await endpoints.first(where: { _ in true }), let port = all.first?.port else {
        try await group.waitForAll()
        throw Fault(.system, "the server ended before it listened")
      }
      defer { group.cancelAll() }
      let others = all.compactMap { endpoint in endpoint.dialect.map { ($0, endpoint.port) } }
      return try await body(
        TestServer(port: port, beside: Dictionary(uniqueKeysWithValues: others), store: store))
    }
  }

  /// A logger that only hears of errors.
  static var quietLogger: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .error
    return logger
  }

  func connect() throws -> RawConnection { try RawConnection(port: port) }

  /// One request on a connection of its own.
  func call(_ verb: String, _ target: String, json body: String? = nil, headers: [String] = []) async throws
    -> RawConnection.Answer
  {
    try await connect().exchange(
      Self.request(verb, target, json: body, headers: headers), hasBody: verb != "HEAD")
  }

  /// The bytes of a request; with a body, its type is JSON.
  static func request(_ verb: String, _ target: String, json body: String? = nil, headers: [String] = []) -> [UInt8] {
    var lines = ["\(verb) \(target) HTTP/1.1", "Host: collector.test:8000"] + headers
    if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)
  }

  /// Declares a pod, a project and a case over the wire.
  func declare(pod: String = "pod1", project: String = "functest", testCase: String = "vping") async throws {
    _ = try await call("POST", "/api/v1/pods", json: #"{"name": "\#(pod)"}"#)
    _ = try await call("POST", "/api/v1/projects", json: #"{"name": "\#(project)"}"#)
    _ = try await call("POST", "/api/v1/projects/\(project)/cases", json: #"{"name": "\#(testCase)"}"#)
  }
}

/// JSON as Foundation reads it, to look at answers with.
func object(_ answer: RawConnection.Answer) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] ?? [:]
}

/// A result's body with the three names, and more members as JSON text.
func resultBody(_ more: String = #""criteria": "PASS""#, pod: String = "pod1", testCase: String = "vping") -> String {
  #"{"pod_name": "\#(pod)", "project_name": "functest", "case_name": "\#(testCase)", \#(more)}"#
}
