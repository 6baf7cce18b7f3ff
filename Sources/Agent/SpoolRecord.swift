import Model
import Wire

/// What must outlive an agent of a run's attempts. A spool is a row of these.
enum SpoolRecord: Hashable {
  /// An attempt is about to begin.
  case started(AttemptID, case: CaseID, fence: UInt64, began: Timestamp)
  /// A file of the attempt stands whole on the disk: its stream, its size, the encoded ``Wire/NodeEvent`` that tells it.
  case artifact(AttemptID, stream: UInt16, size: Int64, event: [UInt8])
  /// An attempt has ended: the bytes of its output, and the encoded ``Wire/NodeEvent/finished(_:_:)``.
  case verdict(AttemptID, case: CaseID, fence: UInt64, output: Int64, event: [UInt8])
  /// The coordinator has everything of these.
  case released([AttemptID])
}

// On disk: the payload's length and its CRC-32, 32 bits each, then the payload: a byte that says which, and the fields.
extension SpoolRecord {
  /// The length of what stands before a payload.
  static let headerLength = 8
  /// No payload is longer: an event fills a frame at most.
  static let payloadLimit = Frame.payloadLimit + (64 << 10)

  /// The record as it stands in the file.
  var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: SpoolRecord.headerLength)
    switch self {
    case .started(let attempt, let id, let fence, let began):
      bytes.append(1)
      bytes.append(name: attempt.rawValue)
      bytes.append(name: id.rawValue)
      bytes.append(littleEndian: fence)
      bytes.append(littleEndian: began.nanoseconds)
    case .artifact(let attempt, let stream, let size, let event):
      bytes.append(2)
      bytes.append(name: attempt.rawValue)
      bytes.append(littleEndian: stream)
      bytes.append(littleEndian: size)
      bytes.append(contentsOf: event)
    case .verdict(let attempt, let id, let fence, let output, let event):
      bytes.reserveCapacity(event.count + 256)
      bytes.append(3)
      bytes.append(name: attempt.rawValue)
      bytes.append(name: id.rawValue)
      bytes.append(littleEndian: fence)
      bytes.append(littleEndian: output)
      bytes.append(contentsOf: event)
    case .released(let attempts):
      bytes.append(4)
      for attempt in attempts { bytes.append(name: attempt.rawValue) }
    }
    var header: [UInt8] = []
    header.append(littleEndian: UInt32(truncatingIfNeeded: bytes.count - SpoolRecord.headerLength))
    header.append(littleEndian: Checksum.of(bytes[SpoolRecord.headerLength...]))
    bytes.replaceSubrange(..<SpoolRecord.headerLength, with: header)
    return bytes
  }

  /// Reads the record at the beginning of `bytes` and says how many bytes it takes. Nil: there is no whole one.
  static func first(in bytes: ArraySlice<UInt8>) -> (record: SpoolRecord, length: Int)? {
    guard bytes.count > headerLength else { return nil }
    let length = Int(UInt32(littleEndian: bytes))
    guard length <= payloadLimit, bytes.count >= headerLength + length else { return nil }
    let payload = bytes.dropFirst(headerLength).prefix(length)
    guard Checksum.of(payload) == UInt32(littleEndian: bytes.dropFirst(4)), let record = SpoolRecord(payload) else {
      return nil
    }
    return (record, headerLength + length)
  }

  private init?(_ payload: ArraySlice<UInt8>) {
    var rest = payload.dropFirst()
    func name() -> String? { rest.takeName() }
    switch payload.first {
    case 1:
      guard let attempt = name(), let id = name(), rest.count >= 16 else { return nil }
      self = .started(
        AttemptID(rawValue: attempt), case: CaseID(rawValue: id), fence: UInt64(littleEndian: rest),
        began: Timestamp(nanoseconds: Int64(littleEndian: rest.dropFirst(8))))
    case 2:
      guard let attempt = name(), rest.count >= 10 else { return nil }
      self = .artifact(
        AttemptID(rawValue: attempt), stream: UInt16(littleEndian: rest), size: Int64(littleEndian: rest.dropFirst(2)),
        event: Array(rest.dropFirst(10)))
    case 3:
      guard let attempt = name(), let id = name(), rest.count >= 16 else { return nil }
      self = .verdict(
        AttemptID(rawValue: attempt), case: CaseID(rawValue: id), fence: UInt64(littleEndian: rest),
        output: Int64(littleEndian: rest.dropFirst(8)), event: Array(rest.dropFirst(16)))
    case 4:
      var attempts: [AttemptID] = []
      while let attempt = name() { attempts.append(AttemptID(rawValue: attempt)) }
      self = .released(attempts)
    default: return nil
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(name: String) {
    let text = name.utf8.prefix(Int(UInt16.max))
    append(littleEndian: UInt16(text.count))
    append(contentsOf: text)
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func takeName() -> String? {
    let length = Int(UInt16(littleEndian: self))
    guard count >= 2 + length, let text = String(validating: dropFirst(2).prefix(length), as: UTF8.self) else {
      return nil
    }
    self = dropFirst(2 + length)
    return text
  }
}
