extension Avocado {
  /// The body of a request: what its fields hold, whatever it was written as.
  public struct Body: Hashable, Sendable {
    /// The fields; those of a form are strings.
    public let members: [String: SentValue]
    /// Whether it was a form.
    private var isForm = false

    /// A form's fields, of which the last of a name counts.
    public init(form: [(name: String, value: String)]) {
      members = Dictionary(form.map { ($0.name, SentValue.string($0.value)) }, uniquingKeysWith: { $1 })
      isForm = true
    }

    /// An object within a body, or a body without fields.
    public init(members: [String: SentValue] = [:]) { self.members = members }

    /// What a form says of a field that is an object: `distro.name` is the `name` of `distro`. Nil if it says nothing, or
    /// the body is no form.
    func formFields(of name: String) -> Body? {
      guard isForm else { return nil }
      let prefix = name + "."
      let inner = members.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
      return inner.isEmpty ? nil : Body(members: Dictionary(inner, uniquingKeysWith: { $1 }))
    }

    /// Reads JSON; an empty body is an empty object.
    /// - Throws: 400 for what is no JSON, or no object.
    public init(json: [UInt8]) throws(Refusal) {
      guard !json.isEmpty else {
        members = [:]
        return
      }
      let body: JSONBody
      do { body = try JSONBody(json) } catch { throw Refusal(400, "JSON parse error - \(error)") }
      switch body {
      case .object(let members): self.members = members
      case .array: throw .notAnObject("list")
      case .null: throw .notAnObject("NoneType")
      case .other: throw .notAnObject(Self.type(ofScalar: json))
      }
    }

    /// The Python type of a JSON text that is a string, a number or a Boolean.
    static func type(ofScalar json: some Sequence<UInt8>) -> String {
      let first = json.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      switch first {
      case UInt8(ascii: "\""): return "unicode"
      case UInt8(ascii: "t"), UInt8(ascii: "f"): return "bool"
      case UInt8(ascii: "["): return "list"
      case UInt8(ascii: "{"): return "dict"
      default: return json.contains { ".eE".utf8.contains($0) } ? "float" : "int"
      }
    }
  }
}
