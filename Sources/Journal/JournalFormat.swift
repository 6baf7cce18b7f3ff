/// The journal as bytes; docs/run-folder.md is the contract.
enum JournalFormat {
  /// What a journal file begins with.
  static let header = Array("SORTIE-JOURNAL 2\n".utf8)
  /// What it began with in Sortie 0.1, where a record held one event.
  static let firstHeader = Array("SORTIE-JOURNAL 1\n".utf8)
  /// Bytes before each record: its length, its checksum, and the checksum of these two.
  static let headLength = 12
  /// No record is longer than this.
  static let recordLimit = 64 << 20
  /// Ends each event of a record but the last.
  static let newline: UInt8 = 10

  /// What a head says about its record.
  struct Head {
    /// The payload's length in bytes.
    var length: Int
    /// The payload's checksum.
    var checksum: UInt32
  }

  /// The head at a place; nil if there is none. It has a checksum of its own: else a damaged length would make all that
  /// follows look like a torn tail.
  static func head(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Head? {
    // Quick: no text and no blank has such a length.
    guard bytes.count - place >= headLength, bytes[place + 3] <= UInt8(recordLimit >> 24) else { return nil }
    let length = word(bytes, at: place)
    guard length > 0, length <= recordLimit, CRC32.of(bytes[place..<place + 8]) == word(bytes, at: place + 8) else {
      return nil
    }
    return Head(length: Int(length), checksum: word(bytes, at: place + 4))
  }

  /// Writes the head into the space before the payload.
  static func seal(_ record: inout [UInt8]) {
    put(UInt32(record.count - headLength), into: &record, at: 0)
    put(CRC32.of(record[headLength...]), into: &record, at: 4)
    put(CRC32.of(record[..<8]), into: &record, at: 8)
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, at place: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
  }

  private static func put(_ value: UInt32, into bytes: inout [UInt8], at place: Int) {
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8)) }
  }
}
