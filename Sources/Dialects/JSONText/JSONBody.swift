/// What the body of a request is.
public enum JSONBody: Hashable, Sendable {
  /// An object's members; of two equal keys the later one counts, as everywhere.
  case object([String: SentValue])
  /// An array's elements.
  case array([SentValue])
  /// Null.
  case null
  /// Anything else.
  case other

  /// Reads a value within a body: the members or elements of an object or array that stands in another.
  public init(_ value: SentValue) throws(JSONMalformed) {
    switch value {
    case .null: self = .null
    case .string: self = .other
    case .other(let json): try self.init(Array(json.utf8))
    }
  }

  /// Reads bytes as JSON.
  /// - Throws: ``JSONMalformed`` with the first problem.
  public init(_ bytes: [UInt8]) throws(JSONMalformed) {
    let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<JSONBody, JSONMalformed> in
      Result { () throws(JSONMalformed) in try JSONBody(reading: buffer) }
    }
    self = try outcome.get()
  }

  private init(reading bytes: UnsafeBufferPointer<UInt8>) throws(JSONMalformed) {
    if let offset = firstInvalidUTF8(in: bytes) { throw JSONMalformed("Invalid UTF-8", at: offset, in: bytes) }
    var scanner = JSONScanner(bytes)
    try scanner.scan()
    switch bytes[scanner.value.lowerBound] {
    case UInt8(ascii: "{"):
      let members = scanner.members.map { member in
        (JSONString.decode(bytes, member.key), JSONBody.value(bytes, member.value))
      }
      self = .object(Dictionary(members, uniquingKeysWith: { $1 }))
    case UInt8(ascii: "["): self = .array(scanner.elements.map { JSONBody.value(bytes, $0) })
    case UInt8(ascii: "n"): self = .null
    default: self = .other
    }
  }

  static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> SentValue {
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "\""): .string(JSONString.decode(bytes, range))
    case UInt8(ascii: "n"): .null
    default: .other(json: String(decoding: bytes[range], as: UTF8.self))
    }
  }
}

/// The offset of the first byte that is not UTF-8; nil if all are.
private func firstInvalidUTF8(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  if String(validating: bytes, as: UTF8.self) != nil { return nil }
  var decoder = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var offset = 0
  while true {
    switch decoder.parseScalar(from: &iterator) {
    case .valid(let scalar): offset += scalar.count
    case .error: return offset
    case .emptyInput: return nil
    }
  }
}
