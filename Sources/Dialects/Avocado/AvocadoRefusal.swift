extension Avocado {
  /// A request that is answered with an error: JSON of the shapes that Django REST framework gives errors.
  public struct Refusal: Error, Hashable, Sendable {
    /// The status code, 4xx or 5xx.
    public var status: Int
    /// The body.
    public var json: String

    /// `{"detail":"…"}`.
    public init(_ status: Int, _ detail: String) {
      self.status = status
      var writer = JSONWriter(compact: true)
      writer.append(json: "{")
      writer.append(key: "detail", first: true)
      writer.append(string: detail)
      writer.append(json: "}")
      json = writer.text
    }

    /// 400 with what is wrong with each field.
    public init(_ faults: FieldFaults) {
      status = 400
      json = faults.json
    }
  }

  /// What is wrong with the fields of a body, in their order: `{"id":["This field must be unique."]}`.
  public struct FieldFaults: Hashable, Sendable {
    /// Field, and a list of messages or an object of faults as JSON.
    private var entries: [(name: String, json: String)] = []

    /// Nothing is wrong yet.
    public init() {}

    /// One thing is wrong.
    public init(_ field: String, _ message: String) { add(field, message) }

    /// Whether nothing is wrong.
    public var isEmpty: Bool { entries.isEmpty }

    /// Something is wrong with a field.
    public mutating func add(_ field: String, _ message: String) {
      var writer = JSONWriter(compact: true)
      writer.append(json: "[")
      writer.append(string: message)
      writer.append(json: "]")
      entries.append((field, writer.text))
    }

    /// Something is wrong within an object that is a field.
    public mutating func add(_ field: String, _ faults: FieldFaults) { entries.append((field, faults.json)) }

    var json: String {
      var writer = JSONWriter(compact: true)
      writer.append(json: "{")
      for (number, entry) in entries.enumerated() {
        writer.append(anyKey: entry.name, first: number == 0)
        writer.append(json: entry.json)
      }
      writer.append(json: "}")
      return writer.text
    }

    /// Equal if they read equal.
    public static func == (left: Self, right: Self) -> Bool { left.json == right.json }

    /// As they read.
    public func hash(into hasher: inout Hasher) { hasher.combine(json) }
  }
}

extension Avocado.Refusal {
  /// There is no such row.
  public static let absent = Self(404, "Not found")
  /// A shortened id of a job that is the beginning of several.
  public static let ambiguous = Self(409, "Conflict.")
  /// None of the types that the client accepts is JSON.
  public static let notAcceptable = Self(406, "Could not satisfy the request Accept header.")
  /// A write to what is read-only, by somebody who did not say who they are.
  public static let anonymous = Self(403, "Authentication credentials were not provided.")
  /// A write to what is read-only, or by somebody who may not.
  public static let forbidden = Self(403, "You do not have permission to perform this action.")
  /// The key of an earlier request with another request behind it.
  public static let requestKeyReused = Self(409, "This Idempotency-Key belongs to another request.")
  /// Something still names what is to be deleted.
  public static let tied = Self(409, "Other rows refer to this one.")
  /// The row is there already.
  public static let exists = Self(409, "This row exists already.")

  /// The URL does not know the verb.
  public static func wrongVerb(_ verb: String) -> Self { Self(405, "Method \"\(verb)\" not allowed.") }
  /// The body is of a type that cannot be read.
  public static func unsupported(type: String) -> Self {
    Self(415, "Unsupported media type \"\(type)\" in request.")
  }
  /// The body is no object but something of a Python type.
  public static func notAnObject(_ type: String) -> Self {
    Self(Avocado.FieldFaults("non_field_errors", "Invalid data. Expected a dictionary, but got \(type)."))
  }
  /// A row with these fields is there already.
  public static func notUnique(_ fields: String) -> Self {
    Self(Avocado.FieldFaults("non_field_errors", "The fields \(fields) must make a unique set."))
  }
  /// What a field names is not there.
  public static func unknown(_ field: String, key: String) -> Self {
    Self(Avocado.FieldFaults(field, "Invalid pk \"\(key)\" - object does not exist."))
  }
  /// No object of that name.
  public static func unknown(_ field: String, name: String) -> Self {
    Self(Avocado.FieldFaults(field, "Object with name=\(name) does not exist."))
  }
}
