import GRDB
import Model

/// Rows of one kind that prune found or removed.
public struct Pruned: Hashable, Sendable {
  /// What they are.
  public var name: String
  /// How many.
  public var rows: Int
}

extension ResultStore {
  /// How many rows of each kind arrived before a time.
  public func aged(before time: Timestamp) async throws(Fault) -> [Pruned] {
    try await read { db in
      try AgedRows.present(db).map { Pruned(name: $0.name, rows: try $0.count(db, before: time)) }
    }
  }

  /// Removes what arrived before a time, in transactions so short that nobody who writes waits long; what was removed
  /// before a failure is gone.
  public func prune(before time: Timestamp) async throws(Fault) -> [Pruned] {
    var all: [Pruned] = []
    for rows in try await read({ db in try AgedRows.present(db) }) {
      var pruned = Pruned(name: rows.name, rows: 0)
      var pace = Pace(rows: rows.first)
      while true {
        let limit = pace.rows
        let removed = try await paced(&pace) { db in try rows.remove(db, before: time, atMost: limit) }
        pruned.rows += removed
        if removed < limit { break }
      }
      all.append(pruned)
    }
    return all
  }

  /// Does one of many transactions, and then leaves the store to others for as long as it took.
  func paced<Value: Sendable>(
    _ pace: inout Pace, _ work: @escaping @Sendable (Database) throws -> Value
  ) async throws(Fault) -> Value {
    let value = try await patiently { db in
      // Only what is done counts, not the wait for it.
      let start = ContinuousClock.now
      return (try work(db), ContinuousClock.now - start)
    }
    await pace.rest(after: value.1)
    return value.0
  }

  /// Writes, and tries again where a busy server left no gap for so long that SQLite gave up.
  private func patiently<Value: Sendable>(
    _ work: @escaping @Sendable (Database) throws -> Value
  ) async throws(Fault) -> Value {
    for _ in 0..<5 {
      do {
        return try await write(work)
      } catch {
        guard error.code == .busy else { throw error }
      }
    }
    return try await write(work)
  }
}

/// How much is done in one of many transactions, so that each takes about 20 ms.
struct Pace {
  /// Rows for the next transaction.
  private(set) var rows = 64
  private static let bounds = 1...2048

  init(rows: Int = 64) { self.rows = rows }

  /// Sets the next one's size, and waits as long as this one took (at most a second).
  mutating func rest(after time: Duration) async {
    if time < .milliseconds(10) { rows = min(rows * 2, Self.bounds.upperBound) }
    if time > .milliseconds(40) { rows = max(rows / 2, Self.bounds.lowerBound) }
    try? await Task.sleep(for: min(max(time, .milliseconds(1)), .seconds(1)))
  }
}

extension StoreBackup {
  /// Rewrites a store without the room that removed rows left. It needs the store alone, and twice its size on disk.
  /// - Throws: `busy` if anybody uses the store.
  public static func vacuum(_ path: String) throws(Fault) {
    let lock = try StoreLock(alone: path)
    defer { lock.release() }
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.inDatabase { db in
        try db.execute(sql: "PRAGMA synchronous = FULL; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
      }
      try queue.close()
    } catch {
      throw StoreFault.using(error)
    }
  }
}
