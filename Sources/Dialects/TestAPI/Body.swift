extension TestAPI {
  /// The members of a request's body.
  public struct Body: Hashable, Sendable {
    /// The members by name.
    public var members: [String: SentValue]

    /// Reads a body. It counts only if its type is JSON.
    /// - Throws: `400 No Body` or `400 Bad Format [...]`.
    public init(type: String?, bytes: [UInt8]) throws(Refusal) {
      switch try TestAPI.json(type: type, bytes: bytes) {
      case .object(let members): self.members = members
      case nil, .null: throw .noBody
      case .array, .other: throw .badFormat("Expecting an object")
      }
      for (name, value) in members where name != "details" {
        guard value.string?.utf8.contains(0) != true else { throw .badFormat("\(PythonRepr.quoted(name)) holds a NUL") }
      }
    }

    /// The member of that name; null if absent.
    public subscript(name: String) -> SentValue { members[name] ?? .null }

    /// A required name.
    /// - Throws: `400 <field> Missing` for null, nothing and the empty string; `400 Bad Format [...]` for what is no
    ///   string or too long.
    public func name(_ field: String) throws(Refusal) -> String {
      switch self[field] {
      case .null, .string(""): throw .missing(field)
      case .other: throw .badFormat("\(field) must be a string")
      case .string(let name):
        guard name.utf8.count <= TestAPI.nameLimit else {
          throw .badFormat("\(field) has more than \(TestAPI.nameLimit) bytes")
        }
        return name
      }
    }

    /// A required member of any type.
    /// - Throws: `400 <field> Missing` for null, nothing and the empty string.
    public func required(_ field: String) throws(Refusal) -> SentValue {
      switch self[field] {
      case .null, .string(""): throw .missing(field)
      case let value: return value
      }
    }

    /// Refuses members of any other name, in the words of the original.
    /// - Throws: `400 Bad Format [['<model> has no attribute <name>']]`.
    public func allowOnly(_ names: [String], of model: String) throws(Refusal) {
      if let stranger = members.keys.sorted().first(where: { !names.contains($0) }) {
        throw .badFormat("['\(model) has no attribute \(stranger)']")
      }
    }
  }
}

extension TestAPI {
  /// Reads a body of any shape. It counts only if its type is JSON; nil: there is none.
  /// - Throws: `400 Bad Format [...]`.
  public static func json(type: String?, bytes: [UInt8]) throws(Refusal) -> JSONBody? {
    guard let type, type.lowercased().hasPrefix("application/json"), !bytes.isEmpty else { return nil }
    do { return try JSONBody(bytes) } catch { throw .badFormat("\(error)") }
  }
}
