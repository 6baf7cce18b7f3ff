import GRDB
import Model

extension ResultStore {
  /// Adds a job.
  /// - Parameters:
  ///   - answer: what is answered for the job that was added.
  /// - Throws: `exists` if another job has the id, `requestKeyReused`.
  public func addAvocadoJob(
    _ draft: AvocadoJob.Draft, request: AvocadoRequest?, answer: @escaping @Sendable (AvocadoJob) -> AvocadoAnswer
  ) async throws -> AvocadoAnswer {
    let now = clock()
    return try await change { db in
      try AvocadoRequest.once(request, db) {
        guard try !db.finds("SELECT 1 FROM avocado_jobs WHERE id = ?", [draft.id]) else { throw AvocadoProblem.exists }
        try db.run(
          "INSERT INTO avocado_jobs (id, description, time, elapsed_time, status) VALUES (?, ?, ?, ?, ?)",
          [draft.id, draft.description, now.nanoseconds, draft.elapsed, draft.status])
        let job = AvocadoJob(
          key: db.lastInsertedRowID, id: draft.id, description: draft.description, time: now, elapsed: draft.elapsed,
          status: draft.status)
        return (answer(job), job.key)
      }
    }
  }

  /// Changes a job, and returns what is in it.
  /// - Throws: `absent`, `ambiguous`, `exists` if the new id belongs to another job.
  public func changeAvocadoJob(_ name: AvocadoJobName, _ settings: AvocadoJob.Change) async throws
    -> AvocadoJobScan.Chunk
  {
    try await change { db in
      guard var job = try AvocadoJob.fetch(try name.find(db), db) else { throw AvocadoProblem.absent }
      if let id = settings.id, id != job.id {
        guard try !db.finds("SELECT 1 FROM avocado_jobs WHERE id = ?", [id]) else { throw AvocadoProblem.exists }
        job.id = id
      }
      if let description = settings.description { job.description = description }
      job.elapsed = settings.elapsed ?? job.elapsed
      job.status = settings.status ?? job.status
      try db.run(
        "UPDATE avocado_jobs SET id = ?, description = ?, elapsed_time = ?, status = ? WHERE key = ?",
        [job.id, job.description, job.elapsed, job.status, job.key])
      return try AvocadoJobScan([job.key], db).next(db)
    }
  }

  /// Removes a job and everything in it.
  /// - Throws: `absent`, `ambiguous`.
  public func removeAvocadoJob(_ name: AvocadoJobName) async throws {
    try await change { db in try db.run("DELETE FROM avocado_jobs WHERE key = ?", [try name.find(db)]) }
  }

  /// How many jobs have passed and failed, and how many have not.
  public func avocadoJobSummary() async throws -> AvocadoSummary {
    try await look { db in
      var summary = AvocadoSummary()
      let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT key, jobs FROM avocado_job_statuses"))
      for row in rows {
        switch row[0] as Int {
        case 6: summary.passed += row[1]
        case 3, 4: summary.failed += row[1]
        default: summary.other += row[1]
        }
      }
      return summary
    }
  }
}

extension AvocadoJob {
  static func fetch(_ key: Int64, _ db: Database) throws -> AvocadoJob? {
    try db.row("SELECT id, description, time, elapsed_time, status FROM avocado_jobs WHERE key = ?", [key]).map { row in
      AvocadoJob(
        key: key, id: row[0], description: row[1], time: Timestamp(nanoseconds: row[2]), elapsed: row[3],
        status: row[4])
    }
  }

  /// The string id; nil if the job is gone.
  static func id(of key: Int64, _ db: Database) throws -> String? {
    try String.fetchOne(db.cachedStatement(sql: "SELECT id FROM avocado_jobs WHERE key = ?"), arguments: [key])
  }
}
