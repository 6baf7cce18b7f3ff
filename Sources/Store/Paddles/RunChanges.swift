import GRDB
import Model

/// What came of adding a run or a job.
public enum PaddlesAddition: Hashable, Sendable {
  /// It is there now, under this name or id.
  case added(String)
  /// The request was here before; what it added has this name or id.
  case repeated(String)
  /// One of that name or id was there already.
  case exists
}

extension ResultStore {
  /// Adds a run. Of several requests with the same key only the first adds anything.
  public func addRun(_ run: RunRecord, requestKey: String?) async throws(Fault) -> PaddlesAddition {
    try await write { db in
      if let requestKey {
        let sql = "SELECT name FROM paddles_runs WHERE request_key = ?"
        if let name = try String.fetchOne(db.cachedStatement(sql: sql), arguments: [requestKey]) {
          return .repeated(name)
        }
      }
      if try db.finds("SELECT 1 FROM paddles_runs WHERE name = ?", [run.name]) { return .exists }
      _ = try run.insert(requestKey: requestKey, db)
      return .added(run.name)
    }
  }

  /// Whether there is a run of that name.
  public func hasRun(named name: String) async throws(Fault) -> Bool {
    try await read { db in try db.finds("SELECT 1 FROM paddles_runs WHERE name = ?", [name]) }
  }

  /// Removes a run with its jobs; false if it was not there.
  public func removeRun(named name: String) async throws(Fault) -> Bool {
    try await write { db in
      try db.run("DELETE FROM paddles_runs WHERE name = ?", [name])
      return db.changesCount > 0
    }
  }
}
