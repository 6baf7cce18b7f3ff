import Model

/// Faults as people read them: `file:line:column: error: message`, the source line, a caret, a hint.
public enum DiagnosticText {
  /// How bad it is.
  public enum Severity: String, Sendable {
    /// The file cannot be used.
    case error
    /// It can.
    case warning
  }

  /// The fault with its source line, ending in a line break. Control characters of the file are not passed on to the
  /// terminal; of a long line only the part around the fault is shown.
  ///
  /// - Parameter source: The text that the fault's location points into; without it, no line is shown.
  public static func render(_ fault: Fault, _ severity: Severity, source: SourceText?) -> String {
    let place = fault.location.map { "\($0): " } ?? ""
    var lines = [visible(place + severity.rawValue + ": " + fault.message)]
    if let location = fault.location, let line = source?.line(location.line) {
      lines += excerpt(of: line, column: location.column)
    }
    if let hint = fault.hint { lines.append("  hint: " + visible(hint)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let width = 110

  private static func excerpt(of line: Substring, column: Int) -> [String] {
    let scalars = Array(line.unicodeScalars.prefix(column + width))
    let caret = min(max(column, 1) - 1, scalars.count)
    let start = caret > width - 20 ? caret - width / 2 : 0
    let shown = scalars[start..<min(scalars.count, start + width)]
    let lead = start > 0 ? "…" : ""
    let tail = shown.endIndex < scalars.count || scalars.count == column + width ? "…" : ""
    let indent = scalars[start..<caret].map { $0 == "\t" ? "\t" : " " }.joined()
    let text = shown.map { $0 == "\t" ? "\t" : visible(String($0)) }.joined()
    return ["  " + lead + text + tail, "  " + (lead.isEmpty ? "" : " ") + indent + "^"]
  }

  /// The text with control characters shown as `·`.
  static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(isControl(scalar) ? "·" : scalar) }
    return String(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
