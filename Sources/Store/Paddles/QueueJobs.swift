import GRDB
import Model

extension ResultStore {
  /// A queue, and the job that is next: the one of the smallest number, of several the oldest; who has no number comes
  /// last. Nil if there is no such queue.
  public func queueHead(_ name: String) async throws(Fault) -> (queue: JobQueue, job: JobRecord?)? {
    try await read { db in
      guard let queue = try JobQueue.fetch(name, db) else { return nil }
      // Null sorts first in the index, so those with a number are looked for apart.
      for condition in ["NOT NULL", "NULL"] {
        let sql = """
          \(JobRecord.query) WHERE jobs.queue = ? AND jobs.status = 'queued' AND jobs.priority IS \(condition)
          ORDER BY jobs.priority, jobs.key LIMIT 1
          """
        if let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [name]) {
          return (queue, JobRecord(row: row))
        }
      }
      return (queue, nil)
    }
  }

  /// A queue, and how many jobs wait in it. Nil if there is no such queue.
  public func queueStats(_ name: String) async throws(Fault) -> (queue: JobQueue, jobs: Int)? {
    try await read { db in
      guard let queue = try JobQueue.fetch(name, db) else { return nil }
      let sql = "SELECT count(*) FROM paddles_jobs WHERE queue = ? AND status = 'queued'"
      return (queue, try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [name]) ?? 0)
    }
  }
}
