import GRDB
import Model

extension ResultStore {
  /// Adds a test to a job.
  /// - Throws: `absent` or `ambiguous` for the job, `exists` if it has a test of that name, `requestKeyReused`.
  public func addAvocadoTest(
    _ tag: String, status: Int, to name: AvocadoJobName, request: AvocadoRequest?, answer: AvocadoAnswer
  ) async throws -> AvocadoAnswer {
    try await change { db in
      try AvocadoRequest.once(request, db) {
        let job = try name.find(db)
        guard try AvocadoTest.key(of: tag, in: job, db) == nil else { throw AvocadoProblem.exists }
        try db.run("INSERT INTO avocado_tests (job, tag, status) VALUES (?, ?, ?)", [job, tag, status])
        return (answer, job)
      }
    }
  }

  /// A part of the tests of a job, in the order of arrival unless they are sorted.
  /// - Throws: `absent` or `ambiguous` for the job.
  public func avocadoTests(
    of name: AvocadoJobName, order: [AvocadoTestOrder], window: @escaping AvocadoWindow
  ) async throws -> AvocadoPage<AvocadoTest> {
    try await look { db in
      let job = try name.find(db)
      let id = try AvocadoJob.id(of: job, db) ?? ""
      return try db.page(
        count: "SELECT passed + failed + other FROM avocado_jobs WHERE key = ?",
        select: "SELECT key, tag, status FROM avocado_tests WHERE job = ? ORDER BY \(AvocadoTestOrder.terms(order))",
        arguments: [job], window: window
      ) { AvocadoTest(key: $0[0], job: id, tag: $0[1], status: $0[2]) }
    }
  }

  /// A test of a job.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func avocadoTest(_ key: Int64, of name: AvocadoJobName) async throws -> AvocadoTest {
    try await look { db in try AvocadoTest.fetch(key, in: try name.find(db), db) }
  }

  /// Changes a test; what is nil stays.
  /// - Throws: `absent`, or `ambiguous` for the job; `parentAbsent` if the job it shall move to is not there; `exists`
  ///   if that job has a test of that name.
  public func changeAvocadoTest(
    _ key: Int64, of name: AvocadoJobName, job newJob: AvocadoJobName?, tag: String?, status: Int?
  ) async throws -> AvocadoTest {
    try await change { db in
      let test = try AvocadoTest.fetch(key, in: try name.find(db), db)
      let job: Int64
      do { job = try (newJob ?? name).find(db) } catch is AvocadoProblem { throw AvocadoProblem.parentAbsent }
      let tag = tag ?? test.tag
      if let other = try AvocadoTest.key(of: tag, in: job, db), other != key { throw AvocadoProblem.exists }
      try db.run(
        "UPDATE avocado_tests SET job = ?, tag = ?, status = ? WHERE key = ?", [job, tag, status ?? test.status, key])
      return try AvocadoTest.fetch(key, in: job, db)
    }
  }

  /// Removes a test and what is in it.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func removeAvocadoTest(_ key: Int64, of name: AvocadoJobName) async throws {
    try await change { db in
      try AvocadoTest.check(key, in: try name.find(db), db)
      try db.run("DELETE FROM avocado_tests WHERE key = ?", [key])
    }
  }

  /// How the tests of a job ended.
  /// - Throws: `absent` or `ambiguous` for the job.
  public func avocadoTestSummary(of name: AvocadoJobName) async throws -> AvocadoSummary {
    try await look { db in
      let job = try name.find(db)
      guard let row = try db.row("SELECT passed, failed, other FROM avocado_jobs WHERE key = ?", [job]) else {
        throw AvocadoProblem.absent
      }
      return AvocadoSummary(passed: row[0], failed: row[1], other: row[2])
    }
  }
}

extension AvocadoTest {
  static func fetch(_ key: Int64, in job: Int64, _ db: Database) throws -> AvocadoTest {
    guard let row = try db.row("SELECT tag, status FROM avocado_tests WHERE key = ? AND job = ?", [key, job]),
      let id = try AvocadoJob.id(of: job, db)
    else { throw AvocadoProblem.absent }
    return AvocadoTest(key: key, job: id, tag: row[0], status: row[1])
  }

  /// - Throws: `absent` if the job has no test of that number.
  static func check(_ key: Int64, in job: Int64, _ db: Database) throws {
    guard try db.finds("SELECT 1 FROM avocado_tests WHERE key = ? AND job = ?", [key, job]) else {
      throw AvocadoProblem.absent
    }
  }

  static func key(of tag: String, in job: Int64, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT key FROM avocado_tests WHERE job = ? AND tag = ?"), arguments: [job, tag])
  }
}

/// One of the columns that tests are sorted by.
public struct AvocadoTestOrder: Hashable, Sendable {
  /// The columns.
  public enum Column: String, CaseIterable, Sendable { case tag, status }

  /// The column.
  public var column: Column
  /// The largest first; null is the smallest.
  public var isDescending: Bool

  /// Makes one.
  public init(_ column: Column, isDescending: Bool = false) {
    self.column = column
    self.isDescending = isDescending
  }

  /// What stands behind ORDER BY.
  static func terms(_ order: [AvocadoTestOrder]) -> String {
    let columns = order.map { "\($0.column.rawValue) \($0.isDescending ? "DESC" : "ASC")" }
    return (columns + ["key \(order.last?.isDescending == true ? "DESC" : "ASC")"]).joined(separator: ", ")
  }
}
