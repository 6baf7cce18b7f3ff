@testable import Reporting

/// As much of a terminal as the live view needs: lines that wrap, cursor up, erase below, colours passed over.
struct Screen {
  private(set) var width: Int
  private var rows: [[Unicode.Scalar]] = [[]]
  private var row = 0
  private var column = 0

  init(width: Int) { self.width = width }

  /// The rows, without spaces at their ends.
  var text: [String] {
    rows.map { row in
      var scalars = String.UnicodeScalarView()
      scalars.append(contentsOf: row)
      var text = String(scalars)
      while text.hasSuffix(" ") { text.removeLast() }
      return text
    }
  }

  /// Lines that are too long for the new width wrap; the cursor stays at its character.
  mutating func resize(to new: Int) {
    let old = rows
    let cursorRow = row
    rows = []
    width = new
    for (index, line) in old.enumerated() {
      var rest = line[...]
      repeat {
        rows.append(Array(rest.prefix(new)))
        rest = rest.dropFirst(new)
      } while !rest.isEmpty
      if index == cursorRow {
        row = rows.count - 1
        column = rows[row].count
      }
    }
  }

  mutating func write(_ text: String) {
    var scalars = text.unicodeScalars.makeIterator()
    while let scalar = scalars.next() {
      switch scalar {
      case "\n": moveDown()
      case "\r": column = 0
      case "\u{1b}": obey(&scalars)
      default: put(scalar)
      }
    }
  }

  private mutating func moveDown() {
    row += 1
    column = 0
    if row == rows.count { rows.append([]) }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    if column == width { moveDown() }
    while rows[row].count <= column { rows[row].append(" ") }
    rows[row][column] = scalar
    column += 1
  }

  private mutating func obey(_ scalars: inout String.UnicodeScalarView.Iterator) {
    var number = 0
    while let scalar = scalars.next() {
      switch scalar {
      case "[": continue
      case "0"..."9": number = number * 10 + Int(scalar.value - 48)
      case "A":
        row = max(0, row - max(1, number))
        return
      case "J":
        rows[row].removeLast(max(0, rows[row].count - column))
        rows.removeLast(rows.count - row - 1)
        return
      default: return
      }
    }
  }
}
