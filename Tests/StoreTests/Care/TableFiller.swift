import Foundation
import GRDB
import Model
import Synchronization

@testable import Store

/// Puts rows into every table there is, whoever owns it, so that what cares for all tables is tested with all of them.
enum TableFiller {
  /// Rows in each table.
  static let rows = 3

  /// Columns that hold only certain values.
  private static let fixed: [String: @Sendable (Int) -> DatabaseValue] = [
    "tokens.hash": { Data(repeating: UInt8($0), count: 32).databaseValue },
    "token_scopes.kind": { _ in "dialect".databaseValue },
    // Each names one that comes later, and the last one nothing.
    "paddles_nodes.vm_host": { $0 < rows ? Int64($0 + 1).databaseValue : .null },
    "paddles_nodes.locked_by": { _ in .null },
    "paddles_nodes.locked_since": { _ in .null },
    "details.json": { #"{"n": \#($0)}"#.databaseValue },
    "deploydetails.json": { #"{"n": \#($0)}"#.databaseValue },
  ]

  /// What a column of type ANY may hold.
  private static let any: [DatabaseValue] = [
    .null, "".databaseValue, "2023.1".databaseValue, "ä\u{1F600}\"\\\n".databaseValue, Data("1e400".utf8).databaseValue,
    Data([0, 0xFF, 0xC0]).databaseValue, Data().databaseValue, Int64.min.databaseValue, (0.1).databaseValue,
    Double.infinity.databaseValue, (-0.0).databaseValue, 1e300.databaseValue,
  ]

  static func fill(_ db: Database) throws {
    try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
    for shape in try TableShape.all(db) {
      // Rows that come with the tables keep their keys.
      for number in 1...rows where try !isThere(number, shape, db) {
        let values = try shape.columns.enumerated().map { index, column in
          try value(shape, column, number, salt: index, db)
        }
        try db.execute(sql: shape.insertion(shape.columns), arguments: StatementArguments(values))
      }
    }
  }

  private static func isThere(_ number: Int, _ shape: TableShape, _ db: Database) throws -> Bool {
    guard shape.key == ["key"] else { return false }
    return try db.finds("SELECT 1 FROM \(shape.name) WHERE key = ?", [number])
  }

  private static func value(_ shape: TableShape, _ column: String, _ number: Int, salt: Int, _ db: Database) throws
    -> DatabaseValue
  {
    if let fixed = fixed["\(shape.name).\(column)"] { return fixed(number) }
    let sql = "SELECT \"table\", \"to\" FROM pragma_foreign_key_list(?) WHERE \"from\" = ?"
    if let parent = try Row.fetchOne(db, sql: sql, arguments: [shape.name, column]) {
      let table = try TableShape.all(db).first { $0.name == parent[0] }
      guard let table else { throw Fault(.notFound, "no table \(parent[0] as String)") }
      return try value(table, parent[1] as String? ?? table.key[0], number, salt: salt, db)
    }
    switch shape.types[column] {
    case "INTEGER": return Int64(number).databaseValue
    case "REAL": return (Double(number) + 0.5).databaseValue
    case "BLOB": return Data([UInt8(number), 0xFF]).databaseValue
    case "ANY": return any[(number * 5 + salt) % any.count]
    default: return "\(shape.name).\(column) \(number)".databaseValue
    }
  }
}

extension ResultStore {
  /// Every row but those of tokens, or those too.
  func everyRow(withTokens: Bool = false) async throws -> [TableRow] {
    let rows = Rows()
    _ = try await dump(
      TableChoice(withTokens: withTokens), begin: { _ in }, sink: { row in rows.add(row) })
    return rows.all
  }
}

/// Collects rows.
final class Rows: Sendable {
  private let rows = Mutex<[TableRow]>([])

  func add(_ row: TableRow) { rows.withLock { $0.append(row) } }

  var all: [TableRow] { rows.withLock { $0 } }
}
