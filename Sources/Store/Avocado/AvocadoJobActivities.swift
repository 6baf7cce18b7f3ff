import GRDB
import Model

extension ResultStore {
  /// Adds an activity to a job.
  /// - Throws: `absent` or `ambiguous` for the job, `exists` if it is there already, `requestKeyReused`.
  public func addAvocadoActivity(
    _ activity: AvocadoActivity, toJob name: AvocadoJobName, request: AvocadoRequest?, answer: AvocadoAnswer
  ) async throws -> AvocadoAnswer {
    try await change { db in
      try AvocadoRequest.once(request, db) {
        let job = try name.find(db)
        guard try Self.key(of: activity, inJob: job, db) == nil else { throw AvocadoProblem.exists }
        try db.run(
          "INSERT INTO avocado_job_activities (job, activity, time) VALUES (?, ?, ?)",
          [job, activity.activity, activity.time])
        return (answer, job)
      }
    }
  }

  /// A part of the activities of a job, in the order of arrival.
  /// - Throws: `absent` or `ambiguous` for the job.
  public func avocadoActivities(ofJob name: AvocadoJobName, window: @escaping AvocadoWindow) async throws
    -> AvocadoPage<AvocadoOwned<String, AvocadoActivity>>
  {
    try await look { db in
      let job = try name.find(db)
      let id = try AvocadoJob.id(of: job, db) ?? ""
      return try db.page(
        count: "SELECT count(*) FROM avocado_job_activities WHERE job = ?",
        select: "SELECT activity, time FROM avocado_job_activities WHERE job = ? ORDER BY key", arguments: [job],
        window: window
      ) { AvocadoOwned(owner: id, row: AvocadoActivity(activity: $0[0], time: $0[1])) }
    }
  }

  /// An activity of a job by its number.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func avocadoActivity(_ key: Int64, ofJob name: AvocadoJobName) async throws
    -> AvocadoOwned<String, AvocadoActivity>
  {
    try await look { db in try Self.activity(key, ofJob: try name.find(db), db) }
  }

  /// Changes an activity of a job; what is nil stays.
  /// - Throws: `absent`, or `ambiguous` for the job; `parentAbsent` if the job it shall move to is not there; `exists`.
  public func changeAvocadoActivity(
    _ key: Int64, ofJob name: AvocadoJobName, job newJob: AvocadoJobName?, activity: String?, time: Int64?
  ) async throws -> AvocadoOwned<String, AvocadoActivity> {
    try await change { db in
      var changed = try Self.activity(key, ofJob: try name.find(db), db).row
      let job: Int64
      do { job = try (newJob ?? name).find(db) } catch is AvocadoProblem { throw AvocadoProblem.parentAbsent }
      changed.activity = activity ?? changed.activity
      changed.time = time ?? changed.time
      if let other = try Self.key(of: changed, inJob: job, db), other != key { throw AvocadoProblem.exists }
      try db.run(
        "UPDATE avocado_job_activities SET job = ?, activity = ?, time = ? WHERE key = ?",
        [job, changed.activity, changed.time, key])
      return try Self.activity(key, ofJob: job, db)
    }
  }

  /// Removes an activity of a job.
  /// - Throws: `absent`, or `ambiguous` for the job.
  public func removeAvocadoActivity(_ key: Int64, ofJob name: AvocadoJobName) async throws {
    try await change { db in
      let job = try name.find(db)
      _ = try Self.activity(key, ofJob: job, db)
      try db.run("DELETE FROM avocado_job_activities WHERE key = ?", [key])
    }
  }

  private static func activity(_ key: Int64, ofJob job: Int64, _ db: Database) throws
    -> AvocadoOwned<String, AvocadoActivity>
  {
    let sql = "SELECT activity, time FROM avocado_job_activities WHERE key = ? AND job = ?"
    guard let row = try db.row(sql, [key, job]), let id = try AvocadoJob.id(of: job, db) else {
      throw AvocadoProblem.absent
    }
    return AvocadoOwned(owner: id, row: AvocadoActivity(activity: row[0], time: row[1]))
  }

  private static func key(of activity: AvocadoActivity, inJob job: Int64, _ db: Database) throws -> Int64? {
    let sql = "SELECT key FROM avocado_job_activities WHERE job = ? AND activity = ? AND time = ?"
    return try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [job, activity.activity, activity.time])
  }
}
