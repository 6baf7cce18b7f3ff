extension Avocado {
  /// Reads the fields of a body as Django REST framework's serializers do, and gathers what is wrong with each in the
  /// framework's words.
  public struct FieldReader: Sendable {
    private let body: Body
    /// Nothing is required: what is absent stays as it is.
    private let isPartial: Bool
    private var faults = FieldFaults()

    /// Reads a body, all of whose fields may be absent if it is a `PATCH`.
    public init(_ body: Body, partial: Bool = false) {
      self.body = body
      isPartial = partial
    }

    /// Ends reading.
    /// - Throws: 400 with every fault.
    public func finish() throws(Refusal) {
      if !faults.isEmpty { throw Refusal(faults) }
    }

    /// What is wrong so far.
    var found: FieldFaults { faults }

    /// A text; nil if it is absent or wrong.
    public mutating func text(
      _ name: String, or alias: String? = nil, limit: Int, required: Bool = true, blank: Bool = false
    ) -> String? {
      guard let sent = value(name, or: alias, required: required) else { return nil }
      guard sent != .null else { return fault(name, "This field may not be null.") }
      return text(sent, name, limit: limit, blank: blank)
    }

    /// A text that may be null, empty or absent; the outer nil: it is absent or wrong.
    public mutating func optionalText(_ name: String, or alias: String? = nil, limit: Int) -> String?? {
      guard let sent = value(name, or: alias, required: false) else { return nil }
      guard sent != .null else { return .some(nil) }
      return text(sent, name, limit: limit, blank: true).map { .some($0) }
    }

    /// A number, which may be written in a string; nil if it is absent or wrong.
    public mutating func number(_ name: String) -> Double? {
      guard let sent = value(name, required: false) else { return nil }
      guard sent != .null else { return fault(name, "This field may not be null.") }
      let text = sent.string ?? sent.json
      guard text.utf8.count <= 1000, let number = PythonFloat.parse(text), number.isFinite else {
        return fault(name, "A valid number is required.")
      }
      return number
    }

    /// A status by its name; nil if it is absent or wrong.
    public mutating func status<Kind: Status>(_ name: String, as kind: Kind.Type, required: Bool = true) -> Kind? {
      guard let sent = value(name, required: required) else { return nil }
      // The framework takes an empty string for null where a field names a row.
      guard sent != .null, sent != .string("") else { return fault(name, "This field may not be null.") }
      if let status = sent.string.flatMap({ Kind(named: $0) }) { return status }
      return fault(name, "Object with name=\(pythonText(sent)) does not exist.")
    }

    /// A time; nil if it is absent or wrong.
    public mutating func time(_ name: String) -> DateTime? {
      guard let sent = value(name, required: true) else { return nil }
      guard sent != .null else { return fault(name, "This field may not be null.") }
      if let time = sent.string.flatMap({ DateTime($0) }) { return time }
      return fault(
        name,
        "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].")
    }

    /// The number of a row, which may be written in a string; nil if it is absent or wrong.
    public mutating func key(_ name: String) -> Int64? {
      guard let sent = value(name, required: true) else { return nil }
      guard sent != .null, sent != .string("") else { return fault(name, "This field may not be null.") }
      // One that cannot be there is a number all the same.
      if let key = PythonInt.parse(sent.string ?? sent.json) { return Int64(key) }
      return wrongKey(name, sent)
    }

    /// The name of a row, as of a job, by its string id or its number; nil if it is absent or wrong.
    public mutating func reference(_ name: String, required: Bool = true) -> String? {
      guard let sent = value(name, required: required) else { return nil }
      guard sent != .null, sent != .string("") else { return fault(name, "This field may not be null.") }
      if sent.isNested { return wrongKey(name, sent) }
      let text = pythonText(sent)
      guard text.utf8.count <= 1024, !text.utf8.contains(0) else {
        return fault(name, "Invalid pk \"\(text.prefix(64))\" - object does not exist.")
      }
      return text
    }

    /// The fields of an object within the body, in a form those with its name and a dot before theirs; nil if it is absent
    /// or wrong.
    public mutating func object(_ name: String) -> Body? {
      if let inner = body.formFields(of: name) { return inner }
      guard let sent = value(name, required: true) else { return nil }
      guard sent != .null else { return fault(name, "This field may not be null.") }
      if case .object(let members)? = try? JSONBody(sent) { return Body(members: members) }
      faults.add(
        name, FieldFaults("non_field_errors", "Invalid data. Expected a dictionary, but got \(Self.type(of: sent))."))
      return nil
    }

    /// Something is wrong with a field that is an object.
    mutating func add(_ name: String, _ inner: FieldFaults) { faults.add(name, inner) }

    private mutating func value(_ name: String, or alias: String? = nil, required: Bool) -> SentValue? {
      if let value = body.members[name] ?? alias.flatMap({ body.members[$0] }) { return value }
      return required && !isPartial ? fault(name, "This field is required.") : nil
    }

    private mutating func text(_ sent: SentValue, _ name: String, limit: Int, blank: Bool) -> String? {
      if sent.isNested { return fault(name, "Not a valid string.") }
      let text = pythonText(sent)
      if text.isEmpty, !blank { return fault(name, "This field may not be blank.") }
      guard text.unicodeScalars.count <= limit else {
        return fault(name, "Ensure this field has no more than \(limit) characters.")
      }
      guard !text.utf8.contains(0) else { return fault(name, "Null characters are not allowed.") }
      return text
    }

    /// A value that is no string as Python's `str` shows it.
    private func pythonText(_ sent: SentValue) -> String {
      switch sent {
      case .null: "None"
      case .string(let text): text
      case .other("true"): "True"
      case .other("false"): "False"
      case .other(let json): json
      }
    }

    private mutating func wrongKey<Value>(_ name: String, _ sent: SentValue) -> Value? {
      fault(name, "Incorrect type. Expected pk value, received \(Self.type(of: sent)).")
    }

    private static func type(of sent: SentValue) -> String {
      sent.string != nil ? "unicode" : Body.type(ofScalar: sent.json.utf8)
    }

    private mutating func fault<Value>(_ name: String, _ message: String) -> Value? {
      faults.add(name, message)
      return nil
    }
  }
}

extension SentValue {
  /// Whether it is a list or an object.
  fileprivate var isNested: Bool {
    guard case .other(let json) = self else { return false }
    return json.first == "[" || json.first == "{"
  }
}
