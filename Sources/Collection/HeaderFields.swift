import HTTPTypes

/// The header fields of a call. Looked up where they are wanted: most calls want one or two of them.
struct HeaderFields: Sendable, ExpressibleByDictionaryLiteral {
  private var fields = HTTPFields()

  init(_ fields: HTTPFields) { self.fields = fields }

  /// Fields by their names in lower case, for calls that did not come over the wire.
  init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
  }

  /// The value of a field by its name in lower case; of several the last.
  subscript(name: String) -> String? {
    var found: String?
    for field in fields where field.name.canonicalName == name { found = field.value }
    return found
  }
}
