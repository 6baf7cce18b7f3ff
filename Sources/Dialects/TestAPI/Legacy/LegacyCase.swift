extension TestAPI.Legacy {
  /// A case of a project.
  public struct TestCase: Hashable, Sendable {
    /// 24 hexadecimal digits.
    public var id: String
    /// The name.
    public var name: String
    /// What it does.
    public var description: SentValue
    /// Where to read about it.
    public var url: SentValue
    /// When it was declared, in server time.
    public var creationDate: String

    /// Makes a case.
    public init(id: String, name: String, description: SentValue, url: SentValue, creationDate: String) {
      self.id = id
      self.name = name
      self.description = description
      self.url = url
      self.creationDate = creationDate
    }

    /// What a PUT changes; what is absent, null or empty stays, and so does what nobody knows.
    /// - Throws: 400 if the case is to move to another project.
    public static func change(_ body: TestAPI.Body, of project: String) throws(TestAPI.Refusal)
      -> (name: String?, attributes: [TestAPI.TestCase.Attribute: SentValue])
    {
      guard [.null, .string(""), .string(project)].contains(body["project_name"]) else {
        throw TestAPI.Refusal(400, "project_name cannot be changed")
      }
      var attributes: [TestAPI.TestCase.Attribute: SentValue] = [:]
      for attribute in [TestAPI.TestCase.Attribute.description, .url] {
        attributes[attribute] = given(body[attribute.rawValue])
      }
      return (try newName(in: body), attributes)
    }
  }
}

extension TestAPI.Legacy.TestCase: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "test_cases" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "name")
    writer.append(string: name)
    writer.append(key: "description")
    writer.append(description)
    writer.append(key: "url")
    writer.append(url)
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(json: "}")
  }
}
