import GRDB
import Model

/// A table whose rows have a key and an id.
enum Table: String {
  case pods, projects, testcases, results, deployresults, scenarios

  /// A key for a new row: seconds and count, one more than the last one's if that is later.
  func nextKey(_ db: Database, now: Timestamp) throws -> Int64 {
    let latest = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(key) FROM \(rawValue)")) ?? 0
    return max(latest + 1, (now.nanoseconds / 1_000_000_000) << 24)
  }

  /// A key and the id made of it.
  func nextID(_ db: Database, now: Timestamp) throws -> (key: Int64, id: ObjectID) {
    let identity = try String.fetchOne(db.cachedStatement(sql: "SELECT identity FROM store")) ?? ""
    let key = try nextKey(db, now: now)
    return (key, ObjectID(key: key, identity: identity))
  }
}

extension Database {
  /// Whether a query finds anything; the SQL is text of our own.
  func finds(_ sql: String, _ arguments: StatementArguments) throws -> Bool {
    try Bool.fetchOne(cachedStatement(sql: "SELECT EXISTS (\(sql))"), arguments: arguments) ?? false
  }

  /// Executes a statement of our own that is compiled once.
  func run(_ sql: String, _ arguments: StatementArguments) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

/// What came of adding something.
public enum Addition<Record: Sendable & Hashable>: Sendable, Hashable {
  /// It is there now.
  case added(Record)
  /// One of that name was there already.
  case exists
  /// What it belongs to is not there.
  case parentAbsent
}

/// What came of changing something.
public enum Change<Record: Sendable & Hashable>: Sendable, Hashable {
  /// It is changed; this is how it is now.
  case changed(Record)
  /// It was so already.
  case unchanged
  /// It is not there.
  case absent
  /// Its new name belongs to another.
  case exists
  /// Something names it, so it cannot be renamed.
  case tied
}

/// What came of removing something.
public enum Removal: Sendable, Hashable {
  /// It is gone.
  case removed
  /// It was not there.
  case absent
  /// Something names it, so it stays.
  case tied
}
