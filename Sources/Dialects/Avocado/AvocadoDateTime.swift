import Model

extension Avocado {
  /// When something happened, as clients send it and as it is shown (contract, 1.4): read as Django's `parse_datetime`
  /// reads, or a day alone; a time without a zone is Chicago's, which is the original's `TIME_ZONE`.
  public struct DateTime: Hashable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, within the years 1 to 9999.
    public var microseconds: Int64

    /// Makes a time.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// The time of a clock, without what is finer than a microsecond.
    public init(_ time: Timestamp) {
      let (whole, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1000)
      microseconds = rest < 0 ? whole - 1 : whole
    }

    /// Reads `2013-05-02 00:01:01`, `2013-05-02T00:01:02.5Z`, `2013-05-02 0:1+0530`, `2013-05-02`. Nil for what is no such
    /// time, no day of the calendar, or outside of the years 1 to 9999.
    public init?(_ text: String) {
      guard text.utf8.count <= 64 else { return nil }
      var reader = DateReader(bytes: Array(text.utf8))
      guard let date = reader.date(), let clock = reader.clock(), let zone = reader.zone(), reader.isAtEnd else {
        return nil
      }
      let local = date.days * 86_400 + clock.seconds
      let utc: Int64 =
        switch zone {
        case .none: local - CentralTime.secondsEast(local: local)
        case .east(let seconds): local - seconds
        }
      guard Self.seconds.contains(utc) else { return nil }
      microseconds = utc * 1_000_000 + clock.microseconds
    }

    /// `2013-05-02T05:01:01Z`; six digits of a second only where they are not all zero.
    public var text: String {
      var (second, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
      if fraction < 0 { (second, fraction) = (second - 1, fraction + 1_000_000) }
      var (day, time) = second.quotientAndRemainder(dividingBy: 86_400)
      if time < 0 { (day, time) = (day - 1, time + 86_400) }
      let date = CivilDate(days: day)
      let shown =
        "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
        + "\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
      return shown + (fraction == 0 ? "Z" : ".\(padded(fraction, 6))Z")
    }

    /// The seconds of the years 1 to 9999.
    private static let seconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    private func padded(_ value: Int64, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
  }
}

/// Reads the parts of a time from left to right.
private struct DateReader {
  enum Zone { case none, east(Int64) }

  let bytes: [UInt8]
  var index = 0

  var isAtEnd: Bool { index == bytes.count }

  mutating func date() -> CivilDate? {
    guard let year = digits(4...4), take("-"), let month = digits(1...2), take("-"), let day = digits(1...2), year > 0
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  /// The time of day; of a day alone its beginning.
  mutating func clock() -> (seconds: Int64, microseconds: Int64)? {
    if isAtEnd { return (0, 0) }
    guard take("T") || take(" "), let hour = digits(1...2), take(":"), let minute = digits(1...2), hour < 24,
      minute < 60
    else { return nil }
    guard take(":") else { return (hour * 3600 + minute * 60, 0) }
    guard let second = digits(1...2), second < 60 else { return nil }
    let seconds = hour * 3600 + minute * 60 + second
    guard take(".") else { return (seconds, 0) }
    let start = index
    guard var fraction = digits(1...6) else { return nil }
    for _ in index..<start + 6 { fraction *= 10 }
    _ = digits(1...6)
    return (seconds, fraction)
  }

  mutating func zone() -> Zone? {
    if isAtEnd { return Zone.none }
    if take("Z") { return .east(0) }
    let isEast = take("+")
    guard isEast || take("-"), let hours = digits(2...2), hours < 24 else { return nil }
    var minutes: Int64 = 0
    if !isAtEnd {
      _ = take(":")
      guard let read = digits(2...2), read < 60 else { return nil }
      minutes = read
    }
    return .east((hours * 3600 + minutes * 60) * (isEast ? 1 : -1))
  }

  private mutating func take(_ letter: Unicode.Scalar) -> Bool {
    guard index < bytes.count, bytes[index] == UInt8(ascii: letter) else { return false }
    index += 1
    return true
  }

  private mutating func digits(_ count: ClosedRange<Int>) -> Int64? {
    let start = index
    var value: Int64 = 0
    while index < bytes.count, index - start < count.upperBound, (48...57).contains(bytes[index]) {
      value = value * 10 + Int64(bytes[index] - 48)
      index += 1
    }
    return index - start >= count.lowerBound ? value : nil
  }
}
