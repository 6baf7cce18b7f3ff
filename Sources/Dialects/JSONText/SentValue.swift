/// A JSON value as a client sent it. Strings are decoded; everything else stays the text that was sent, so that `1.0`,
/// `1e400`, a number of fifty digits, the order of keys and doubled keys come back as they came.
public enum SentValue: Hashable, Sendable {
  /// Null, or absent.
  case null
  /// A string, decoded.
  case string(String)
  /// The text of any other value: a number, `true`, `false`, an array or an object.
  case other(json: String)

  /// The text, if this is a string.
  public var string: String? { if case .string(let text) = self { text } else { nil } }

  /// The value as JSON text.
  public var json: String {
    var writer = JSONWriter()
    writer.append(self)
    return writer.text
  }
}
