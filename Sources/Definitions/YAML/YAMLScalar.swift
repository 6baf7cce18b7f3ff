/// A scalar as written, and what it means under YAML 1.1 as PyYAML reads it: upstream's files are written for that.
struct YAMLScalar: Sendable {
  /// What a scalar means.
  enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case float(Double)
    case text(String)
  }

  /// The characters, without quotes.
  var text: String
  /// False for quoted and block scalars, which are always text.
  var isPlain: Bool

  var value: Value {
    guard isPlain else { return .text(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .bool(true)
    case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .bool(false)
    default: return YAMLNumber.read(text) ?? .text(text)
    }
  }

  /// The scalar as Python's `str()` would show it.
  var pythonText: String {
    switch value {
    case .null: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let value): String(value)
    case .float(let value): value.description == text ? text : YAMLNumber.wholeText(text) ?? value.description
    case .text(let text): text
    }
  }

  /// What the scalar is, for messages.
  var kind: String {
    switch value {
    case .null: "null"
    case .bool, .integer, .float: text
    case .text: text.isEmpty ? "an empty text" : "the text \"\(text.prefix(40))\""
    }
  }
}

/// The number forms of YAML 1.1: decimal, octal with a leading zero, hexadecimal, binary, base 60, underscores.
enum YAMLNumber {
  static func read(_ text: String) -> YAMLScalar.Value? {
    guard text.utf8.count <= 400, let first = text.utf8.first, first < 128 else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    let body = isNegative || first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
    switch body {
    case ".inf", ".Inf", ".INF": return .float(isNegative ? -.infinity : .infinity)
    case ".nan", ".NaN", ".NAN": return body.count == text.count ? .float(.nan) : nil
    default: break
    }
    guard let head = body.utf8.first, isDigit(head) || head == UInt8(ascii: ".") else { return nil }
    if head == UInt8(ascii: "."), body.utf8.count < text.utf8.count { return nil }
    if body.contains(":") { return sixties(body, isNegative) }
    let digits = body.filter { $0 != "_" }
    if body.contains(".") { return float(body, digits, isNegative) }
    return whole(body, digits, isNegative)
  }

  /// The digits of a whole number that does not fit 64 bits, as Python would show it.
  static func wholeText(_ text: String) -> String? {
    let digits = text.filter { $0 != "_" && $0 != "+" }
    return digits.utf8.dropFirst(digits.hasPrefix("-") ? 1 : 0).allSatisfy(isDigit) ? digits : nil
  }

  private static func whole(_ body: Substring, _ digits: String, _ isNegative: Bool) -> YAMLScalar.Value? {
    let radix: Int
    let number: Substring
    if digits.hasPrefix("0b") {
      (radix, number) = (2, digits.dropFirst(2))
    } else if digits.hasPrefix("0x") {
      (radix, number) = (16, digits.dropFirst(2))
    } else if digits.hasPrefix("0"), digits.utf8.count > 1 {
      (radix, number) = (8, digits.dropFirst())
    } else {
      (radix, number) = (10, digits[...])
    }
    guard !number.isEmpty, number.utf8.allSatisfy({ isDigit($0) || radix == 16 && isHexLetter($0) }) else { return nil }
    guard radix > 8 || number.utf8.allSatisfy({ $0 < UInt8(ascii: "0") + UInt8(radix) }) else { return nil }
    if let value = Int64((isNegative ? "-" : "") + number, radix: radix) { return .integer(value) }
    return radix == 10 ? Double(String(number)).map { .float(isNegative ? -$0 : $0) } : .text(String(body))
  }

  /// `1.5`, `.5`, `1.`, `1.5e+3`: the exponent needs its sign, as in YAML 1.1.
  private static func float(_ body: Substring, _ digits: String, _ isNegative: Bool) -> YAMLScalar.Value? {
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy(isDigit) else { return nil }
    var fraction = parts[1]
    if let mark = fraction.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      let exponent = fraction[fraction.index(after: mark)...]
      guard exponent.hasPrefix("+") || exponent.hasPrefix("-"), exponent.utf8.count > 1,
        exponent.utf8.dropFirst().allSatisfy(isDigit)
      else { return nil }
      fraction = fraction[..<mark]
    }
    guard fraction.utf8.allSatisfy(isDigit), !(parts[0].isEmpty && fraction.isEmpty), !body.hasPrefix("._") else {
      return nil
    }
    let padded = (parts[0].isEmpty ? "0" : "") + parts[0] + "." + (fraction.isEmpty ? "0" : "") + parts[1]
    return Double(padded).map { .float(isNegative ? -$0 : $0) }
  }

  /// Base 60: `1:30` is 90, `1:30.5` is 90.5.
  private static func sixties(_ body: Substring, _ isNegative: Bool) -> YAMLScalar.Value? {
    var parts = body.split(separator: ":", omittingEmptySubsequences: false)
    let first = parts[0].filter { $0 != "_" }
    guard parts.count <= 6, first.utf8.count <= 9, let start = Double(first), first.utf8.allSatisfy(isDigit) else {
      return nil
    }
    let last = parts.removeLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let isFloat = last.count == 2
    guard isFloat || !(first.hasPrefix("0")) else { return nil }
    var total = start
    for part in parts.dropFirst() + [last[0]] {
      guard (1...2).contains(part.utf8.count), part.utf8.allSatisfy(isDigit), let value = Double(part), value < 60
      else {
        return nil
      }
      total = total * 60 + value
    }
    if isFloat {
      let fraction = last[1].filter { $0 != "_" }
      guard fraction.utf8.allSatisfy(isDigit), let value = Double("0." + fraction + "0") else { return nil }
      return .float(isNegative ? -(total + value) : total + value)
    }
    return Int64(exactly: total).map { .integer(isNegative ? -$0 : $0) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  private static func isHexLetter(_ byte: UInt8) -> Bool { (65...70).contains(byte) || (97...102).contains(byte) }
}
