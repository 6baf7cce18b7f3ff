import Model

/// A run in the Test Anything Protocol, version 13: `results.tap`.
public enum TAP {
  /// The whole document.
  public static func document(_ report: Report) -> String {
    var lines = ["TAP version 13"]
    lines.append(report.cases.isEmpty ? "1..0 # SKIP nothing was planned" : "1..\(report.cases.count)")
    for (index, item) in report.cases.enumerated() {
      lines.append(line(index + 1, item))
      if let flaky = item.flaky { lines.append("# flaky \(flaky): \(escaped(item.title))") }
      if item.verdict == .fail || item.verdict == .error { lines += diagnostics(item) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func line(_ number: Int, _ item: Report.Case) -> String {
    let start = "\(number) - \(escaped(item.title))"
    return switch item.verdict {
    case .pass: "ok \(start)"
    case .skip: "ok \(start) # SKIP \(escaped(item.reason ?? ""))"
    case .fail: "not ok \(start)"
    case .error: "not ok \(start) # ERROR \(escaped(item.reason ?? ""))"
    }
  }

  private static func diagnostics(_ item: Report.Case) -> [String] {
    var block = ["  ---", "  verdict: \(item.verdict.rawValue)"]
    block.append("  message: \(quoted(item.reason ?? "no reason was given"))")
    switch item.criteria {
    case .percentage(let number): block.append("  criteria: \(plainNumber(number))")
    case .expression(let text): block.append("  criteria: \(quoted(text))")
    }
    if let result = item.result { block.append("  result: \(plainNumber(result))") }
    if let duration = item.duration { block.append("  duration: \(plainNumber(duration))") }
    if let node = item.node { block.append("  node: \(quoted(node))") }
    block.append("  attempts: \(item.attempts)")
    if let log = item.log { block.append("  log: \(quoted(log))") }
    return block + ["  ..."]
  }

  /// A `#` would begin a directive.
  private static func escaped(_ text: String) -> String {
    text.contains("#") || text.contains("\\") || text.utf8.contains { $0 < 0x20 || $0 > 0x7e }
      ? printable(text.replacing("\\", with: "\\\\").replacing("#", with: "\\#")) : text
  }

  /// A YAML double-quoted text on one line.
  private static func quoted(_ text: String) -> String {
    "\"" + printable(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
