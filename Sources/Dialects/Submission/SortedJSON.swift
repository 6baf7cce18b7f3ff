import Model

/// JSON as Python's `json.dumps(value, sort_keys=True)` writes it: keys in code point order, `", "` and `": "` between
/// things, everything beyond printable ASCII escaped. Numbers that JSON does not have (NaN, infinities) become null.
public enum SortedJSON {
  /// The text, in ASCII.
  public static func bytes(of value: JSONValue) -> [UInt8] {
    var output: [UInt8] = []
    write(value, to: &output)
    return output
  }

  private static func write(_ value: JSONValue, to output: inout [UInt8]) {
    switch value {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .integer(let value): output += String(value).utf8
    case .number(let value): output += (value.isFinite ? value.description : "null").utf8
    case .string(let value): write(value, to: &output)
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output += ", ".utf8 }
        write(element, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      // UTF-8 sorts like code points, which is what Python compares.
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { output += ", ".utf8 }
        write(member.key, to: &output)
        output += ": ".utf8
        write(member.value, to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  private static func write(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\"".utf8
      case "\\": output += "\\\\".utf8
      case "\n": output += "\\n".utf8
      case "\r": output += "\\r".utf8
      case "\t": output += "\\t".utf8
      case "\u{08}": output += "\\b".utf8
      case "\u{0C}": output += "\\f".utf8
      case " "..."~": output.append(UInt8(truncatingIfNeeded: scalar.value))
      default:
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter { escape(unit, to: &output) }
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  private static func escape(_ unit: UInt16, to output: inout [UInt8]) {
    let digits = String(unit, radix: 16)
    output += "\\u".utf8
    output += String(repeating: "0", count: 4 - digits.count).utf8
    output += digits.utf8
  }
}
