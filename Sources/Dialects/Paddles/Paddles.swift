import Model

/// Ceph's paddles as its `main` branch speaks it: shapes, messages and time formats, without a server around them.
public enum Paddles {
  /// The longest name of a run, in characters: a column of the original.
  public static let nameLimit = 512
  /// Runs in one list where the client does not say how many.
  public static let usualCount = 25

  /// A time as paddles shows it: `2026-11-21 00:36:34.123456`, naive UTC, no fraction where it is zero.
  public static func text(_ time: Timestamp) -> String {
    let text = PythonDateTime.text(time, secondsEast: 0)
    return text.hasSuffix(".000000") ? String(text.dropLast(7)) : text
  }

  /// A name that is a segment of a path. In a path `.` and `..` stand for places, so nobody could ever ask for what is
  /// named so.
  /// - Throws: 400 that names the key.
  static func segment(_ name: String, _ key: String) throws(Refusal) -> String {
    guard name != ".", name != ".." else { throw .invalid("'\(key)' must not be . or ..") }
    return name
  }

  /// A time as paddles shows it, or null.
  public static func value(_ time: Timestamp?) -> SentValue { time.map { .string(text($0)) } ?? .null }
}
