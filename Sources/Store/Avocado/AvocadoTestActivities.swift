import GRDB
import Model

extension ResultStore {
  /// Adds an activity to a test, whose own status it leaves alone.
  /// - Parameter name: the job of the test; nil: whichever it is.
  /// - Throws: `absent`, or `ambiguous` for the job; `exists` if it is there already with that status (without one it
  ///   may be there often); `requestKeyReused`.
  public func addAvocadoActivity(
    _ activity: AvocadoActivity, toTest test: Int64, of name: AvocadoJobName?, request: AvocadoRequest?,
    answer: AvocadoAnswer
  ) async throws -> AvocadoAnswer {
    try await change { db in
      try AvocadoRequest.once(request, db) {
        let sql = "SELECT job FROM avocado_tests WHERE key = ?"
        guard let job = try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [test]),
          try name.map({ try $0.find(db) == job }) ?? true
        else { throw AvocadoProblem.absent }
        guard try Self.key(of: activity, inTest: test, db) == nil else { throw AvocadoProblem.exists }
        try Self.insert(activity, test, db)
        return (answer, job)
      }
    }
  }

  /// Takes a row of a journal: an activity of a test by the test's name. A test that is not there is made. A status is
  /// also the test's, if it has none. A row that was taken before is taken again and changes nothing.
  /// - Parameter foreignStatus: a word for the status that is none of ours; kept beside the test.
  /// - Throws: `absent` or `ambiguous` for the job.
  public func takeAvocadoJournal(
    _ activity: AvocadoActivity, tag: String, foreignStatus: String?, of name: AvocadoJobName
  ) async throws {
    try await change { db in
      let job = try name.find(db)
      let test = try Self.test(tag, in: job, db)
      let known = """
        SELECT 1 FROM avocado_test_activities WHERE test = ? AND activity = ? AND time = ? AND status IS ?
        """
      if try !db.finds(known, [test, activity.activity, activity.time, activity.status]) {
        try Self.insert(activity, test, db)
      }
      if let status = activity.status {
        try db.run("UPDATE avocado_tests SET status = ? WHERE key = ? AND status IS NULL", [status, test])
      }
      if let foreignStatus {
        try db.run(
          """
          INSERT INTO avocado_test_data (test, category, name, value) VALUES (?, 'status', ?, CAST(? AS BLOB))
          ON CONFLICT (test, category, name) DO UPDATE SET value = excluded.value
          """, [test, activity.activity, foreignStatus])
      }
    }
  }

  /// A part of the activities of a test, in the order of arrival.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func avocadoActivities(ofTest test: Int64, of name: AvocadoJobName, window: @escaping AvocadoWindow)
    async throws -> AvocadoPage<AvocadoOwned<Int64, AvocadoActivity>>
  {
    try await look { db in
      try AvocadoTest.check(test, in: try name.find(db), db)
      return try db.page(
        count: "SELECT count(*) FROM avocado_test_activities WHERE test = ?",
        select: "SELECT activity, time, status FROM avocado_test_activities WHERE test = ? ORDER BY key",
        arguments: [test], window: window
      ) { AvocadoOwned(owner: test, row: AvocadoActivity(activity: $0[0], time: $0[1], status: $0[2])) }
    }
  }

  /// An activity of a test by its number.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func avocadoActivity(_ key: Int64, ofTest test: Int64, of name: AvocadoJobName) async throws
    -> AvocadoOwned<Int64, AvocadoActivity>
  {
    try await look { db in
      try AvocadoTest.check(test, in: try name.find(db), db)
      return try Self.activity(key, ofTest: test, db)
    }
  }

  /// Changes an activity of a test; what is nil stays.
  /// - Throws: `absent`, or `ambiguous` for the job; `parentAbsent` if the test it shall move to is not there; `exists`.
  public func changeAvocadoActivity(
    _ key: Int64, ofTest test: Int64, of name: AvocadoJobName, test newTest: Int64?, activity: String?, time: Int64?,
    status: Int?
  ) async throws -> AvocadoOwned<Int64, AvocadoActivity> {
    try await change { db in
      try AvocadoTest.check(test, in: try name.find(db), db)
      let old = try Self.activity(key, ofTest: test, db).row
      let owner = newTest ?? test
      guard try db.finds("SELECT 1 FROM avocado_tests WHERE key = ?", [owner]) else {
        throw AvocadoProblem.parentAbsent
      }
      let changed = AvocadoActivity(
        activity: activity ?? old.activity, time: time ?? old.time, status: status ?? old.status)
      if let other = try Self.key(of: changed, inTest: owner, db), other != key { throw AvocadoProblem.exists }
      try db.run(
        "UPDATE avocado_test_activities SET test = ?, activity = ?, time = ?, status = ? WHERE key = ?",
        [owner, changed.activity, changed.time, changed.status, key])
      return try Self.activity(key, ofTest: owner, db)
    }
  }

  /// Removes an activity of a test.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func removeAvocadoActivity(_ key: Int64, ofTest test: Int64, of name: AvocadoJobName) async throws {
    try await change { db in
      try AvocadoTest.check(test, in: try name.find(db), db)
      _ = try Self.activity(key, ofTest: test, db)
      try db.run("DELETE FROM avocado_test_activities WHERE key = ?", [key])
    }
  }

  private static func test(_ tag: String, in job: Int64, _ db: Database) throws -> Int64 {
    if let key = try AvocadoTest.key(of: tag, in: job, db) { return key }
    try db.run("INSERT INTO avocado_tests (job, tag) VALUES (?, ?)", [job, tag])
    return db.lastInsertedRowID
  }

  private static func insert(_ activity: AvocadoActivity, _ test: Int64, _ db: Database) throws {
    try db.run(
      "INSERT INTO avocado_test_activities (test, activity, time, status) VALUES (?, ?, ?, ?)",
      [test, activity.activity, activity.time, activity.status])
  }

  private static func activity(_ key: Int64, ofTest test: Int64, _ db: Database) throws
    -> AvocadoOwned<Int64, AvocadoActivity>
  {
    let sql = "SELECT activity, time, status FROM avocado_test_activities WHERE key = ? AND test = ?"
    guard let row = try db.row(sql, [key, test]) else { throw AvocadoProblem.absent }
    return AvocadoOwned(owner: test, row: AvocadoActivity(activity: row[0], time: row[1], status: row[2]))
  }

  /// One without a status is equal to none.
  private static func key(of activity: AvocadoActivity, inTest test: Int64, _ db: Database) throws -> Int64? {
    let sql = "SELECT key FROM avocado_test_activities WHERE test = ? AND activity = ? AND time = ? AND status = ?"
    return try Int64.fetchOne(
      db.cachedStatement(sql: sql), arguments: [test, activity.activity, activity.time, activity.status])
  }
}
