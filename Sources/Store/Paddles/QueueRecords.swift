import GRDB
import Model

/// A queue of jobs; the jobs say which queue they are in.
public struct JobQueue: Hashable, Sendable {
  /// The name, unique.
  public var name: String
  /// Who stopped it last.
  public var pausedBy: String?
  /// When it was stopped last.
  public var pausedSince: Timestamp?
  /// When it goes on by itself.
  public var pausedUntil: Timestamp?

  /// Makes a queue.
  public init(name: String, pausedBy: String? = nil, pausedSince: Timestamp? = nil, pausedUntil: Timestamp? = nil) {
    self.name = name
    self.pausedBy = pausedBy
    self.pausedSince = pausedSince
    self.pausedUntil = pausedUntil
  }
}

/// What came of changing a queue.
public enum QueueChange<Refusal: Error & Hashable>: Sendable, Hashable {
  /// It is changed.
  case changed
  /// It is not there.
  case absent
  /// The rules forbid it; nothing is changed.
  case refused(Refusal)
}

extension ResultStore {
  /// Adds a queue; false if one of that name was there already.
  public func addQueue(_ queue: JobQueue) async throws(Fault) -> Bool {
    try await write { db in
      if try JobQueue.fetch(queue.name, db) != nil { return false }
      try db.run("INSERT INTO paddles_queues (name) VALUES (?)", [queue.name])
      try queue.update(db)
      return true
    }
  }

  /// Changes a queue.
  /// - Parameter change: the rules: changes it, or says why not. It runs in the writer's transaction.
  public func changeQueue<Refusal>(
    _ name: String, _ change: @escaping @Sendable (inout JobQueue) throws(Refusal) -> Void
  ) async throws(Fault) -> QueueChange<Refusal> {
    try await write { db in
      guard var queue = try JobQueue.fetch(name, db) else { return .absent }
      do throws(Refusal) { try change(&queue) } catch { return .refused(error) }
      try queue.update(db)
      return .changed
    }
  }

  /// Queues in the order they were added.
  /// - Parameters:
  ///   - name: only the one of that name; nil: all.
  ///   - pausedBy: only those that were stopped last by this one; nil: all.
  public func queues(named name: String?, pausedBy: String?) async throws(Fault) -> [JobQueue] {
    try await read { db in
      let sql = """
        SELECT * FROM paddles_queues WHERE name = coalesce(?1, name) AND (?2 IS NULL OR paused_by = ?2) ORDER BY key
        """
      return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [name, pausedBy]).map(JobQueue.init(row:))
    }
  }
}

extension JobQueue {
  static func fetch(_ name: String, _ db: Database) throws -> JobQueue? {
    try Row.fetchOne(db.cachedStatement(sql: "SELECT * FROM paddles_queues WHERE name = ?"), arguments: [name])
      .map(JobQueue.init(row:))
  }

  fileprivate init(row: Row) {
    name = row["name"]
    pausedBy = row["paused_by"]
    pausedSince = (row["paused_since"] as Int64?).map(Timestamp.init(nanoseconds:))
    pausedUntil = (row["paused_until"] as Int64?).map(Timestamp.init(nanoseconds:))
  }

  fileprivate func update(_ db: Database) throws {
    try db.run(
      "UPDATE paddles_queues SET paused_by = ?, paused_since = ?, paused_until = ? WHERE name = ?",
      [pausedBy, pausedSince?.nanoseconds, pausedUntil?.nanoseconds, name])
  }
}
