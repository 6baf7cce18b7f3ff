/// Text from outside, made safe for a terminal and for one line: control characters, line and paragraph separators and
/// whatever turns the writing direction are escaped as `\n`, `\x1b`, `\u{202e}`.
public func printable(_ text: String) -> String {
  guard text.utf8.contains(where: { $0 < 0x20 || $0 > 0x7e }) else { return text }
  var safe = ""
  safe.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    if isHarmless(scalar) { safe.unicodeScalars.append(scalar) } else { safe += escape(scalar) }
  }
  return safe
}

/// Bytes from outside as one safe line; what is not UTF-8 becomes U+FFFD. A tab stays.
func printable(_ bytes: ArraySlice<UInt8>) -> String {
  String(decoding: bytes, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
    .map { printable(String($0)) }.joined(separator: "    ")
}

/// Whether a terminal just draws this.
func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7f..<0xa0: false
  case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff, 0xe0000...0xe007f: false
  default: true
  }
}

/// `\n`, `\x1b`, `\u{202e}`.
func escape(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\n": return "\\n"
  case "\r": return "\\r"
  case "\t": return "\\t"
  default:
    let digits = String(scalar.value, radix: 16)
    return scalar.value < 0x100 ? "\\x" + (digits.count < 2 ? "0" : "") + digits : "\\u{\(digits)}"
  }
}
