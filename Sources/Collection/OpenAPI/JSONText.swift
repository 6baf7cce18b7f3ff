import Dialects

/// Small JSON texts, put together by hand: documents that describe an API.
enum JSONText {
  /// An object of members that are JSON already; nil leaves a member out.
  static func object(_ members: [(key: String, json: String?)]) -> String {
    var writer = JSONWriter()
    writer.append(json: "{")
    var isFirst = true
    for (key, json) in members {
      guard let json else { continue }
      writer.append(anyKey: key, first: isFirst)
      writer.append(json: json)
      isFirst = false
    }
    writer.append(json: "}")
    return writer.text
  }

  /// An array of elements that are JSON already.
  static func array(_ elements: [String]) -> String { "[" + elements.joined(separator: ", ") + "]" }

  /// A string.
  static func string(_ text: String) -> String { SentValue.string(text).json }
}
