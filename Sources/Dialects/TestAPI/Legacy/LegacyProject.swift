extension TestAPI.Legacy {
  /// A project.
  public struct Project: Hashable, Sendable {
    /// 24 hexadecimal digits.
    public var id: String
    /// The name.
    public var name: String
    /// What it is about.
    public var description: SentValue
    /// When it was declared, in server time.
    public var creationDate: String

    /// Makes a project.
    public init(id: String, name: String, description: SentValue, creationDate: String) {
      self.id = id
      self.name = name
      self.description = description
      self.creationDate = creationDate
    }

    /// What a PUT changes; what is absent, null or empty stays, and so does what nobody knows.
    public static func change(_ body: TestAPI.Body) throws(TestAPI.Refusal) -> (name: String?, description: SentValue?)
    {
      (try newName(in: body), given(body["description"]))
    }
  }

  /// A value that changes something: neither null nor empty.
  static func given(_ value: SentValue) -> SentValue? { value == .null || value == .string("") ? nil : value }
}

extension TestAPI.Legacy.Project: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "test_projects" }

  /// Appends the record as JSON. `test_cases` was never counted: it is 0 for every project.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "name")
    writer.append(string: name)
    writer.append(key: "description")
    writer.append(description)
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(json: #", "test_cases": 0}"#)
  }
}
