import Model

/// MongoDB's extended JSON, as `mongoexport` writes values that JSON does not have, turned into what the Test API would
/// have shown for them. Everything else stays the text that it is.
enum ExtendedJSON {
  /// The deepest nesting in which such values are looked for.
  private static let depthLimit = 128

  /// The plain value.
  /// - Throws: ``ImportProblem`` where something is nested too deeply.
  static func plain(_ value: SentValue) throws(ImportProblem) -> SentValue {
    guard case .other(let json) = value, isExtended(json) else { return value }
    return try plain(json, depth: 1)
  }

  /// Whether such a value may stand in a text.
  private static func isExtended(_ json: String) -> Bool {
    var previous: UInt8 = 0
    for byte in json.utf8 {
      if byte == UInt8(ascii: "$"), previous == UInt8(ascii: "\"") { return true }
      previous = byte
    }
    return false
  }

  private static func plain(_ json: String, depth: Int) throws(ImportProblem) -> SentValue {
    guard depth <= depthLimit else { throw ImportProblem("nested deeper than \(depthLimit) levels") }
    let (keys, values) = try parts(json)
    if keys.count == 1, let value = try scalar(keys[0], values[0]) { return value }
    var writer = JSONWriter()
    writer.append(json: keys.isEmpty ? "[" : "{")
    for index in values.indices {
      if keys.isEmpty {
        if index > 0 { writer.appendComma() }
      } else {
        writer.append(anyKey: keys[index], first: index == 0)
      }
      if case .other(let inner) = values[index], isExtended(inner) {
        writer.append(try plain(inner, depth: depth + 1))
      } else {
        writer.append(values[index])
      }
    }
    writer.append(json: keys.isEmpty ? "]" : "}")
    return .other(json: writer.text)
  }

  /// The members of an object, or the elements of an array, in their order.
  private static func parts(_ json: String) throws(ImportProblem) -> (keys: [String], values: [SentValue]) {
    do {
      let members = try JSONMembers(Array(json.utf8))
      return (members.keys, members.values)
    } catch {
      throw ImportProblem("no JSON: \(error.problem), at character \(error.character)")
    }
  }

  /// What `{"$oid": "…"}` and its like stand for; nil for what is none.
  private static func scalar(_ key: String, _ value: SentValue) throws(ImportProblem) -> SentValue? {
    switch key {
    case "$oid", "$symbol": return value.string.map(SentValue.string)
    case "$undefined": return .null
    case "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal": return value.string.map(number)
    case "$date": return try date(value).map { .string(text($0)) }
    default: return nil
    }
  }

  /// A number as JSON; a text where JSON has none, as `NaN`.
  private static func number(_ text: String) -> SentValue {
    let isNumber = (try? JSONBody(Array(text.utf8))) == .other && text.utf8.first.map { $0 < 58 } == true
    return isNumber ? .other(json: text) : .string(text)
  }

  /// The time of `{"$date": …}`: RFC 3339, or milliseconds since 1970.
  static func date(_ value: SentValue) throws(ImportProblem) -> Timestamp? {
    switch value {
    case .null: return nil
    case .string(let text): return Timestamp(rfc3339: zoned(text))
    case .other(let json):
      var digits = json
      if json.hasPrefix("{") {
        let (keys, values) = try parts(json)
        guard keys == ["$numberLong"], let text = values[0].string else { return nil }
        digits = text
      }
      guard let milliseconds = Int64(digits) else { return nil }
      let (nanoseconds, isBeyond) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
      return isBeyond ? nil : Timestamp(nanoseconds: nanoseconds)
    }
  }

  /// Old tools write an offset without its colon: `+0000`.
  private static func zoned(_ text: String) -> String {
    guard text.count > 5, let sign = text.suffix(5).first, "+-".contains(sign),
      text.suffix(4).allSatisfy({ $0.isASCII && $0.isNumber })
    else { return text }
    return text.dropLast(2) + ":" + text.suffix(2)
  }

  /// A time as Python's `str()` shows it, and with it the Test API: no fraction if there is none.
  private static func text(_ time: Timestamp) -> String {
    let text = PythonDateTime.text(time, secondsEast: 0)
    return text.hasSuffix(".000000") ? String(text.dropLast(7)) : text
  }
}
