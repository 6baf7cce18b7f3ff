import GRDB
import Model
import Synchronization

/// The number of rows of each table, counted again so seldom that counting never takes more than a hundredth of the time.
final class RowCounts: Sendable {
  private struct State {
    var counts: [(table: String, rows: Int)] = []
    var due = ContinuousClock.now
    var isCounting = false
  }

  /// The least time between two counts.
  private static let pause = Duration.seconds(10)

  private let state = Mutex(State())

  /// Whether it is the caller's turn to count; nobody else's then is until it has.
  func take() -> Bool {
    state.withLock { state in
      guard !state.isCounting, state.due <= .now else { return false }
      state.isCounting = true
      return true
    }
  }

  /// Keeps what was counted; nil: counting failed.
  func keep(_ counts: [(table: String, rows: Int)]?, since start: ContinuousClock.Instant) {
    state.withLock { state in
      if let counts { state.counts = counts }
      state.isCounting = false
      state.due = .now + max(Self.pause, (ContinuousClock.now - start) * 100)
    }
  }

  var latest: [(table: String, rows: Int)] { state.withLock { $0.counts } }
}

extension ResultStore {
  /// The number of rows of each table, by name. Ten seconds old or older: counting a million rows takes long.
  public func rowCounts() async -> [(table: String, rows: Int)] {
    guard counts.take() else { return counts.latest }
    let start = ContinuousClock.now
    counts.keep(try? await read(Self.count), since: start)
    return counts.latest
  }

  private static func count(_ db: Database) throws -> [(table: String, rows: Int)] {
    let tables = try String.fetchAll(
      db,
      sql: """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND name NOT IN ('store', 'grdb_migrations') ORDER BY name
        """)
    return try tables.map { table in
      (table, try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.quotedDatabaseIdentifier)") ?? 0)
    }
  }
}
