extension TestAPI {
  /// A case of a project.
  public struct TestCase: Hashable, Sendable {
    /// What a case may say about itself beyond its name, in the order it is shown.
    public enum Attribute: String, CaseIterable, Sendable {
      case url, description
      case catalogDescription = "catalog_description"
      case tier
      case loop = "ci_loop"
      case criteria, blocking, dependencies, run, domains, tags, version, trust
    }

    /// 24 hexadecimal digits.
    public var id: String
    /// When it was declared, in server time.
    public var creationDate: String
    /// The project it belongs to.
    public var project: String
    /// The name, unique in its project.
    public var name: String
    /// What it says about itself; what is absent is null.
    public var attributes: [Attribute: SentValue]

    /// Makes a case.
    public init(
      id: String, creationDate: String, project: String, name: String, attributes: [Attribute: SentValue]
    ) {
      self.id = id
      self.creationDate = creationDate
      self.project = project
      self.name = name
      self.attributes = attributes
    }

    /// What the body of a POST says about the case; trust is `Silver` unless it says otherwise.
    public static func attributes(_ body: Body) -> [Attribute: SentValue] {
      var attributes: [Attribute: SentValue] = [.trust: .string("Silver")]
      for attribute in Attribute.allCases {
        if let value = body.members[attribute.rawValue] { attributes[attribute] = value }
      }
      return attributes
    }
  }

  /// What a PUT changes; what is not named or null stays as it is.
  public struct TestCaseChange: Hashable, Sendable {
    /// The new name.
    public var name: String?
    /// The new attributes.
    public var attributes: [TestCase.Attribute: SentValue] = [:]

    /// Reads the body of a PUT. A record as it was read may be sent back whole: what nobody can change is ignored.
    public init(_ body: Body) throws(Refusal) {
      let known = ["_id", "creation_date", "project_name", "name"] + TestCase.Attribute.allCases.map(\.rawValue)
      try body.allowOnly(known, of: "TestcaseUpdateRequest")
      if body["name"] != .null { name = try body.name("name") }
      for attribute in TestCase.Attribute.allCases {
        if let value = body.members[attribute.rawValue], value != .null { attributes[attribute] = value }
      }
    }
  }
}

extension TestAPI.TestCase: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "testcases" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "project_name")
    writer.append(string: project)
    writer.append(key: "name")
    writer.append(string: name)
    for attribute in Attribute.allCases {
      writer.append(anyKey: attribute.rawValue)
      writer.append(attributes[attribute] ?? .null)
    }
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(json: "}")
  }
}
