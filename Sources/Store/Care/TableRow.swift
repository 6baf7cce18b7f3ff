/// A row of any table, as it is exported and imported: nothing of it is lost.
public struct TableRow: Hashable, Sendable {
  /// The table.
  public var table: String
  /// Columns and what stands in them, in the table's order.
  public var cells: [Cell]

  /// One column's value.
  public struct Cell: Hashable, Sendable {
    /// The column.
    public var column: String
    /// What stands in it.
    public var value: Value

    /// Makes a cell.
    public init(column: String, value: Value) {
      self.column = column
      self.value = value
    }
  }

  /// The storage classes of SQLite.
  public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
  }

  /// Makes a row.
  public init(table: String, cells: [Cell]) {
    self.table = table
    self.cells = cells
  }
}
