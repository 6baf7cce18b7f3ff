/// A line of an exported store: JSON lines, so that a store can be read by anything, and moved to anything.
///
/// The first line is the header, then comes a line for each row, those that others name first, then the end with the
/// number of rows, so that a file that was cut is noticed.
public enum StoreLine: Hashable, Sendable {
  /// Where the export came from: the version of this format, the store's identity, the last change of its tables.
  case header(version: Int, identity: String, schema: String)
  /// A row of a table.
  case row(table: String, cells: [Cell])
  /// The end, with the number of rows before it.
  case end(rows: Int)

  /// A column's name and value.
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

  /// What a database keeps in a cell. JSON has no bytes: those that are UTF-8, as all values that were sent as JSON and are
  /// kept as such, stand as `{"utf8": "…"}`, others as `{"base64": "…"}`.
  public enum Value: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])
  }

  /// The version of the format that is written; others are refused.
  public static let version = 1
}

extension StoreLine {
  /// The line, with its newline.
  public var bytes: [UInt8] {
    var writer = JSONWriter(compact: true)
    switch self {
    case .header(let version, let identity, let schema):
      writer.append(json: "{\"sortie_store\":\(version)")
      writer.append(key: "identity")
      writer.append(string: identity)
      writer.append(key: "schema")
      writer.append(string: schema)
      writer.append(json: "}\n")
    case .end(let rows): writer.append(json: "{\"rows\":\(rows)}\n")
    case .row(let table, let cells):
      writer.append(json: "{")
      writer.append(key: "table", first: true)
      writer.append(string: table)
      writer.append(key: "row")
      writer.append(json: "{")
      for (index, cell) in cells.enumerated() {
        writer.append(anyKey: cell.column, first: index == 0)
        cell.value.write(to: &writer)
      }
      writer.append(json: "}}\n")
    }
    return writer.bytes
  }

  /// Reads a line.
  /// - Throws: ``ImportProblem`` for what is none.
  public init(_ line: [UInt8]) throws(ImportProblem) {
    let members = try ImportProblem.members(line)
    if let version = members["sortie_store"] {
      guard let number = version.integer, let identity = members["identity"]?.string,
        let schema = members["schema"]?.string
      else { throw ImportProblem("this is no header") }
      self = .header(version: Int(clamping: number), identity: identity, schema: schema)
    } else if let rows = members["rows"] {
      guard let number = rows.integer else { throw ImportProblem("the number of rows is no number") }
      self = .end(rows: Int(clamping: number))
    } else {
      guard let table = members["table"]?.string, let row = members["row"] else {
        throw ImportProblem("this is neither a header, nor a row, nor an end")
      }
      var cells: [Cell] = []
      for (column, value) in try ImportProblem.members(Array(row.json.utf8)) {
        cells.append(try Self.cell(column, value))
      }
      self = .row(table: table, cells: cells.sorted { $0.column < $1.column })
    }
  }

  private static func cell(_ column: String, _ sent: SentValue) throws(ImportProblem) -> Cell {
    switch sent {
    case .null: return Cell(column: column, value: .null)
    case .string(let text): return Cell(column: column, value: .text(text))
    case .other(let json):
      guard let value = Value(json: json) else { throw ImportProblem("\(column) is nothing that a store keeps") }
      return Cell(column: column, value: value)
    }
  }
}

extension StoreLine.Value {
  fileprivate func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.append(json: "null")
    case .integer(let number): writer.append(json: String(number))
    case .real(let number) where number.isFinite: writer.append(json: number.description)
    case .real(let number): writer.append(json: "{\"real\":\"\(number)\"}")
    case .text(let text): writer.append(string: text)
    case .bytes(let bytes):
      if let text = String(validating: bytes, as: UTF8.self) {
        writer.append(json: "{\"utf8\":")
        writer.append(string: text)
      } else {
        writer.append(json: "{\"base64\":\"\(Base64.text(bytes))\"")
      }
      writer.append(json: "}")
    }
  }

  /// A number, or an object that says of which kind its text is.
  fileprivate init?(json: String) {
    if json.hasPrefix("{") {
      guard let members = try? ImportProblem.members(Array(json.utf8)), let member = members.first, members.count == 1,
        let text = member.value.string
      else { return nil }
      switch member.key {
      case "utf8": self = .bytes(Array(text.utf8))
      case "base64":
        guard let bytes = Base64.bytes(text) else { return nil }
        self = .bytes(bytes)
      case "real":
        guard let number = Double(text) else { return nil }
        self = .real(number)
      default: return nil
      }
    } else if let number = Int64(json) {
      self = .integer(number)
    } else if json.utf8.contains(where: { ".eE".utf8.contains($0) }), let number = Double(json), number.isFinite {
      self = .real(number)
    } else {
      return nil
    }
  }
}

extension SentValue {
  /// The number, if this is a whole one that fits.
  var integer: Int64? { if case .other(let json) = self { Int64(json) } else { nil } }
}
