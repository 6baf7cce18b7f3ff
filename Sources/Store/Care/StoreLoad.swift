import GRDB
import Model

/// What came of a row that was to be added.
public enum LoadOutcome: Hashable, Sendable {
  /// It is there now.
  case added
  /// The same row was there.
  case present
  /// Another row has its key or a name that is unique; the text says which columns.
  case conflict(String)
  /// It names a row that is not there, yet.
  case orphan
  /// The table cannot hold it; the text says why.
  case refused(String)
}

/// Puts exported rows into a store, many a transaction.
public struct StoreLoad: Sendable {
  private let store: ResultStore
  private let shapes: [String: TableShape]
  private var pace = Pace()

  /// - Parameters:
  ///   - store: where to.
  ///   - choice: rows of other tables are refused.
  public init(into store: ResultStore, _ choice: TableChoice) async throws(Fault) {
    self.store = store
    shapes = try await store.read { db in
      let chosen = try TableShape.all(db).filter { choice.includes($0.name) }
      return Dictionary(uniqueKeysWithValues: chosen.map { ($0.name, $0) })
    }
  }

  /// Rows that the next transaction should have.
  public var batch: Int { pace.rows }

  /// Gives a store that holds nothing yet the identity of another, so that its ids go on as they were. False if it holds
  /// something, or if this is no identity.
  public func adopt(_ identity: String) async throws(Fault) -> Bool {
    guard identity.utf8.count == 10, identity.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return false }
    let names = shapes.values.filter { !$0.columns.isEmpty }.map(\.name).sorted()
    return try await store.write { db in
      guard try !names.contains(where: { try Schema.hasData($0, db) }) else { return false }
      try db.execute(sql: "UPDATE store SET identity = ?", arguments: [identity])
      return true
    }
  }

  /// Adds rows in one transaction; one that cannot be added stops no other.
  public mutating func add(_ rows: [TableRow]) async throws(Fault) -> [LoadOutcome] {
    let shapes = shapes
    return try await store.paced(&pace) { db in
      try rows.map { row in
        guard let shape = shapes[row.table] else {
          return .refused("there is no table \(row.table), or it is not meant")
        }
        return try shape.add(row.cells, db)
      }
    }
  }
}

extension TableShape {
  /// Adds one row.
  func add(_ cells: [TableRow.Cell], _ db: Database) throws -> LoadOutcome {
    let names = cells.map(\.column)
    if let unknown = names.first(where: { !columns.contains($0) }) { return .refused("there is no column \(unknown)") }
    guard !names.isEmpty, Set(names).count == names.count else { return .refused("a column is missing or given twice") }
    let values = StatementArguments(cells.map(\.value.bound))
    if key.isEmpty, try db.finds(search(names), values) { return .present }
    do {
      try db.run(insertion(names), values)
      return .added
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      switch error.extendedResultCode {
      case .SQLITE_CONSTRAINT_FOREIGNKEY: return .orphan
      case .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_ROWID:
        return try db.finds(search(names), values) ? .present : .conflict(error.message ?? "")
      default: return .refused(error.message ?? "\(error.extendedResultCode)")
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_MISMATCH {
      return .refused(error.message ?? "\(error.resultCode)")
    }
  }
}

extension Schema {
  /// Whether a table holds more than a new store has in it.
  static func hasData(_ table: String, _ db: Database) throws -> Bool {
    let rows = try Int.fetchOne(db, sql: "SELECT count(*) FROM (SELECT 1 FROM \"\(table)\" LIMIT 1000)") ?? 0
    guard rows > 0 else { return false }
    let fresh = try DatabaseQueue()
    try migrator.migrate(fresh)
    return try fresh.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \"\(table)\"") } != rows
  }
}
