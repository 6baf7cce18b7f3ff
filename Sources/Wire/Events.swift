import Model

/// What a node reports. Each goes up under a sequence number and again after a lost link, until it is acknowledged.
public enum NodeEvent: Hashable, Sendable {
  /// A slot began an attempt; the node's clock.
  case started(AttemptID, began: Timestamp)
  /// A file is going to come on `stream` (1 and up), `size` bytes long.
  case artifact(AttemptID, stream: UInt16, path: String, size: Int64, isCut: Bool)
  /// An attempt ended; its output and artifacts are complete.
  case finished(AttemptID, Outcome)
  /// Something people should know.
  case notice(Activity.Notice)
  /// An event of a newer agent: its name. It is counted and passed over.
  case unknown(String)
}

extension NodeEvent: Codable {
  private enum Key: String, CodingKey {
    case event, attempt, began, stream, path, size
    case isCut = "cut"
    case outcome, notice
  }

  /// Reads any version's event.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let name = try container.decode(String.self, forKey: .event)
    func attempt() throws -> AttemptID { try container.decode(AttemptID.self, forKey: .attempt) }
    self =
      switch name {
      case "started": .started(try attempt(), began: try container.decode(Timestamp.self, forKey: .began))
      case "artifact":
        .artifact(
          try attempt(), stream: try container.decode(UInt16.self, forKey: .stream),
          path: try container.decode(String.self, forKey: .path), size: try container.decode(Int64.self, forKey: .size),
          isCut: try container.decodeIfPresent(Bool.self, forKey: .isCut) ?? false)
      case "finished": .finished(try attempt(), try container.decode(ForeignOutcome.self, forKey: .outcome).outcome)
      case "notice": .notice(try container.decode(ForeignNotice.self, forKey: .notice).notice)
      default: .unknown(name)
      }
  }

  /// Writes the event's name beside its fields.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .started(let attempt, let began):
      try container.encode("started", forKey: .event)
      try container.encode(attempt, forKey: .attempt)
      try container.encode(began, forKey: .began)
    case .artifact(let attempt, let stream, let path, let size, let isCut):
      try container.encode("artifact", forKey: .event)
      try container.encode(attempt, forKey: .attempt)
      try container.encode(stream, forKey: .stream)
      try container.encode(path, forKey: .path)
      try container.encode(size, forKey: .size)
      try container.encode(isCut, forKey: .isCut)
    case .finished(let attempt, let outcome):
      try container.encode("finished", forKey: .event)
      try container.encode(attempt, forKey: .attempt)
      try container.encode(outcome, forKey: .outcome)
    case .notice(let notice):
      try container.encode("notice", forKey: .event)
      try container.encode(notice, forKey: .notice)
    case .unknown(let name):
      try container.encode(name, forKey: .event)
    }
  }
}

/// The head of a data frame; the bytes follow it. Stream 0 is the output, others are artifacts.
public struct DataHeader: Hashable, Sendable {
  /// The record's sequence number.
  public var sequence: UInt64
  /// Where the bytes begin in their stream.
  public var offset: Int64
  /// Which stream.
  public var stream: UInt16
  /// Whose.
  public var attempt: AttemptID

  /// The most bytes that follow one header.
  public static let limit = 256 << 10

  /// Makes a head.
  public init(sequence: UInt64, offset: Int64, stream: UInt16, attempt: AttemptID) {
    self.sequence = sequence
    self.offset = offset
    self.stream = stream
    self.attempt = attempt
  }

  /// The head as bytes.
  public var encoded: [UInt8] {
    let name = Array(attempt.rawValue.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20 + name.count)
    bytes.append(littleEndian: sequence)
    bytes.append(littleEndian: offset)
    bytes.append(littleEndian: stream)
    bytes.append(littleEndian: UInt16(truncatingIfNeeded: name.count))
    bytes.append(contentsOf: name)
    return bytes
  }

  /// Splits a payload into head and bytes. Throws `.wire` if it is too short or its attempt is no text.
  public static func split(_ payload: ArraySlice<UInt8>) throws(Fault) -> (DataHeader, ArraySlice<UInt8>) {
    let length = payload.count >= 20 ? Int(UInt16(littleEndian: payload.dropFirst(18))) : 0
    guard length > 0, payload.count >= 20 + length,
      let name = String(validating: payload.dropFirst(20).prefix(length), as: UTF8.self)
    else { throw Fault(.wire, "a data frame of \(payload.count) bytes has no whole head") }
    let header = DataHeader(
      sequence: UInt64(littleEndian: payload), offset: Int64(littleEndian: payload.dropFirst(8)),
      stream: UInt16(littleEndian: payload.dropFirst(16)), attempt: AttemptID(rawValue: name))
    return (header, payload.dropFirst(20 + length))
  }
}
