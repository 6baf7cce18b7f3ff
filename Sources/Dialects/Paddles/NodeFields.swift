import Model

extension Paddles {
  /// The longest text without a limit of its own, in bytes.
  public static let textLimit = 1024

  /// The members of a JSON object that a request sends, whatever type it says that its body has.
  public struct Fields: Hashable, Sendable {
    /// The members by name.
    public var members: [String: SentValue]

    /// Reads a body.
    /// - Throws: 400 for what is no JSON object.
    public init(_ bytes: [UInt8]) throws(Refusal) {
      guard case .object(let members)? = try? JSONBody(bytes) else { throw .badBody }
      self.members = members
    }

    /// A text; nil if it is null or absent. A number is taken as its text, as a column of text does.
    /// - Parameter limit: the longest, in bytes.
    /// - Throws: 400 for any other value.
    public func text(_ key: String, limit: Int = Paddles.textLimit) throws(Refusal) -> String? {
      let text: String
      switch members[key] {
      case nil, .null: return nil
      case .string(let sent): text = sent
      case .other(let json) where Double(json) != nil: text = json
      case .other: throw .invalid("'\(key)' must be a string")
      }
      guard !text.utf8.contains(0) else { throw .invalid("'\(key)' must not hold a NUL") }
      guard text.utf8.count <= limit else { throw .invalid("'\(key)' must not have more than \(limit) bytes") }
      return text
    }

    /// A boolean; nil if it is null or absent.
    /// - Throws: 400 for what can be read as none.
    public func flag(_ key: String) throws(Refusal) -> Bool? {
      switch members[key] {
      case nil, .null: return nil
      case .string(let word), .other(let word):
        guard let value = Paddles.truth(word) else { throw .invalid("'\(key)' must be a boolean") }
        return value
      }
    }

    /// A number, also one in a string; nil if it is null or absent.
    /// - Throws: 400 for what can be read as none. What is too large is infinite.
    public func number(_ key: String) throws(Refusal) -> Double? {
      switch members[key] {
      case nil, .null: return nil
      case .string(let text), .other(let text):
        guard let value = Double(text), !value.isNaN else { throw .invalid("'\(key)' must be a number") }
        return value
      }
    }

    /// A time; nil if it is null or absent. Without a zone it is in UTC.
    /// - Throws: 400 for what is no time.
    public func time(_ key: String) throws(Refusal) -> Timestamp? {
      guard let text = try text(key) else { return nil }
      guard let time = Paddles.time(text) ?? Timestamp(rfc3339: text) else {
        throw .invalid("'\(key)' must be a time: YYYY-MM-DD HH:MM:SS")
      }
      return time
    }
  }

  /// The arguments of a call: the parameters of its query, and what its body adds to them.
  public struct Arguments: Hashable, Sendable {
    private var values: [String: String]

    /// Collects the arguments. As in Pecan, a body that is a JSON object adds its members, and the query goes before
    /// the body; any other body adds nothing.
    public init(_ query: [(name: String, value: String)], body: [UInt8] = []) {
      values = Dictionary(query.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      guard case .object(let members)? = try? JSONBody(body) else { return }
      for (name, value) in members where values[name] == nil {
        switch value {
        case .string(let text), .other(let text): values[name] = text
        case .null: break
        }
      }
    }

    /// An argument; nil if it is empty or absent.
    public subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// An argument that must be there.
    /// - Throws: 400 if it is empty or absent.
    public func required(_ name: String) throws(Refusal) -> String {
      guard let value = self[name] else { throw .missing(name) }
      return value
    }

    /// A boolean; nil if it is empty or absent.
    /// - Throws: 400 for what can be read as none.
    public func flag(_ name: String) throws(Refusal) -> Bool? {
      guard let word = self[name] else { return nil }
      guard let value = Paddles.truth(word) else { throw .invalid("\(name) must be a boolean") }
      return value
    }

    /// A number from 0; nil if it is empty or absent.
    /// - Throws: 400 for what is none.
    public func count(_ name: String) throws(Refusal) -> Int? {
      guard let text = self[name] else { return nil }
      guard let value = PythonInt.parse(text), value >= 0 else { throw .invalid("\(name) must be an integer") }
      return value
    }
  }

  /// A boolean as clients of all ages write it: `1`, `true`, `True`, `yes` …
  static func truth(_ word: String) -> Bool? {
    switch word.lowercased() {
    case "1", "1.0", "true", "t", "yes", "y", "on": true
    case "0", "0.0", "false", "f", "no", "n", "off": false
    default: nil
    }
  }
}
