/// The description of an API, as OpenAPI 3.0 writes it.
enum OpenAPI {
  /// What a value may be.
  indirect enum Schema: Sendable {
    /// Anything, null too.
    case any
    /// A string.
    case string(Text = Text())
    /// A whole number within bounds; nil: unbounded.
    case integer(from: Int? = nil, to: Int? = nil)
    /// A number.
    case number
    /// True or false.
    case boolean
    /// A list.
    case array(of: Schema)
    /// An object with these members; `others` says whether it may have more.
    case object([Property], others: Bool = false)
    /// A schema of the document, by its name.
    case reference(String)
    /// A value or null.
    case nullable(Schema)
    /// One or more of these.
    case either([Schema])
  }

  /// What a string may be.
  struct Text: Sendable {
    /// The fewest and the most characters; nil: unbounded.
    var minLength: Int?
    var maxLength: Int?
    /// A regular expression that is found in it.
    var pattern: String?
    /// All that it may be; nil: not only some.
    var values: [String]?
    /// How it is read, as `date-time`.
    var format: String?
  }

  /// A member of an object.
  struct Property: Sendable {
    /// Its name.
    var name: String
    /// What it may be.
    var schema: Schema
    /// Whether it must be there.
    var isRequired = true

    /// A member that must be there.
    static func required(_ name: String, _ schema: Schema) -> Property { Property(name: name, schema: schema) }

    /// A member that may be absent.
    static func optional(_ name: String, _ schema: Schema) -> Property {
      Property(name: name, schema: schema, isRequired: false)
    }
  }
}

extension OpenAPI.Schema {
  /// The schema as JSON text.
  /// - Parameter locate: makes of a name the place where that schema stands.
  func json(_ locate: (String) -> String) -> String { JSONText.object(members(locate)) }

  private func members(_ locate: (String) -> String) -> [(key: String, json: String?)] {
    switch self {
    case .any: []
    case .string(let text): [("type", #""string""#)] + text.members
    case .integer(let from, let to):
      [("type", #""integer""#), ("minimum", from.map(String.init)), ("maximum", to.map(String.init))]
    case .number: [("type", #""number""#)]
    case .boolean: [("type", #""boolean""#)]
    case .array(let element): [("type", #""array""#), ("items", element.json(locate))]
    case .object(let properties, let others):
      [
        ("type", #""object""#),
        ("required", Self.names(properties.filter(\.isRequired))),
        ("properties", JSONText.object(properties.map { ($0.name, $0.schema.json(locate)) })),
        ("additionalProperties", others ? "true" : "false"),
      ]
    case .reference(let name): [("$ref", JSONText.string(locate(name)))]
    case .nullable(.reference(let name)):
      [("nullable", "true"), ("allOf", JSONText.array([Self.reference(name).json(locate)]))]
    case .nullable(let schema): [("nullable", "true")] + schema.members(locate)
    case .either(let schemas): [("anyOf", JSONText.array(schemas.map { $0.json(locate) }))]
    }
  }

  /// Their names; nil for none, because an empty `required` is not allowed.
  private static func names(_ properties: [OpenAPI.Property]) -> String? {
    properties.isEmpty ? nil : JSONText.array(properties.map { JSONText.string($0.name) })
  }
}

extension OpenAPI.Text {
  fileprivate var members: [(key: String, json: String?)] {
    [
      ("minLength", minLength.map(String.init)), ("maxLength", maxLength.map(String.init)),
      ("pattern", pattern.map(JSONText.string)), ("format", format.map(JSONText.string)),
      ("enum", values.map { JSONText.array($0.map(JSONText.string)) }),
    ]
  }
}
