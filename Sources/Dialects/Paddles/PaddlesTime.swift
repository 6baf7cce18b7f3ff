import Model

extension Paddles {
  /// Reads `2013-09-25_23:00:06` or `2013-09-25 23:00:06[.123456]` as it stands, taken for UTC; months to seconds may
  /// have one digit, as for Python's `strptime`. Nil for anything else, and outside of the years 1677 to 2262.
  public static func time(_ text: String) -> Timestamp? {
    var reader = Digits(text)
    guard let year = reader.number(4...4), reader.skip("-"), let month = reader.number(1...2), reader.skip("-"),
      let day = reader.number(1...2), reader.skip("_") || reader.skip(" "), let hour = reader.number(1...2),
      reader.skip(":"), let minute = reader.number(1...2), reader.skip(":"), let second = reader.number(1...2)
    else { return nil }
    var fraction = ""
    if reader.skip(".") {
      guard let digits = reader.number(1...6) else { return nil }
      fraction = "." + digits
    }
    guard reader.isAtEnd else { return nil }
    let date = [year, padded(month), padded(day)].joined(separator: "-")
    let clock = [padded(hour), padded(minute), padded(second)].joined(separator: ":")
    return Timestamp(rfc3339: "\(date)T\(clock)\(fraction)Z")
  }

  /// A local time as UTC.
  static func utc(_ local: Timestamp, _ secondsEast: (Timestamp) -> Int) -> Timestamp {
    // The offset of the local time itself may be that of the other side of a change; once more gives the right one.
    let near = local.advanced(bySeconds: -Double(secondsEast(local)))
    return local.advanced(bySeconds: -Double(secondsEast(near)))
  }

  /// The day that `today`, `yesterday` or `2013-09-25` names: its first instant in UTC.
  /// - Throws: `400 date format must match %Y-%m-%d`.
  public static func day(_ text: String, now: Timestamp) throws(Refusal) -> Timestamp {
    let length: Int64 = 86_400 * 1_000_000_000
    let today = Timestamp(nanoseconds: now.nanoseconds - (now.nanoseconds % length + length) % length)
    switch text {
    case "today": return today
    case "yesterday": return today.advanced(bySeconds: -86_400)
    default:
      guard let day = time(text + " 0:0:0") else { throw .badDate }
      return day
    }
  }

  private static func padded(_ digits: String) -> String { digits.count < 2 ? "0" + digits : digits }
}

/// Reads digits and what stands between them.
private struct Digits {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func number(_ length: ClosedRange<Int>) -> String? {
    let digits = rest.prefix(length.upperBound).prefix { (48...57).contains($0) }
    guard digits.count >= length.lowerBound else { return nil }
    rest = rest.dropFirst(digits.count)
    return String(Substring(digits))
  }

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }
}
