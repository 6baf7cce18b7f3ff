import Foundation
import GRDB

/// What a table looks like to export and import.
struct TableShape: Sendable {
  let name: String
  /// Columns that can be written, in order.
  let columns: [String]
  /// What the columns hold, as SQLite names it: TEXT, INTEGER, ANY …
  let types: [String: String]
  /// Columns that must be given.
  let required: Set<String>
  /// Columns of the primary key; a table without one goes by `rowid`.
  let key: [String]
  /// Tables that rows of this one name.
  let parents: Set<String>

  /// Tables that hold no data of clients: GRDB's own, the store's identity, which the header carries, and counts that
  /// triggers keep.
  private static let notData = ["grdb_migrations", "store", "tallies"]

  /// Columns that triggers fill by counting rows of other tables, and which would be counted twice.
  private static let counted: [String: Set<String>] = [
    "avocado_job_statuses": ["jobs"], "avocado_jobs": ["passed", "failed", "other"],
  ]

  /// Every table with data, those that others name before these.
  static func all(_ db: Database) throws -> [TableShape] {
    let names = try String.fetchAll(
      db,
      sql:
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")
    var waiting = try names.filter { !notData.contains($0) }.map { try TableShape($0, db) }
    var sorted: [TableShape] = []
    while !waiting.isEmpty {
      let open = Set(waiting.map(\.name))
      let ready = waiting.firstIndex { $0.parents.subtracting([$0.name]).isDisjoint(with: open) } ?? 0
      sorted.append(waiting.remove(at: ready))
    }
    return sorted
  }

  private init(_ name: String, _ db: Database) throws {
    self.name = name
    let sql = "SELECT name, pk, type, \"notnull\" AND dflt_value IS NULL FROM pragma_table_info(?) ORDER BY cid"
    let counted = Self.counted[name] ?? []
    let rows = try Row.fetchAll(db, sql: sql, arguments: [name]).filter { !counted.contains($0[0]) }
    columns = rows.map { $0[0] }
    types = Dictionary(rows.map { ($0[0], $0[2]) }, uniquingKeysWith: { $1 })
    required = Set(rows.filter { $0[3] }.map { $0[0] })
    key = rows.filter { ($0[1] as Int) > 0 }.sorted { ($0[1] as Int) < ($1[1] as Int) }.map { $0[0] }
    parents = Set(
      try String.fetchAll(db, sql: "SELECT \"table\" FROM pragma_foreign_key_list(?)", arguments: [name]))
  }

  /// Reads every row in the order of the key.
  var selection: String {
    let order = key.isEmpty ? "rowid" : key.map(Self.quoted).joined(separator: ", ")
    return "SELECT \(columns.map(Self.quoted).joined(separator: ", ")) FROM \(Self.quoted(name)) ORDER BY \(order)"
  }

  /// Adds a row with these columns.
  func insertion(_ names: [String]) -> String {
    let marks = names.map { _ in "?" }.joined(separator: ", ")
    return "INSERT INTO \(Self.quoted(name)) (\(names.map(Self.quoted).joined(separator: ", "))) VALUES (\(marks))"
  }

  /// Finds a row of which these columns are so.
  func search(_ names: [String]) -> String {
    "SELECT 1 FROM \(Self.quoted(name)) WHERE " + names.map { "\(Self.quoted($0)) IS ?" }.joined(separator: " AND ")
  }

  private static func quoted(_ name: String) -> String { "\"\(name)\"" }
}

extension TableRow.Value {
  init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let number): self = .integer(number)
    case .double(let number): self = .real(number)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .blob(Array(data))
    }
  }

  /// The value as it is bound to a statement.
  var bound: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let number): number.databaseValue
    case .real(let number): number.databaseValue
    case .text(let text): text.databaseValue
    case .blob(let bytes): Data(bytes).databaseValue
    }
  }
}
