import Foundation
import GRDB
import Glibc
import Logging
import Model
import Store
import Synchronization

/// A store in a folder of its own, which goes away with it.
func withStore<Value>(
  identity: String? = nil, clock: TestClock = TestClock(),
  _ body: (ResultStore, _ path: String) async throws -> Value
) async throws -> Value {
  var template = Array("/tmp/sortie-store-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw Fault(.system, "mkdtemp failed: \(errno)") }
  let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer {
    try? FileManager.default.removeItem(atPath: folder)
  }
  let path = folder + "/store.db"
  let store = try openStore(path, identity: identity, clock: clock)
  let value: Value
  do {
    value = try await body(store, path)
  } catch {
    try store.close()
    throw error
  }
  try store.close()
  return value
}

func openStore(_ path: String, identity: String? = nil, clock: TestClock = TestClock()) throws -> ResultStore {
  try ResultStore(path: path, identity: identity, clock: { clock.now }, logger: Logger(label: "test"))
}

/// Closes a store so that its file is whole by itself.
func settle(_ store: ResultStore, _ path: String) throws {
  try store.close()
  let queue = try DatabaseQueue(path: path)
  try queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
  try queue.close()
}

/// A clock that stands still unless it is moved.
final class TestClock: Sendable {
  private let time: Mutex<Timestamp>

  init(_ text: String = "2026-11-21T00:36:34.123456Z") {
    time = Mutex(Timestamp(rfc3339: text) ?? Timestamp(nanoseconds: 0))
  }

  var now: Timestamp { time.withLock { $0 } }

  func advance(bySeconds seconds: Double) { time.withLock { $0 = $0.advanced(bySeconds: seconds) } }
}

extension ResultStore {
  /// Adds what results need: a pod, a project, cases.
  func declare(pod: String = "pod1", project: String = "functest", cases: [String] = ["vping"]) async throws {
    let facts = Pod.Facts(name: pod, mode: .null, role: .null, details: .null)
    _ = try await addPod(facts, creator: "")
    _ = try await addProject(named: project, description: .null, creator: "")
    for name in cases { _ = try await addCase(name, to: project, attributes: [:]) }
  }

  /// Adds a result that must be taken.
  @discardableResult
  func add(_ report: CaseResult.Report) async throws -> ObjectID {
    guard case .added(let id) = try await addResult(report, requestKey: nil) else {
      throw Fault(.notFound, "the result was not added")
    }
    return id
  }

  /// Everything a filter finds, chunk by chunk; with the sizes of the chunks.
  func everything(_ filter: ResultFilter) async throws -> (results: [CaseResult], chunks: [Int]) {
    var chunk = try await all(filter)
    var results = chunk.results
    var chunks = [chunk.results.count]
    while let rest = chunk.rest {
      chunk = try await next(rest)
      results += chunk.results
      chunks.append(chunk.results.count)
    }
    return (results, chunks)
  }
}

extension CaseResult.Report {
  /// A report of the usual pod and project.
  static func sample(
    _ testCase: String = "vping", buildTag: StoredValue = .null, criteria: StoredValue = .string("PASS"),
    startDate: StoredValue = .null, details: String = "null"
  ) -> Self {
    Self(
      pod: "pod1", project: "functest", testCase: testCase, criteria: criteria, buildTag: buildTag,
      startDate: startDate, details: details)
  }
}
