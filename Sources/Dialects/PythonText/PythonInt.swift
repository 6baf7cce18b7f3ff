/// Whole numbers as Python's `int(text)` reads them.
public enum PythonInt {
  /// The number, stopped at the ends of Int where it is larger; nil for what is no whole number.
  public static func parse(_ text: String) -> Int? {
    var digits = Substring(text)
    while digits.first?.isWhitespace == true { digits.removeFirst() }
    while digits.last?.isWhitespace == true { digits.removeLast() }
    let negative = digits.first == "-"
    if negative || digits.first == "+" { digits.removeFirst() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int((negative ? "-" : "") + digits) ?? (negative ? .min : .max)
  }
}
