/// Numbers as Python's `float(text)` reads them, less its names for what is no number.
public enum PythonFloat {
  /// The number, infinite where it is too large; nil for what is none.
  public static func parse(_ text: String) -> Double? {
    let digits = text.drop { $0.isWhitespace }
    // Swift also reads hexadecimal, `nan` and `infinity`.
    guard digits.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
    return Double(digits)
  }
}
