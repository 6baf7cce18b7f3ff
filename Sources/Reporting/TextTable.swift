/// A table as Python's prettytable draws it: every column as wide as its widest cell, cells centred.
struct TextTable {
  /// The first row, in capitals.
  var header: [String]
  /// The other rows; each has as many cells as the header.
  var rows: [[String]] = []
  /// Spaces on both sides of each column.
  var padding = 5

  /// The table's lines.
  var lines: [String] {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { columns(of: $0[column]) }.max() ?? 0 }
    let rule = "+" + widths.map { String(repeating: "-", count: $0 + 2 * padding) + "+" }.joined()
    let drawn = all.map { row in "|" + zip(row, widths).map { centred($0, $1) + "|" }.joined() }
    return [rule, drawn[0], rule] + drawn.dropFirst() + (rows.isEmpty ? [] : [rule])
  }

  /// Where the space cannot be halved, texts of odd length lean left and those of even length lean right.
  private func centred(_ cell: String, _ width: Int) -> String {
    let length = columns(of: cell)
    let space = max(0, width - length)
    let left = space / 2 + (space % 2 == 1 && length % 2 == 0 ? 1 : 0)
    return String(repeating: " ", count: padding + left) + cell
      + String(repeating: " ", count: padding + space - left)
  }
}
