import Model

extension PythonSyntax {
  /// Python's white space; PCRE2's differs by a few characters.
  private static let space =
    "\\x09-\\x0d\\x1c-\\x20\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"

  /// An escape outside of a class.
  mutating func escape() throws(Fault) {
    guard let scalar = next() else { throw wrong("bad escape (end of pattern)") }
    last = .item
    switch scalar {
    case "A", "b", "B":
      translated += "\\" + String(scalar)
      last = .nothing
    case "Z":
      translated += "\\z"
      last = .nothing
    case "s" where !flags.contains("a"): translated += "[" + Self.space + "]"
    case "S" where !flags.contains("a"): translated += "[^" + Self.space + "]"
    case "d", "D", "s", "S", "w", "W": translated += "\\" + String(scalar)
    case "0": translated += hex(octal(String(digits(octalUpTo: 2))))
    case "1"..."9": try numbered(scalar)
    default: try character(scalar)
    }
  }

  /// A class: `[` was read.
  mutating func characterClass() throws(Fault) {
    translated += "["
    if peek() == "^" {
      at += 1
      translated += "^"
    }
    var isFirst = true
    while let scalar = next() {
      switch scalar {
      case "]" where !isFirst:
        translated += "]"
        last = .item
        return
      case "]", "[", "^": translated += "\\" + String(scalar)
      case "\\": try escapeInClass()
      default: translated.unicodeScalars.append(scalar)
      }
      isFirst = false
    }
    throw wrong("unterminated character set")
  }

  private mutating func escapeInClass() throws(Fault) {
    guard let scalar = next() else { throw wrong("unterminated character set") }
    switch scalar {
    case "b": translated += "\\x08"
    case "s" where !flags.contains("a"): translated += Self.space
    case "d", "D", "s", "S", "w", "W": translated += "\\" + String(scalar)
    case "0"..."7": translated += hex(try checked(octal(String(scalar) + digits(octalUpTo: 2))))
    case "8", "9": throw wrong("bad escape \\\(scalar)")
    default: try character(scalar)
    }
  }

  /// `\1` to `\99` are references, three octal digits are a character.
  private mutating func numbered(_ first: Unicode.Scalar) throws(Fault) {
    var number = String(first)
    if let second = peek(), ("0"..."9").contains(second) {
      at += 1
      number += String(second)
      if ("0"..."7").contains(first), ("0"..."7").contains(second), let third = peek(), ("0"..."7").contains(third) {
        at += 1
        translated += hex(try checked(octal(number + String(third))))
        return
      }
    }
    try reference(Int(number) ?? 0)
  }

  /// An escape that means one character, the same in and out of classes.
  private mutating func character(_ scalar: Unicode.Scalar) throws(Fault) {
    switch scalar {
    case "a": translated += "\\x07"
    case "f": translated += "\\x0c"
    case "n": translated += "\\x0a"
    case "r": translated += "\\x0d"
    case "t": translated += "\\x09"
    case "v": translated += "\\x0b"
    case "x": translated += hex(try hexadecimal(digits: 2))
    case "u": translated += hex(try hexadecimal(digits: 4))
    case "U": translated += hex(try hexadecimal(digits: 8))
    case "a"..."z", "A"..."Z", "0"..."9": throw wrong("bad escape \\\(scalar)")
    default: translated += (scalar.isASCII ? "\\" : "") + String(scalar)
    }
  }

  private mutating func hexadecimal(digits count: Int) throws(Fault) -> UInt32 {
    var text = ""
    while text.utf8.count < count, let scalar = peek(), scalar.properties.isASCIIHexDigit {
      text.unicodeScalars.append(scalar)
      at += 1
    }
    guard text.utf8.count == count, let value = UInt32(text, radix: 16), Unicode.Scalar(value) != nil else {
      throw wrong("incomplete or impossible escape")
    }
    return value
  }

  private mutating func digits(octalUpTo count: Int) -> String {
    var text = ""
    while text.utf8.count < count, let scalar = peek(), ("0"..."7").contains(scalar) {
      text.unicodeScalars.append(scalar)
      at += 1
    }
    return text
  }

  private func octal(_ digits: String) -> UInt32 { UInt32(digits.isEmpty ? "0" : digits, radix: 8) ?? 0 }

  private func checked(_ value: UInt32) throws(Fault) -> UInt32 {
    guard value <= 0o377 else { throw wrong("octal escape value outside of range 0-0o377") }
    return value
  }

  private func hex(_ value: UInt32) -> String { "\\x{" + String(value, radix: 16) + "}" }
}
