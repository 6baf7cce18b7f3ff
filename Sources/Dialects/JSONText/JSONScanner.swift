/// Checks that bytes are one JSON text by RFC 8259 and finds the members of the outermost object, or the elements of the
/// outermost array, without building a tree. Beyond the RFC it refuses what readers choke on: lone surrogates, more than 512 levels, numbers of more than
/// 1,024 characters, more than 1,024 outermost members. It recurses nowhere, so depth costs no stack.
struct JSONScanner {
  /// The deepest nesting that is accepted; CPython's reader gives up at about 1,000.
  static let depthLimit = 512
  /// The longest number that is accepted; CPython's reader refuses integers of more than 4,300 digits.
  static let numberLimit = 1024
  /// The most members that the outermost object may have.
  static let memberLimit = 1024
  /// The most elements that the outermost array may have.
  static let elementLimit = 65_536

  /// A member of the outermost object: where its key (with quotes) and its value stand.
  struct Member {
    var key: Range<Int>
    var value: Range<Int>
  }

  private enum Container { case array, object }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0
  private var open: [Container] = []
  private var key = 0..<0
  private var valueStart = 0
  private(set) var members: [Member] = []
  /// Where the elements of the outermost array stand.
  private(set) var elements: [Range<Int>] = []
  /// Where the whole value stands, without the white space around it.
  private(set) var value = 0..<0

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Reads the whole text.
  mutating func scan() throws(JSONMalformed) {
    skipSpace()
    let start = index
    repeat {
      if try !opened() { try closeWhatEnds() }
    } while !open.isEmpty
    value = start..<index
    skipSpace()
    guard index == bytes.count else { throw malformed("Extra data", at: index) }
  }

  /// Reads a scalar or an empty container and returns false; or enters a container up to its first value and returns
  /// true.
  private mutating func opened() throws(JSONMalformed) -> Bool {
    switch current {
    case UInt8(ascii: "{"):
      try enter(.object)
      if current == UInt8(ascii: "}") { return leave() }
      try readKey()
      return true
    case UInt8(ascii: "["):
      try enter(.array)
      return current == UInt8(ascii: "]") ? leave() : true
    case UInt8(ascii: "\""): try readString()
    case UInt8(ascii: "t"): try readWord("true")
    case UInt8(ascii: "f"): try readWord("false")
    case UInt8(ascii: "n"): try readWord("null")
    default: try readNumber()
    }
    return false
  }

  /// After a value: closes every container that ends here, and goes to the next value if there is one.
  private mutating func closeWhatEnds() throws(JSONMalformed) {
    while let container = open.last {
      if open.count == 1 { try keep(container) }
      skipSpace()
      switch (container, current) {
      case (.object, UInt8(ascii: "}")), (.array, UInt8(ascii: "]")): _ = leave()
      case (_, UInt8(ascii: ",")):
        index += 1
        skipSpace()
        if container == .object { try readKey() } else if open.count == 1 { valueStart = index }
        return
      default: throw malformed("Expecting ',' delimiter", at: index)
      }
    }
  }

  private mutating func enter(_ container: Container) throws(JSONMalformed) {
    guard open.count < Self.depthLimit else {
      throw malformed("More than \(Self.depthLimit) levels of nesting", at: index)
    }
    open.append(container)
    index += 1
    skipSpace()
    if open.count == 1 { valueStart = index }
  }

  /// Keeps where a member or an element that ends here stands.
  private mutating func keep(_ container: Container) throws(JSONMalformed) {
    guard container == .array else { return members.append(Member(key: key, value: valueStart..<index)) }
    guard elements.count < Self.elementLimit else {
      throw malformed("More than \(Self.elementLimit) elements", at: valueStart)
    }
    elements.append(valueStart..<index)
  }

  private mutating func leave() -> Bool {
    open.removeLast()
    index += 1
    return false
  }

  private mutating func readKey() throws(JSONMalformed) {
    guard current == UInt8(ascii: "\"") else {
      throw malformed("Expecting property name enclosed in double quotes", at: index)
    }
    let start = index
    try readString()
    if open.count == 1 {
      guard members.count < Self.memberLimit else {
        throw malformed("More than \(Self.memberLimit) members", at: start)
      }
      key = start..<index
    }
    skipSpace()
    guard current == UInt8(ascii: ":") else { throw malformed("Expecting ':' delimiter", at: index) }
    index += 1
    skipSpace()
    if open.count == 1 { valueStart = index }
  }
}

extension JSONScanner {
  /// The byte here; 0, which no JSON text holds, at the end.
  private var current: UInt8 { index < bytes.count ? bytes[index] : 0 }

  private func malformed(_ problem: String, at offset: Int) -> JSONMalformed {
    JSONMalformed(problem, at: offset, in: bytes)
  }

  private mutating func skipSpace() {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  private mutating func readWord(_ word: StaticString) throws(JSONMalformed) {
    let start = index
    for offset in 0..<word.utf8CodeUnitCount {
      guard current == word.utf8Start[offset] else { throw malformed("Expecting value", at: start) }
      index += 1
    }
  }

  private mutating func readNumber() throws(JSONMalformed) {
    let start = index
    if current == UInt8(ascii: "-") { index += 1 }
    if current == UInt8(ascii: "0") {
      index += 1
    } else {
      guard skipDigits() else { throw malformed("Expecting value", at: start) }
    }
    skipPart { scanner in scanner.current == UInt8(ascii: ".") ? 1 : 0 }
    skipPart { scanner in
      guard scanner.current | 0x20 == UInt8(ascii: "e") else { return 0 }
      let sign = scanner.index + 1 < scanner.bytes.count ? scanner.bytes[scanner.index + 1] : 0
      return sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? 2 : 1
    }
    guard index - start <= Self.numberLimit else {
      throw malformed("Number of more than \(Self.numberLimit) characters", at: start)
    }
  }

  /// Skips a fraction or an exponent: the introduction whose length is given and the digits after it; where no digits
  /// follow, it is no part of the number.
  private mutating func skipPart(_ introduction: (JSONScanner) -> Int) {
    let length = introduction(self)
    guard length > 0 else { return }
    let before = index
    index += length
    if !skipDigits() { index = before }
  }

  private mutating func skipDigits() -> Bool {
    let start = index
    while index < bytes.count, bytes[index] &- 48 < 10 { index += 1 }
    return index > start
  }

  private mutating func readString() throws(JSONMalformed) {
    let start = index
    index += 1
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""):
        index += 1
        return
      case UInt8(ascii: "\\"): try readEscape(ofStringAt: start)
      case 0..<0x20: throw malformed("Invalid control character at", at: index)
      default: index += 1
      }
    }
    throw malformed("Unterminated string starting at", at: start)
  }

  private mutating func readEscape(ofStringAt start: Int) throws(JSONMalformed) {
    guard index + 1 < bytes.count else { throw malformed("Unterminated string starting at", at: start) }
    switch bytes[index + 1] {
    case UInt8(ascii: "u"): try readUnicodeEscape()
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      index += 2
    default: throw malformed("Invalid \\escape", at: index)
    }
  }

  private mutating func readUnicodeEscape() throws(JSONMalformed) {
    guard let unit = JSONString.codeUnit(in: bytes, at: index) else {
      throw malformed("Invalid \\uXXXX escape", at: index + 1)
    }
    switch unit {
    case 0xD800...0xDBFF:
      guard let second = JSONString.codeUnit(in: bytes, at: index + 6), (0xDC00...0xDFFF).contains(second) else {
        throw malformed("Lone surrogate", at: index)
      }
      index += 12
    case 0xDC00...0xDFFF: throw malformed("Lone surrogate", at: index)
    default: index += 6
    }
  }
}
