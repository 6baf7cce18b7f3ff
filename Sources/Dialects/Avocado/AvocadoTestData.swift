extension Avocado {
  /// Something that is kept beside a test, as a log.
  public struct TestData: Record, Hashable {
    /// The test's number.
    public var test: Int64
    /// What kind of thing it is.
    public var category: String
    /// Which one, unique in the category.
    public var key: String
    /// The bytes; nil: null was sent.
    public var value: [UInt8]?

    /// Makes a datum.
    public init(test: Int64, category: String, key: String, value: [UInt8]?) {
      self.test = test
      self.category = category
      self.key = key
      self.value = value
    }

    /// Appends the record as JSON, its value in base64.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      writer.append(key: "test", first: true)
      writer.append(json: "\(test)")
      writer.append(key: "category")
      writer.append(string: category)
      writer.append(key: "key")
      writer.append(string: key)
      writer.append(key: "value")
      writer.append(value.map { .string(Base64.text($0)) } ?? .null)
      writer.append(json: "}")
    }
  }

  /// The body of a POST to the data of a test.
  public struct TestDataDraft: Hashable, Sendable {
    /// What kind of thing it is; `default` if nothing is sent.
    public var category: String
    /// Which one.
    public var key: String
    /// The value, ASCII; nil: null.
    public var value: String?

    /// Reads a body.
    /// - Throws: 400 if a field is missing, or the value is no ASCII text.
    public init(_ body: Body) throws(Refusal) {
      let sent = PlainReader(body)
      category = body.members["category"] == nil ? "default" : try sent.text("category")
      key = try sent.text("key")
      switch body.members["value"] {
      case nil: throw PlainReader.missing("value")
      case .null: value = nil
      case .string(let text):
        guard text.utf8.allSatisfy({ $0 < 128 }) else { throw Refusal(400, "value: Only ASCII text can be kept.") }
        value = text
      case .other: throw Refusal(400, "value: Not a valid string.")
      }
    }
  }

  /// The body of a PUT or PATCH of a test's datum: what is nil stays as it is. The value cannot be changed.
  public struct TestDataChange: Hashable, Sendable {
    /// The test it moves to.
    public var test: Int64?
    /// What kind of thing it is.
    public var category: String?
    /// Which one.
    public var key: String?

    /// Reads a body.
    /// - Throws: 400 with every fault.
    public init(_ body: Body, partial: Bool) throws(Refusal) {
      var reader = FieldReader(body, partial: partial)
      test = reader.key("test")
      category = reader.text("category", limit: 255, required: false)
      key = reader.text("key", limit: 255)
      try reader.finish()
    }
  }
}
