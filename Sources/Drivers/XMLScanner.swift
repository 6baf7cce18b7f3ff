import Model

/// What an XML document consists of, as far as result files need it.
enum XMLEvent: Equatable {
  /// An element opens. Of two attributes of one name, which XML does not allow, the document is refused.
  case start(String, [String: String])
  /// An element closes; also after an empty one.
  case end(String)
  /// Text or CDATA, in pieces, entities resolved.
  case text(String)
}

/// A pull scanner over result files, which come from a node and are not trusted: no entity but the five of XML itself,
/// no document type, no more depth, attributes or bytes than stated. One pass, no recursion.
struct XMLScanner {
  /// Limits beyond which a document is refused.
  enum Limit {
    static let bytes = Drivers.resultsLimit
    static let depth = 256
    static let attributes = 128
    static let nameBytes = 256
  }

  private let bytes: [UInt8]
  private var position = 0
  private var open: [String] = []
  private var hasRoot = false
  /// The end of an empty element, owed after its start.
  private var owed: String?

  /// Scans UTF-8; bytes that are none become replacement characters.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The next event; nil at the end of a complete document. Throws a `damaged` or `limit` fault.
  mutating func next() throws(Fault) -> XMLEvent? {
    guard bytes.count <= Limit.bytes else { throw Fault(.limit, "it is larger than \(Limit.bytes >> 20) MiB") }
    if let name = owed {
      owed = nil
      return .end(name)
    }
    while position < bytes.count {
      if bytes[position] != UInt8(ascii: "<") {
        if let text = try text() { return .text(text) }
      } else if starts("<!--") {
        try skip(past: "-->", from: 4)
      } else if starts("<![CDATA[") {
        if let text = try cdata() { return .text(text) }
      } else if starts("<?") {
        try skip(past: "?>", from: 2)
      } else if starts("<!") {
        throw damaged("a document type or another declaration is not allowed")
      } else if starts("</") {
        return try endTag()
      } else {
        return try startTag()
      }
    }
    guard open.isEmpty else { throw damaged("it ends inside the element \(open[open.count - 1])") }
    guard hasRoot else { throw damaged("it has no element") }
    return nil
  }

  // MARK: Markup

  private mutating func startTag() throws(Fault) -> XMLEvent {
    guard !hasRoot || !open.isEmpty else { throw damaged("there is a second root element") }
    position += 1
    let element = try name()
    var attributes: [String: String] = [:]
    while true {
      let isSeparated = skipSpace()
      if take("/>") {
        owed = element
        break
      }
      if take(">") {
        guard open.count < Limit.depth else { throw Fault(.limit, "elements are nested too deeply") }
        open.append(element)
        break
      }
      guard isSeparated else { throw damaged("a tag is not well formed") }
      guard attributes.count < Limit.attributes else { throw Fault(.limit, "an element has too many attributes") }
      let key = try name()
      guard attributes.updateValue(try attributeValue(), forKey: key) == nil else {
        throw damaged("the attribute \(key) stands twice")
      }
    }
    hasRoot = true
    return .start(element, attributes)
  }

  private mutating func endTag() throws(Fault) -> XMLEvent {
    position += 2
    let element = try name()
    skipSpace()
    guard take(">") else { throw damaged("a tag is not well formed") }
    guard open.popLast() == element else { throw damaged("</\(element)> closes nothing") }
    return .end(element)
  }

  private mutating func attributeValue() throws(Fault) -> String {
    skipSpace()
    guard take("=") else { throw damaged("an attribute has no value") }
    skipSpace()
    guard position < bytes.count, let quote = ["\"", "'"].first(where: { starts($0) })?.utf8.first else {
      throw damaged("an attribute's value has no quotes")
    }
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != quote {
      guard bytes[position] != UInt8(ascii: "<") else { throw damaged("an attribute's value is not well formed") }
      position += 1
    }
    guard position < bytes.count else { throw damaged("it ends inside an attribute") }
    let value = try resolved(start..<position)
    position += 1
    return value
  }

  private mutating func name() throws(Fault) -> String {
    let start = position
    while position < bytes.count, isNameByte(bytes[position]) { position += 1 }
    guard position > start else { throw damaged("a name is missing") }
    guard position - start <= Limit.nameBytes else { throw Fault(.limit, "a name is too long") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...58, 65...90, 97...122, 45, 46, 95, 0x80...: true
    default: false
    }
  }

  // MARK: Text

  /// The text up to the next markup; nil for space around the root element.
  private mutating func text() throws(Fault) -> String? {
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
    guard open.isEmpty else { return try resolved(start..<position) }
    guard bytes[start..<position].allSatisfy(isSpace) else { throw damaged("there is text outside the root element") }
    return nil
  }

  /// The contents of a CDATA section; nil if it is empty.
  private mutating func cdata() throws(Fault) -> String? {
    guard !open.isEmpty else { throw damaged("there is text outside the root element") }
    let start = position + 9
    try skip(past: "]]>", from: 9)
    let end = position - 3
    return end > start ? String(decoding: bytes[start..<end], as: UTF8.self) : nil
  }

  private func resolved(_ range: Range<Int>) throws(Fault) -> String {
    let slice = bytes[range]
    guard slice.contains(UInt8(ascii: "&")) else { return String(decoding: slice, as: UTF8.self) }
    guard let text = resolvingEntities(slice) else { throw damaged("an entity is unknown or not well formed") }
    return text
  }

  // MARK: Bytes

  private func starts(_ mark: String) -> Bool {
    let mark = mark.utf8
    return position + mark.count <= bytes.count && bytes[position..<position + mark.count].elementsEqual(mark)
  }

  private mutating func take(_ mark: String) -> Bool {
    guard starts(mark) else { return false }
    position += mark.utf8.count
    return true
  }

  private mutating func skip(past mark: String, from offset: Int) throws(Fault) {
    position += offset
    guard let first = mark.utf8.first else { return }
    while position < bytes.count {
      if bytes[position] == first, take(mark) { return }
      position += 1
    }
    throw damaged("it ends where \(mark) is missing")
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...10).contains(byte) || byte == 13 }

  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = position
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    return position > start
  }

  private func damaged(_ message: String) -> Fault {
    Fault(.damaged, "\(message) (byte \(min(position, bytes.count)))")
  }
}
