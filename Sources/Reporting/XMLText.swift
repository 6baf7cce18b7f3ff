/// XML that is valid whatever is put into it: markup is escaped, and characters that XML 1.0 cannot hold are left out.
/// Specification: XML 1.0 (fifth edition), production 2 `Char`.
struct XMLText {
  /// What was written so far, UTF-8.
  private(set) var bytes: [UInt8] = []

  /// Writes markup as it is.
  mutating func markup(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Writes ` name="value"`.
  mutating func attribute(_ name: StaticString, _ value: String) {
    markup(" ")
    markup(name)
    markup("=\"")
    for scalar in value.unicodeScalars { append(scalar, inAttribute: true) }
    markup("\"")
  }

  /// Writes character data.
  mutating func text(_ value: String) {
    for scalar in value.unicodeScalars { append(scalar, inAttribute: false) }
  }

  /// Writes bytes as character data; what is not UTF-8 becomes U+FFFD.
  mutating func text(repairing value: [UInt8]) { text(String(decoding: value, as: UTF8.self)) }

  /// Hands over what was written, and starts anew.
  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func append(_ scalar: Unicode.Scalar, inAttribute: Bool) {
    switch scalar.value {
    case 0x26: markup("&amp;")
    case 0x3c: markup("&lt;")
    case 0x3e: markup("&gt;")
    case 0x22: markup("&quot;")
    case 0x0d: markup("&#13;")
    case 0x0a where inAttribute: markup("&#10;")
    case 0x09 where inAttribute: markup("&#9;")
    case 0x09, 0x0a, 0x20..<0x7f: bytes.append(UInt8(scalar.value))
    case 0..<0x20, 0xfffe, 0xffff: break
    default: bytes.append(contentsOf: String(scalar).utf8)
    }
  }
}
