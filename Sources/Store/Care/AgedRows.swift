import GRDB
import Model

/// Rows that age: what `prune` removes. What belongs to a row goes with it, by the foreign keys of its tables. A dialect
/// whose rows age adds its own to ``AgedRows/all``.
struct AgedRows: Sendable {
  /// How a column says when a row arrived.
  enum Clock: Sendable {
    /// Seconds since 1970 above 24 bits of count, as in the keys that ids are made of.
    case key
    /// Nanoseconds since 1970.
    case nanoseconds
  }

  /// What they are, for people.
  let name: String
  /// Their table; its rows go by `rowid`.
  let table: String
  /// The column that says when they arrived.
  let column: String
  let clock: Clock
  /// Rows for the first transaction; few where much belongs to each.
  var first = 64

  /// Everything that ages.
  static let all: [AgedRows] = [
    AgedRows(name: "results", table: "results", column: "key", clock: .key),
    AgedRows(name: "deploy results", table: "deployresults", column: "key", clock: .key),
    AgedRows(name: "paddles runs", table: "paddles_runs", column: "posted", clock: .nanoseconds, first: 1),
    AgedRows(name: "avocado jobs", table: "avocado_jobs", column: "time", clock: .nanoseconds, first: 1),
  ]

  /// Those of the tables that this store has.
  static func present(_ db: Database) throws -> [AgedRows] { try all.filter { try db.tableExists($0.table) } }

  /// How many arrived before a time.
  func count(_ db: Database, before time: Timestamp) throws -> Int {
    let sql = "SELECT count(*) FROM \(table) WHERE \(column) < ?"
    return try Int.fetchOne(db, sql: sql, arguments: [bound(time)]) ?? 0
  }

  /// Removes some of those that arrived before a time, and says how many.
  func remove(_ db: Database, before time: Timestamp, atMost limit: Int) throws -> Int {
    let some = "SELECT rowid FROM \(table) WHERE \(column) < ? ORDER BY \(column) LIMIT ?"
    try db.run("DELETE FROM \(table) WHERE rowid IN (\(some))", [bound(time), limit])
    return db.changesCount
  }

  private func bound(_ time: Timestamp) -> Int64 {
    switch clock {
    case .key: max(0, time.nanoseconds / 1_000_000_000) << 24
    case .nanoseconds: time.nanoseconds
    }
  }
}
