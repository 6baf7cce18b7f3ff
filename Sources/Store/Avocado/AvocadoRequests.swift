import Foundation
import GRDB

/// A POST that says how it can be known again.
public struct AvocadoRequest: Hashable, Sendable {
  /// The idempotency key.
  public var key: String
  /// A hash of what was asked for: another one under the same key is another request.
  public var digest: String

  /// Makes one.
  public init(key: String, digest: String) {
    self.key = key
    self.digest = digest
  }
}

/// What was answered to a POST, and is answered again when it is repeated.
public struct AvocadoAnswer: Hashable, Sendable {
  /// The status code.
  public var status: Int
  /// The body.
  public var body: [UInt8]

  /// Makes an answer.
  public init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

extension AvocadoRequest {
  /// Does the work of a request unless it was done before; then its first answer is given again. Answers are kept as
  /// long as the job that they are about.
  /// - Throws: `requestKeyReused`, and what the work throws.
  static func once(
    _ request: AvocadoRequest?, _ db: Database, _ work: () throws -> (answer: AvocadoAnswer, job: Int64)
  ) throws -> AvocadoAnswer {
    guard let request else { return try work().answer }
    if let row = try db.row("SELECT digest, status, answer FROM avocado_requests WHERE name = ?", [request.key]) {
      guard row[0] == request.digest else { throw AvocadoProblem.requestKeyReused }
      return AvocadoAnswer(status: row[1], body: Array(row[2] as Data))
    }
    let done = try work()
    try db.run(
      "INSERT INTO avocado_requests (name, digest, status, answer, job) VALUES (?, ?, ?, ?, ?)",
      [request.key, request.digest, done.answer.status, Data(done.answer.body), done.job])
    return done.answer
  }
}
