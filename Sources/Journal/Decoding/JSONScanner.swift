import Model

/// Reads JSON in the one form that Sortie writes it in: no spaces, keys ascending, ASCII without escapes, numbers without
/// exponents. Every step says no to anything else, so that it can never differ from a whole JSON decoder.
struct JSONScanner {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0
  /// Whether a comma must come before the next member or element.
  private var needsComma = false

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Whether everything was read.
  var isAtEnd: Bool { place == bytes.count }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count - place >= count else { return false }
    for index in 0..<count where bytes[place + index] != text.utf8Start[index] { return false }
    place += count
    return true
  }

  /// `{` or `[`.
  mutating func open(_ bracket: UInt8 = UInt8(ascii: "{")) -> Bool {
    guard take(bracket) else { return false }
    needsComma = false
    return true
  }

  /// `}` or `]`.
  mutating func close(_ bracket: UInt8 = UInt8(ascii: "}")) -> Bool {
    guard take(bracket) else { return false }
    needsComma = true
    return true
  }

  /// Goes to the next element.
  mutating func element() -> Bool {
    defer { needsComma = true }
    return !needsComma || take(UInt8(ascii: ","))
  }

  /// Goes to the value of the next member if it has this name; else stays.
  mutating func member(_ name: StaticString) -> Bool {
    let start = place
    guard !needsComma || take(UInt8(ascii: ",")), take(UInt8(ascii: "\"")), take(name), take("\":") else {
      place = start
      return false
    }
    needsComma = true
    return true
  }

  /// A member whose value is this very string.
  mutating func member(_ name: StaticString, is value: StaticString) -> Bool {
    member(name) && take(UInt8(ascii: "\"")) && take(value) && take(UInt8(ascii: "\""))
  }

  /// A string.
  mutating func string() -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let start = place
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 32, byte < 127, byte != UInt8(ascii: "\\") else { return nil }
      place += 1
    }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    return take(UInt8(ascii: "\"")) ? text : nil
  }

  /// A whole number of at most 18 digits.
  mutating func integer() -> Int64? {
    let isNegative = take(UInt8(ascii: "-"))
    let start = place
    var value: Int64 = 0
    while let byte = next, byte >= 48, byte <= 57, place - start < 18 {
      value = value * 10 + Int64(byte - 48)
      place += 1
    }
    let isCanonical = place == start + 1 || (place > start && bytes[start] != 48)
    guard isCanonical, !(isNegative && value == 0), !isInNumber else { return nil }
    return isNegative ? -value : value
  }

  /// A whole number of at most 18 digits, not below 0.
  mutating func natural() -> UInt64? { integer().flatMap { UInt64(exactly: $0) } }

  private var isInNumber: Bool {
    guard let byte = next else { return false }
    return (byte >= 48 && byte <= 57) || [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(byte)
  }

  /// A number with or without a fraction.
  mutating func number() -> Double? {
    let start = place
    if let whole = integer() { return Double(whole) }
    place = start
    while let byte = next, (byte >= 48 && byte <= 57) || byte == 45 || byte == 46 { place += 1 }
    let token = bytes[start..<place]
    let digits = token.first == 45 ? token.dropFirst() : token
    let halves = digits.split(separator: 46, omittingEmptySubsequences: false)
    guard token.count <= 24, !isInNumber, halves.count == 2, !digits.contains(45),
      let whole = halves.first, let fraction = halves.last, !whole.isEmpty, !fraction.isEmpty,
      whole.count == 1 || whole.first != 48
    else { return nil }
    return Double(String(decoding: token, as: UTF8.self))
  }

  /// A time.
  mutating func time() -> Timestamp? { string().flatMap { Timestamp(rfc3339: $0) } }

  /// Strings in brackets.
  mutating func strings() -> [String]? {
    guard open(UInt8(ascii: "[")) else { return nil }
    var found: [String] = []
    while !close(UInt8(ascii: "]")) {
      guard element(), let text = string() else { return nil }
      found.append(text)
    }
    return found
  }

  /// Any value, at most `depth` deep.
  mutating func value(depth: Int = 16) -> JSONValue? {
    switch next {
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "{"): return depth > 0 ? object(depth: depth - 1) : nil
    case UInt8(ascii: "["): return depth > 0 ? array(depth: depth - 1) : nil
    case UInt8(ascii: "n"): return take("null") ? .null : nil
    case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
    case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
    default:
      let start = place
      if let whole = integer() { return .integer(whole) }
      place = start
      // A whole number with a fraction is an integer to JSONDecoder.
      return number().flatMap { $0 == $0.rounded() ? nil : .number($0) }
    }
  }

  private mutating func array(depth: Int) -> JSONValue? {
    guard open(UInt8(ascii: "[")) else { return nil }
    var found: [JSONValue] = []
    while !close(UInt8(ascii: "]")) {
      guard element(), let value = value(depth: depth) else { return nil }
      found.append(value)
    }
    return .array(found)
  }

  private mutating func object(depth: Int) -> JSONValue? {
    guard open() else { return nil }
    var found: [String: JSONValue] = [:]
    while !close() {
      guard element(), let key = string(), found[key] == nil, take(UInt8(ascii: ":")), let value = value(depth: depth)
      else { return nil }
      found[key] = value
    }
    return .object(found)
  }
}
