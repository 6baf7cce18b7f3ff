/// Puts JSON text together, without a tree and without Double in between.
public struct JSONWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []
  /// Whether nothing stands behind commas and colons; else a blank does, as in Python's `json.dumps`.
  private let isCompact: Bool

  /// An empty text; `compact` without blanks behind commas and colons.
  public init(compact: Bool = false) { isCompact = compact }

  /// What was written so far.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Makes room for bytes to come.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  /// Appends text that is JSON already.
  public mutating func append(json text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends a value.
  public mutating func append(_ value: SentValue) {
    switch value {
    case .null: append(json: "null")
    case .string(let text): append(string: text)
    case .other(let json): append(json: json)
    }
  }

  /// Appends a string, quoted and escaped.
  public mutating func append(string text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { appendEscaped($0) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends `"key": ` with a comma before it unless it is the first of its object.
  public mutating func append(key: StaticString, first: Bool = false) {
    if !first { appendComma() }
    bytes.append(UInt8(ascii: "\""))
    key.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: isCompact ? "\":".utf8 : "\": ".utf8)
  }

  /// Appends `"key": ` for a key that is not known beforehand; it is escaped.
  public mutating func append(anyKey key: String, first: Bool = false) {
    if !first { appendComma() }
    append(string: key)
    bytes.append(contentsOf: isCompact ? ":".utf8 : ": ".utf8)
  }

  /// Appends the comma between two members or elements.
  public mutating func appendComma() { bytes.append(contentsOf: isCompact ? ",".utf8 : ", ".utf8) }

  private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      bytes.append(contentsOf: text[start..<index])
      appendEscape(byte)
      start = index + 1
    }
    bytes.append(contentsOf: text[start...])
  }

  private mutating func appendEscape(_ byte: UInt8) {
    switch byte {
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    case 0..<0x20: append(json: (byte < 16 ? "\\u000" : "\\u00") + String(byte, radix: 16))
    default: bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
    }
  }
}
