/// A point in wall-clock time, in nanoseconds since 1970-01-01T00:00:00Z. Written as RFC 3339 in UTC everywhere in our
/// files, so that no locale or time zone can change what a file means.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Nanoseconds since the epoch.
  public var nanoseconds: Int64

  /// Makes a time from nanoseconds since the epoch.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Earlier times are smaller.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

  /// This time moved by a number of seconds; times beyond the years 1678 to 2262 stop at the edge.
  public func advanced(bySeconds seconds: Double) -> Timestamp {
    let distance = seconds * 1e9
    guard let whole = Int64(exactly: distance.rounded(.towardZero)) else {
      return Timestamp(nanoseconds: distance < 0 ? .min : .max)
    }
    let (moved, isBeyond) = nanoseconds.addingReportingOverflow(whole)
    return Timestamp(nanoseconds: isBeyond ? (whole < 0 ? .min : .max) : moved)
  }

  /// Seconds from `other` to this time.
  public func seconds(since other: Timestamp) -> Double {
    let (distance, isBeyond) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
    return (isBeyond ? Double(nanoseconds) - Double(other.nanoseconds) : Double(distance)) / 1e9
  }

  /// `2026-11-21T00:36:34.123456Z`: RFC 3339, UTC, microseconds.
  public var rfc3339: String {
    let parts = civil
    return parts.date + "T" + parts.time + "." + padded(parts.microsecond, 6) + "Z"
  }

  /// `2026-11-21 00:36:34` in UTC, for people.
  public var spaced: String {
    let parts = civil
    return parts.date + " " + parts.time
  }

  /// Reads what ``rfc3339`` writes, with any number of fraction digits, and with `Z` or a numeric offset. Nil for what is
  /// no such time, no day of the calendar, or outside of the years 1677 to 2262.
  public init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard byte >= 48, byte <= 57 else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    guard bytes.count >= 20, bytes[4] == 45, bytes[7] == 45, [84, 116, 32].contains(bytes[10]), bytes[13] == 58,
      bytes[16] == 58, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1677...2262).contains(year), let date = CivilDate(year: year, month: month, day: day), hour < 24, minute < 60,
      second < 61
    else { return nil }
    var index = 19
    var fraction: Int64 = 0
    if bytes[index] == 46 {
      index += 1
      var scale: Int64 = 100_000_000
      while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
        fraction += Int64(bytes[index] - 48) * scale
        scale /= 10
        index += 1
      }
      guard index > 20 else { return nil }
    }
    var offset: Int64 = 0
    guard index < bytes.count else { return nil }
    switch bytes[index] {
    case 90, 122: guard index + 1 == bytes.count else { return nil }
    case 43, 45:
      guard index + 6 == bytes.count, bytes[index + 3] == 58, let hours = number(index + 1..<index + 3),
        let minutes = number(index + 4..<index + 6), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * 60 * (bytes[index] == 45 ? -1 : 1)
    default: return nil
    }
    let seconds = ((date.days * 24 + hour) * 60 + minute) * 60 + second - offset
    // Microseconds round down: of the earliest time of all, what is written lies before it.
    let early: Int64 = seconds < 0 ? 1 : 0
    let scaled = (seconds + early).multipliedReportingOverflow(by: 1_000_000_000)
    let whole = scaled.partialValue.addingReportingOverflow(fraction - early * 1_000_000_000)
    if scaled.overflow || whole.overflow {
      guard text == Timestamp(nanoseconds: .min).rfc3339 else { return nil }
      nanoseconds = .min
    } else {
      nanoseconds = whole.partialValue
    }
  }

  private var civil: (date: String, time: String, microsecond: Int64) {
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let floor = rest < 0 ? whole - 1 : whole
    let microsecond = (rest < 0 ? rest + 1_000_000_000 : rest) / 1000
    let days = (floor >= 0 ? floor : floor - 86399) / 86400
    let second = floor - days * 86400
    let date = CivilDate(days: days)
    return (
      padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2),
      padded(second / 3600, 2) + ":" + padded(second / 60 % 60, 2) + ":" + padded(second % 60, 2), microsecond
    )
  }

  private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Timestamp: Codable {
  /// Reads RFC 3339.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let time = Timestamp(rfc3339: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time: \(text)")
    }
    self = time
  }

  /// Writes RFC 3339.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rfc3339)
  }
}
