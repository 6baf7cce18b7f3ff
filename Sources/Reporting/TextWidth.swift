/// Columns that a scalar takes on a terminal: 0 for marks that sit on their neighbour, 2 for East Asian wide characters
/// and pictures, else 1. An approximation of Unicode's UAX #11, good enough for tables.
func columns(of scalar: Unicode.Scalar) -> Int {
  switch scalar.value {
  case 0x20..<0x300: return 1
  case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
    0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
    return 2
  default: break
  }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: return 1
  }
}

/// Columns that a text takes.
func columns(of text: some StringProtocol) -> Int {
  text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
}

/// A text cut to a number of columns, with `…` at the end where something was cut off.
func fit(_ text: String, _ width: Int) -> String {
  guard width > 0 else { return "" }
  if text.utf8.count <= width || columns(of: text) <= width { return text }
  var used = 0
  var kept = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    let step = columns(of: scalar)
    if used + step > width - 1 { break }
    used += step
    kept.append(scalar)
  }
  return String(kept) + "…"
}

/// A text filled up with spaces on the right.
func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - columns(of: text)))
}

/// A number filled up with spaces on the left.
func aligned(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: " ", count: max(0, width - digits.count)) + digits
}
