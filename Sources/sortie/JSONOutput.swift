import FoundationEssentials
import Model

/// Lists as JSON on stdout: sorted keys, one document.
enum JSONOutput {
  /// Writes a document. Throws `.damaged` for what JSON does not have.
  static func write(_ document: some Encodable) throws(Fault) {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      Terminal.write(Array(try encoder.encode(document)) + [10])
    } catch {
      throw Fault(.damaged, "the list cannot be written as JSON: \(error)")
    }
  }
}

/// Columns of text, as wide as they need to be.
enum Columns {
  /// The rows under their header, two blanks between columns.
  static func text(_ header: [String], _ rows: [[String]]) -> String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
      var line = cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
