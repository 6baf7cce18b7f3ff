import Model

/// The time column of the consolidated log. The same time is never formatted twice, and within one second only the
/// microseconds are written anew.
struct LogClock {
  private var time = Timestamp(nanoseconds: .min)
  /// `2026-11-21T00:36:34.123456Z `, with the space that ends the column.
  private(set) var bytes: [UInt8] = []

  /// Sets the column to a time.
  mutating func set(_ new: Timestamp) {
    guard new != time else { return }
    let isSameSecond =
      !bytes.isEmpty && time.nanoseconds >= 0 && new.nanoseconds >= 0
      && new.nanoseconds / 1_000_000_000 == time.nanoseconds / 1_000_000_000
    time = new
    guard isSameSecond else {
      bytes = Array(new.rfc3339.utf8) + [UInt8(ascii: " ")]
      return
    }
    var rest = new.nanoseconds % 1_000_000_000 / 1000
    for index in stride(from: 25, through: 20, by: -1) {
      bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
  }
}
