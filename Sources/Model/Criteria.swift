/// When a case passes. Contract: `testcases.yaml`, criteria semantics of every generation.
public enum Criteria: Hashable, Sendable {
  /// Euphrates and later: the result, a percentage, must reach this number. 0 never passes, as upstream.
  case percentage(Double)
  /// Colorado and Danube: `success_rate >= 90%`, `status == "PASS"`, `ret == 0`.
  case expression(String)

  /// Whether a result (0 to 100) passes. Of an expression only `success_rate` is evaluated (`==` or `>=`, a number, an
  /// optional `%`); others are informative there, and the driver's own 100 decides.
  public func isMet(by result: Double) -> Bool {
    guard result.isFinite else { return false }
    switch self {
    case .percentage(let threshold): return threshold > 0 && result >= threshold
    case .expression(let text):
      guard text.contains("success_rate") else { return result >= 100 }
      for comparison in ["==", ">="] {
        guard let range = text.firstRange(of: comparison) else { continue }
        let number = text[range.upperBound...].filter { $0 != "%" && !$0.isWhitespace }
        guard let threshold = Double(number) else { return false }
        return comparison == "==" ? result == threshold : result >= threshold
      }
      return false
    }
  }
}

extension Criteria: Codable {
  /// A number or a text, as in the catalog.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .percentage(number)
    } else {
      self = .expression(try container.decode(String.self))
    }
  }

  /// A number or a text, as in the catalog.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .percentage(let number): try container.encode(number)
    case .expression(let text): try container.encode(text)
    }
  }
}
