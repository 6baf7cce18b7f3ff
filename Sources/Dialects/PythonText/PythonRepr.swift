/// Values as Python 2's `repr` shows them, because the Test API's messages are made with it.
public enum PythonRepr {
  /// A unicode string: `u'caf\xe9'`, `u"it's"`.
  public static func unicode(_ text: String) -> String { "u" + quoted(text) }

  /// A byte string of ASCII: `'5f…'`; what is not ASCII is shown as for a unicode string.
  public static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote: Character = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var shown = String(quote)
    for scalar in scalars { shown += escaped(scalar, quote: quote) }
    shown.append(quote)
    return shown
  }

  /// A list of one dictionary of unicode strings: `[{'project_name': u'functest', 'name': u'nope'}]`.
  public static func query(_ keys: [(name: String, value: String)]) -> String {
    "[{" + keys.map { "'\($0.name)': \(unicode($0.value))" }.joined(separator: ", ") + "}]"
  }

  private static func escaped(_ scalar: Unicode.Scalar, quote: Character) -> String {
    switch scalar {
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\u{20}"..<"\u{7F}": Character(scalar) == quote ? "\\" + String(quote) : String(Character(scalar))
    case ..<"\u{100}": "\\x" + hexadecimal(scalar.value, digits: 2)
    case ..<"\u{10000}": "\\u" + hexadecimal(scalar.value, digits: 4)
    default: "\\U" + hexadecimal(scalar.value, digits: 8)
    }
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
