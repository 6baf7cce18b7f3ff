import Model

/// Colours of a console. Without them (NO_COLOR, no terminal) the same words stand there plain.
public struct Style: Sendable {
  /// True: colours are wanted.
  public var isColored: Bool

  /// Makes a style.
  public init(isColored: Bool) { self.isColored = isColored }

  enum Paint: String { case red = "31", green = "32", yellow = "33", magenta = "35", dim = "2", bold = "1" }

  func paint(_ text: String, _ paint: Paint?) -> String {
    guard isColored, let paint, !text.isEmpty else { return text }
    return "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m"
  }

  /// `PASS `, five columns wide.
  func verdict(_ verdict: Verdict) -> String {
    let paint: Paint =
      switch verdict {
      case .pass: .green
      case .fail: .red
      case .skip: .yellow
      case .error: .magenta
      }
    return self.paint(padded(verdict.rawValue.uppercased(), 5), paint)
  }
}
