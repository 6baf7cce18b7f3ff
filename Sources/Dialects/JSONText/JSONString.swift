/// JSON strings and back.
enum JSONString {
  /// The value of the escape `\uXXXX` that starts at an offset; nil if none stands there.
  static func codeUnit(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> UInt16? {
    guard offset + 6 <= bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var unit: UInt16 = 0
    for byte in bytes[offset + 2..<offset + 6] {
      switch byte {
      case 48...57: unit = unit << 4 | UInt16(byte - 48)
      case 65...70: unit = unit << 4 | UInt16(byte - 55)
      case 97...102: unit = unit << 4 | UInt16(byte - 87)
      default: return nil
      }
    }
    return unit
  }

  /// The string behind a token, quotes included, that ``JSONScanner`` has accepted.
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ token: Range<Int>) -> String {
    let inside = UnsafeBufferPointer(rebasing: bytes[token.lowerBound + 1..<token.upperBound - 1])
    guard inside.contains(UInt8(ascii: "\\")) else { return String(decoding: inside, as: UTF8.self) }
    var scalars = String.UnicodeScalarView()
    var rest = inside[...]
    while let escape = rest.firstIndex(of: UInt8(ascii: "\\")) {
      scalars.append(contentsOf: String(decoding: rest[..<escape], as: UTF8.self).unicodeScalars)
      let (scalar, length) = unescape(inside, at: escape)
      scalars.append(scalar)
      rest = rest[(escape + length)...]
    }
    scalars.append(contentsOf: String(decoding: rest, as: UTF8.self).unicodeScalars)
    return String(scalars)
  }

  private static func unescape(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (Unicode.Scalar, Int) {
    switch bytes[offset + 1] {
    case UInt8(ascii: "b"): return ("\u{8}", 2)
    case UInt8(ascii: "f"): return ("\u{C}", 2)
    case UInt8(ascii: "n"): return ("\n", 2)
    case UInt8(ascii: "r"): return ("\r", 2)
    case UInt8(ascii: "t"): return ("\t", 2)
    case UInt8(ascii: "u"): return unescapeUnicode(bytes, at: offset)
    default: return (Unicode.Scalar(bytes[offset + 1]), 2)
    }
  }

  private static func unescapeUnicode(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> (Unicode.Scalar, Int) {
    let unit = codeUnit(in: bytes, at: offset) ?? 0xFFFD
    if let scalar = Unicode.Scalar(unit) { return (scalar, 6) }
    let second = codeUnit(in: bytes, at: offset + 6) ?? 0xDC00
    let code = 0x10000 + (UInt32(unit) & 0x3FF) << 10 + UInt32(second) & 0x3FF
    return (Unicode.Scalar(code) ?? "\u{FFFD}", 12)
  }
}
