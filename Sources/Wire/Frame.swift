import Model

/// One frame of the wire: eight bytes of header (payload length as 32 bits little endian, kind, three zero bytes) and
/// the payload. docs/wire.md is the contract.
public struct Frame: Hashable, Sendable {
  /// What a payload is. Open: frames of kinds that a peer does not know are passed over.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// The byte on the wire. Below 64 it goes to the node, from 64 on it comes from there.
    public var rawValue: UInt8
    /// Any byte is a kind.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Down: ``Attach``, JSON. The first frame.
    public static let attach = Kind(rawValue: 1)
    /// Down: ``Offer``, JSON.
    public static let offer = Kind(rawValue: 2)
    /// Down: 32 bytes of hash, then a part of the content; see ``BlobPart``.
    public static let blob = Kind(rawValue: 3)
    /// Down: ``AttemptOrder``, JSON.
    public static let run = Kind(rawValue: 4)
    /// Down: ``Cancel``, JSON.
    public static let cancel = Kind(rawValue: 5)
    /// Down: the highest sequence number that is durable at the coordinator, 64 bits little endian.
    public static let acknowledge = Kind(rawValue: 6)
    /// Down: the run is over; empty.
    public static let bye = Kind(rawValue: 7)
    /// Down: eight bytes that come back in a pong.
    public static let ping = Kind(rawValue: 8)

    /// Up: ``Welcome``, JSON. The first frame.
    public static let welcome = Kind(rawValue: 64)
    /// Up: a ``Model/Fault``, JSON; the link ends after it.
    public static let refused = Kind(rawValue: 65)
    /// Up: ``Offer``, JSON: the hashes of an offer that are not there yet.
    public static let want = Kind(rawValue: 66)
    /// Up: a sequence number, 64 bits little endian, then a ``NodeEvent``, JSON.
    public static let event = Kind(rawValue: 67)
    /// Up: a part of an attempt's output or of an artifact; see ``DataHeader``.
    public static let data = Kind(rawValue: 68)
    /// Up: the eight bytes of the ping, then the node's wall clock in nanoseconds, 64 bits little endian.
    public static let pong = Kind(rawValue: 69)
  }

  /// What the payload is.
  public var kind: Kind
  /// The payload.
  public var payload: ArraySlice<UInt8>

  /// Makes a frame.
  public init(_ kind: Kind, _ payload: ArraySlice<UInt8>) {
    self.kind = kind
    self.payload = payload
  }

  /// The length of the header in bytes.
  public static let headerLength = 8
  /// No payload is longer than this.
  public static let payloadLimit = 8 << 20

  /// Appends the header of a frame of `length` payload bytes to `bytes`.
  public static func appendHeader(_ kind: Kind, length: Int, to bytes: inout [UInt8]) {
    bytes.append(littleEndian: UInt32(truncatingIfNeeded: length))
    bytes.append(kind.rawValue)
    bytes.append(contentsOf: [0, 0, 0])
  }

  /// A whole frame as bytes.
  public static func encode(_ kind: Kind, _ payload: some Collection<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(headerLength + payload.count)
    appendHeader(kind, length: payload.count, to: &bytes)
    bytes.append(contentsOf: payload)
    return bytes
  }
}

/// Cuts a byte stream into frames, whatever the chunks it arrives in. It holds at most one frame and what came with it.
public struct FrameDecoder: Sendable {
  private var buffer: [UInt8] = []
  private var start = 0

  /// An empty decoder.
  public init() {}

  /// How many bytes wait for the rest of their frame.
  public var pending: Int { buffer.count - start }

  /// Takes bytes in.
  public mutating func push(_ bytes: some Collection<UInt8>) {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= Frame.payloadLimit)
      start = 0
    } else if start > 1 << 20, start > buffer.count / 2 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole frame, or nil until more bytes came. Throws `.wire` for a frame over the limit: the stream cannot be
  /// understood any more, and the link must end.
  public mutating func next() throws(Fault) -> Frame? {
    guard pending >= Frame.headerLength else { return nil }
    let length = Int(UInt32(littleEndian: buffer[start...]))
    guard length <= Frame.payloadLimit else {
      throw Fault(.wire, "a frame of \(length) bytes exceeds the limit of \(Frame.payloadLimit)")
    }
    guard pending >= Frame.headerLength + length else { return nil }
    let kind = Frame.Kind(rawValue: buffer[start + 4])
    let payload = buffer[start + Frame.headerLength..<start + Frame.headerLength + length]
    start += Frame.headerLength + length
    return Frame(kind, payload)
  }
}

extension [UInt8] {
  /// Appends a number, lowest byte first.
  public mutating func append(littleEndian value: some FixedWidthInteger) {
    var rest = value
    for _ in 0..<(rest.bitWidth / 8) {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }
}

extension FixedWidthInteger {
  /// Reads a number, lowest byte first, from the front of `bytes`; missing bytes count as zero.
  public init(littleEndian bytes: ArraySlice<UInt8>) {
    var value: Self = 0
    var shift = 0
    for byte in bytes.prefix(Self.bitWidth / 8) {
      value |= Self(truncatingIfNeeded: byte) << shift
      shift += 8
    }
    self = value
  }
}
