import Model

/// Times as Python's `str(datetime)` writes them.
public enum PythonDateTime {
  /// `2016-01-01 00:01:23.000000`, in a zone so many seconds east of UTC. Always with six digits of fraction, so that
  /// times compare as strings.
  public static func text(_ time: Timestamp, secondsEast: Int) -> String {
    let local = time.advanced(bySeconds: Double(secondsEast)).rfc3339
    return local.prefix(10) + " " + local.dropFirst(11).dropLast()
  }
}
