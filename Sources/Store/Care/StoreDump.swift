import GRDB
import Model

/// Which tables are meant.
public struct TableChoice: Sendable {
  /// A dialect by its name; nil: all of them.
  public var dialect: String?
  /// Whether tokens are meant too, which are secrets even though only their hashes are kept.
  public var withTokens: Bool

  /// The dialects that have tables.
  public static let dialects = ["testapi", "paddles", "avocado"]

  /// Makes a choice.
  public init(dialect: String? = nil, withTokens: Bool = false) {
    self.dialect = dialect
    self.withTokens = withTokens
  }

  func includes(_ table: String) -> Bool {
    if table == "tokens" || table.hasPrefix("token_") { return withTokens }
    return dialect == nil || dialect == Self.dialect(of: table)
  }

  /// Tables say by their names whose they are; those of the first dialect are older than that rule.
  static func dialect(of table: String) -> String {
    dialects.first { table.hasPrefix($0 + "_") } ?? "testapi"
  }
}

/// Where an export came from.
public struct DumpOrigin: Hashable, Sendable {
  /// The store's own ten digits in every id.
  public var identity: String
  /// The last change of the tables, by name.
  public var schema: String

  /// Makes an origin.
  public init(identity: String, schema: String) {
    self.identity = identity
    self.schema = schema
  }

  init(_ db: Database) throws {
    identity = try String.fetchOne(db, sql: "SELECT identity FROM store") ?? ""
    schema = Schema.migrator.migrations.last ?? ""
  }
}

extension ResultStore {
  /// Whether this release has tables of that name, or later ones.
  public static func knows(schema: String) -> Bool { Schema.migrator.migrations.contains(schema) }

  /// Hands out every row of the chosen tables as they are at one moment, one at a time; whoever writes meanwhile does not
  /// wait.
  /// - Parameters:
  ///   - choice: which tables.
  ///   - begin: gets the origin first.
  ///   - sink: gets each row.
  /// - Returns: how many rows.
  public func dump(
    _ choice: TableChoice, begin: @escaping @Sendable (DumpOrigin) throws -> Void,
    sink: @escaping @Sendable (TableRow) throws -> Void
  ) async throws(Fault) -> Int {
    try await read { db in
      try begin(DumpOrigin(db))
      var count = 0
      for shape in try TableShape.all(db) where choice.includes(shape.name) {
        let rows = try Row.fetchCursor(db, sql: shape.selection)
        while let row = try rows.next() {
          let cells = shape.columns.indices.map { index in
            TableRow.Cell(column: shape.columns[index], value: TableRow.Value(row[index] as DatabaseValue))
          }
          try sink(TableRow(table: shape.name, cells: cells))
          count += 1
        }
      }
      return count
    }
  }
}
