import Model

/// The bytes that both sides send before their first frame. Whatever a login shell or a banner prints before them is
/// passed over; no text contains them.
public enum Magic {
  /// Sixteen bytes.
  public static let bytes: [UInt8] = [1, 2] + Array("SORTIE-WIRE".utf8) + [3, 4, 10]
  /// How much noise is tolerated before the magic.
  public static let noiseLimit = 64 << 10
}

/// Finds the magic in a stream.
public struct MagicScanner: Sendable {
  /// What came before the magic, for an error message; its last 4 KiB.
  public private(set) var noise: [UInt8] = []
  private var seen = 0
  private var matched = 0

  /// A scanner at the start of a stream.
  public init() {}

  /// Takes bytes in; returns what follows the magic once it has been found, nil before. Throws `.wire` when there is
  /// more noise than the limit.
  public mutating func push(_ bytes: some Collection<UInt8>) throws(Fault) -> [UInt8]? {
    var index = bytes.startIndex
    while index != bytes.endIndex {
      let byte = bytes[index]
      bytes.formIndex(after: &index)
      if byte == Magic.bytes[matched] {
        matched += 1
        if matched == Magic.bytes.count { return Array(bytes[index...]) }
        continue
      }
      // The first byte of the magic occurs nowhere else in it, so a mismatch can only restart at this byte.
      noise.append(contentsOf: Magic.bytes[..<matched])
      seen += matched
      matched = byte == Magic.bytes[0] ? 1 : 0
      if matched == 0 {
        noise.append(byte)
        seen += 1
      }
      if noise.count > 8192 { noise.removeFirst(4096) }
      guard seen <= Magic.noiseLimit else {
        throw Fault(.wire, "no agent answered: \(Magic.noiseLimit) bytes came that are not Sortie's wire")
      }
    }
    return nil
  }
}
