/// Text in URLs.
enum URLText {
  /// Decodes `%XX`; what is no such escape stays as it is. Nil for what is not UTF-8 afterwards, or holds a NUL.
  static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.contains(where: { $0 == percent || $0 == plus }) else { return String(text) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == percent, index + 2 < bytes.count, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(plusIsSpace && bytes[index] == plus ? 0x20 : bytes[index])
        index += 1
      }
    }
    guard !decoded.contains(0) else { return nil }
    return String(validating: decoded, as: UTF8.self)
  }

  /// Encodes a name as one segment of a path; only RFC 3986's unreserved characters stay.
  static func encode(_ name: String) -> String {
    var encoded = ""
    for byte in name.utf8 {
      switch byte {
      case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return encoded
  }

  /// The segments of a path, each decoded; nil if one cannot be.
  static func path(_ text: Substring) -> [String]? {
    let segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    let decoded = segments.compactMap { decode($0) }
    return decoded.count == segments.count ? decoded : nil
  }

  /// The parameters of a query, decoded; nil if one cannot be, or there are too many.
  static func query(_ text: Substring, limit: Int) -> [(name: String, value: String)]? {
    let pairs = text.split(separator: "&", maxSplits: limit)
    guard pairs.count <= limit else { return nil }
    var parameters: [(name: String, value: String)] = []
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decode(parts[0], plusIsSpace: true),
        let value = decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
      else { return nil }
      parameters.append((name, value))
    }
    return parameters
  }

  private static let percent = UInt8(ascii: "%")
  private static let plus = UInt8(ascii: "+")

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
