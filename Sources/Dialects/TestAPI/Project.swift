extension TestAPI {
  /// A project.
  public struct Project: Hashable, Sendable {
    /// 24 hexadecimal digits.
    public var id: String
    /// When it was declared, in server time.
    public var creationDate: String
    /// Who declared it; empty while there is no sign-in.
    public var creator: String
    /// The name, unique.
    public var name: String
    /// What it is about; usually a string.
    public var description: SentValue

    /// Makes a project.
    public init(id: String, creationDate: String, creator: String, name: String, description: SentValue) {
      self.id = id
      self.creationDate = creationDate
      self.creator = creator
      self.name = name
      self.description = description
    }
  }

  /// What a PUT changes; nil: not named or null, so left as it is.
  public struct ProjectChange: Hashable, Sendable {
    /// The new name.
    public var name: String?
    /// The new description.
    public var description: SentValue?

    /// Reads the body of a PUT. A record as it was read may be sent back whole: what nobody can change is ignored.
    public init(_ body: Body) throws(Refusal) {
      try body.allowOnly(["_id", "creation_date", "creator", "name", "description"], of: "ProjectUpdateRequest")
      if body["name"] != .null { name = try body.name("name") }
      if body["description"] != .null { description = body["description"] }
    }
  }
}

extension TestAPI.Project: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "projects" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "name")
    writer.append(string: name)
    writer.append(key: "description")
    writer.append(description)
    writer.append(key: "creator")
    writer.append(string: creator)
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(json: "}")
  }
}
