extension TestAPI {
  /// A scenario as it is listed and shown.
  public struct ScenarioRecord: Hashable, Sendable {
    /// 24 hexadecimal digits.
    public var id: String
    /// When it was declared, in server time.
    public var creationDate: String
    /// The name, unique.
    public var name: String
    /// Its installers as JSON text.
    public var installers: String

    /// Makes a scenario.
    public init(id: String, creationDate: String, name: String, installers: String) {
      self.id = id
      self.creationDate = creationDate
      self.name = name
      self.installers = installers
    }
  }

  /// What the PUT of a scenario changes: its name, nothing else.
  public struct ScenarioChange: Hashable, Sendable {
    /// The new name; nil: not named or null, so left as it is.
    public var name: String?

    /// Reads the body of a PUT.
    public init(_ body: Body) throws(Refusal) {
      try body.allowOnly(["_id", "creation_date", "name"], of: "ScenarioUpdateRequest")
      if body["name"] != .null { name = try body.name("name") }
    }
  }
}

extension TestAPI.ScenarioRecord: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "scenarios" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "name")
    writer.append(string: name)
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(key: "installers")
    writer.append(json: installers)
    writer.append(json: "}")
  }
}
