/// The id of a row as clients see it: 24 hexadecimal digits, like MongoDB's. Eight digits of seconds since 1970, ten of
/// the store's own random identity, six of a count within the second. The ids that one store gives in one table
/// increase, so that sorting by id is sorting by time of arrival.
public struct ObjectID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
  /// 24 lower-case hexadecimal digits.
  public let rawValue: String

  /// Takes 24 hexadecimal digits in either case; nil for anything else.
  public init?(rawValue: String) {
    guard rawValue.utf8.count == 24, rawValue.utf8.allSatisfy({ isHexadecimal($0) }) else { return nil }
    self.rawValue = rawValue.lowercased()
  }

  /// The id of a row's key (seconds and count) in the store of that identity.
  init(key: Int64, identity: String) {
    rawValue = hexadecimal(key >> 24, digits: 8) + identity + hexadecimal(key & 0xFF_FFFF, digits: 6)
  }

  /// Takes what stands in the database.
  init(stored: String) { rawValue = stored }

  /// The digits.
  public var description: String { rawValue }
  /// As strings.
  public static func < (left: ObjectID, right: ObjectID) -> Bool { left.rawValue < right.rawValue }
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
  switch byte {
  case 48...57, 65...70, 97...102: true
  default: false
  }
}

/// The lowest digits of a number, padded with zeros.
func hexadecimal(_ value: Int64, digits: Int) -> String {
  let text = String(UInt64(bitPattern: value), radix: 16)
  return String(repeating: "0", count: max(0, digits - text.count)) + text.suffix(digits)
}
