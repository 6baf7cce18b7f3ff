import FoundationEssentials
import Model

/// JSON payloads: one place that turns messages into bytes and back, with the wire's own error.
public enum Payload {
  /// A message as JSON. Throws `.wire` for values JSON does not have, such as NaN.
  public static func encode(_ message: some Encodable) throws(Fault) -> [UInt8] {
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return Array(try encoder.encode(message))
    } catch {
      throw Fault(.wire, "\(type(of: message)) cannot be written: \(error)")
    }
  }

  /// A message from JSON; unknown fields are passed over. Throws `.wire` if it is no such message.
  public static func decode<Message: Decodable>(_: Message.Type, from bytes: some Collection<UInt8>) throws(Fault)
    -> Message
  {
    do {
      return try JSONDecoder().decode(Message.self, from: Data(bytes))
    } catch {
      throw Fault(.wire, "a \(Message.self) that cannot be read: \(error)")
    }
  }
}

extension Frame {
  /// A frame with a JSON payload, as bytes.
  public static func encode(_ kind: Kind, json message: some Encodable) throws(Fault) -> [UInt8] {
    encode(kind, try Payload.encode(message))
  }

  /// An event frame as bytes.
  public static func encode(_ event: NodeEvent, sequence: UInt64) throws(Fault) -> [UInt8] {
    var payload: [UInt8] = []
    payload.append(littleEndian: sequence)
    payload.append(contentsOf: try Payload.encode(event))
    return encode(.event, payload)
  }

  /// Reads an event frame's payload. Throws `.wire` if it is none.
  public static func decodeEvent(_ payload: ArraySlice<UInt8>) throws(Fault) -> (UInt64, NodeEvent) {
    guard payload.count > 8 else { throw Fault(.wire, "an event frame of \(payload.count) bytes is too short") }
    return (UInt64(littleEndian: payload), try Payload.decode(NodeEvent.self, from: payload.dropFirst(8)))
  }
}
