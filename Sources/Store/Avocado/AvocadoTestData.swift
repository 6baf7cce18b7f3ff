import Foundation
import GRDB
import Model

extension ResultStore {
  /// Adds a datum to a test.
  /// - Throws: `absent`, or `ambiguous` for the job; `exists`; `requestKeyReused`.
  public func addAvocadoDatum(
    _ datum: AvocadoDatum, toTest test: Int64, of name: AvocadoJobName, request: AvocadoRequest?, answer: AvocadoAnswer
  ) async throws -> AvocadoAnswer {
    try await change { db in
      try AvocadoRequest.once(request, db) {
        let job = try name.find(db)
        try AvocadoTest.check(test, in: job, db)
        guard try Self.key(of: datum, in: test, db) == nil else { throw AvocadoProblem.exists }
        try db.run(
          "INSERT INTO avocado_test_data (test, category, name, value) VALUES (?, ?, ?, ?)",
          [test, datum.category, datum.name, datum.value.map { Data($0) }])
        return (answer, job)
      }
    }
  }

  /// The numbers of a part of the data of a test, in the order of arrival: values may be large, so they are read one
  /// after the other.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func avocadoDataKeys(ofTest test: Int64, of name: AvocadoJobName, window: @escaping AvocadoWindow)
    async throws -> AvocadoPage<Int64>
  {
    try await look { db in
      try AvocadoTest.check(test, in: try name.find(db), db)
      return try db.page(
        count: "SELECT count(*) FROM avocado_test_data WHERE test = ?",
        select: "SELECT key FROM avocado_test_data WHERE test = ? ORDER BY key", arguments: [test], window: window
      ) { $0[0] }
    }
  }

  /// A datum of a test by its number; nil if it is gone.
  public func avocadoDatum(_ key: Int64, ofTest test: Int64) async throws -> AvocadoOwned<Int64, AvocadoDatum>? {
    try await look { db in try Self.datum(key, of: test, db) }
  }

  /// A datum of a test by its number.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func avocadoDatum(_ key: Int64, ofTest test: Int64, of name: AvocadoJobName) async throws
    -> AvocadoOwned<Int64, AvocadoDatum>
  {
    try await look { db in
      try AvocadoTest.check(test, in: try name.find(db), db)
      guard let datum = try Self.datum(key, of: test, db) else { throw AvocadoProblem.absent }
      return datum
    }
  }

  /// Changes a datum, but for its value; what is nil stays.
  /// - Throws: `absent`, or `ambiguous` for the job; `parentAbsent` if the test it shall move to is not there; `exists`.
  public func changeAvocadoDatum(
    _ key: Int64, ofTest test: Int64, of job: AvocadoJobName, test newTest: Int64?, category: String?, name: String?
  ) async throws -> AvocadoOwned<Int64, AvocadoDatum> {
    try await change { db in
      try AvocadoTest.check(test, in: try job.find(db), db)
      guard var datum = try Self.datum(key, of: test, db) else { throw AvocadoProblem.absent }
      let owner = newTest ?? test
      guard try db.finds("SELECT 1 FROM avocado_tests WHERE key = ?", [owner]) else {
        throw AvocadoProblem.parentAbsent
      }
      datum.owner = owner
      datum.row.category = category ?? datum.row.category
      datum.row.name = name ?? datum.row.name
      if let other = try Self.key(of: datum.row, in: owner, db), other != key { throw AvocadoProblem.exists }
      try db.run(
        "UPDATE avocado_test_data SET test = ?, category = ?, name = ? WHERE key = ?",
        [owner, datum.row.category, datum.row.name, key])
      return datum
    }
  }

  /// Removes a datum of a test.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func removeAvocadoDatum(_ key: Int64, ofTest test: Int64, of name: AvocadoJobName) async throws {
    try await change { db in
      try AvocadoTest.check(test, in: try name.find(db), db)
      guard try db.finds("SELECT 1 FROM avocado_test_data WHERE key = ? AND test = ?", [key, test]) else {
        throw AvocadoProblem.absent
      }
      try db.run("DELETE FROM avocado_test_data WHERE key = ?", [key])
    }
  }

  private static func datum(_ key: Int64, of test: Int64, _ db: Database) throws -> AvocadoOwned<Int64, AvocadoDatum>? {
    let sql = "SELECT category, name, value FROM avocado_test_data WHERE key = ? AND test = ?"
    return try db.row(sql, [key, test]).map { row in
      AvocadoOwned(
        owner: test, row: AvocadoDatum(category: row[0], name: row[1], value: (row[2] as Data?).map { Array($0) }))
    }
  }

  private static func key(of datum: AvocadoDatum, in test: Int64, _ db: Database) throws -> Int64? {
    let sql = "SELECT key FROM avocado_test_data WHERE test = ? AND category = ? AND name = ?"
    return try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [test, datum.category, datum.name])
  }
}
