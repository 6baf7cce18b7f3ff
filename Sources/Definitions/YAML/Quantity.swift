/// Amounts with a unit, as people write them.
enum Quantity {
  /// Seconds of `90`, `1.5`, `90s`, `15m`, `2h` or `1d`; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    amount(text, units: ["": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400])
  }

  /// Bytes of `4096`, `64 KiB`, `10MiB`, `2 GiB` or `500 MB`; nil for anything else and for more than 1 PiB.
  static func bytes(_ text: String) -> Int64? {
    let units: [Substring: Double] = [
      "": 1, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824,
      "TiB": 1_099_511_627_776,
    ]
    guard let bytes = amount(text, units: units), bytes >= 0, bytes <= 1.125899906842624e15 else { return nil }
    return Int64(exactly: bytes.rounded())
  }

  private static func amount(_ text: String, units: [Substring: Double]) -> Double? {
    guard text.utf8.count <= 40, let first = text.utf8.first, (48...57).contains(first) else { return nil }
    let end = text.firstIndex { !($0.isASCII && $0.isNumber || $0 == ".") } ?? text.endIndex
    let unit = text[end...].drop { $0 == " " }
    guard let factor = units[unit], let number = Double(text[..<end]) else { return nil }
    return number * factor
  }
}
