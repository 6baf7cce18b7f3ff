extension Avocado {
  /// Spreads compact JSON over lines, as `Accept: application/json; indent=4` asks for. It takes the text in pieces of
  /// any size, so that what is streamed is indented while it is.
  public struct Indentation: Sendable {
    private let width: Int
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Whether a bracket was opened and nothing stands in it yet.
    private var isFresh = false

    /// So many blanks a level.
    public init(width: Int) { self.width = width }

    /// The next piece, indented.
    public mutating func indent(_ piece: [UInt8]) -> [UInt8] {
      var indented: [UInt8] = []
      indented.reserveCapacity(piece.count * 2)
      for byte in piece {
        if isInString { copy(byte, &indented) } else { place(byte, &indented) }
      }
      return indented
    }

    private mutating func copy(_ byte: UInt8, _ indented: inout [UInt8]) {
      indented.append(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
    }

    private mutating func place(_ byte: UInt8, _ indented: inout [UInt8]) {
      switch byte {
      case UInt8(ascii: " "): return
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if !isFresh { breakLine(&indented) }
        isFresh = false
        indented.append(byte)
        return
      default: break
      }
      if isFresh { breakLine(&indented) }
      isFresh = false
      indented.append(byte)
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        isFresh = true
      case UInt8(ascii: ","): breakLine(&indented)
      case UInt8(ascii: ":"): indented.append(UInt8(ascii: " "))
      case UInt8(ascii: "\""): isInString = true
      default: break
      }
    }

    private func breakLine(_ indented: inout [UInt8]) {
      indented.append(10)
      indented.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(0, depth * width)))
    }
  }
}
