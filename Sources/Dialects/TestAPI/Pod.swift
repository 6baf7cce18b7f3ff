extension TestAPI {
  /// A pod.
  public struct Pod: Hashable, Sendable {
    /// What a client says about a pod when it declares it.
    public struct Declaration: Hashable, Sendable {
      /// The name, unique.
      public var name: String
      /// By convention `metal` or `virtual`.
      public var mode: SentValue
      /// By convention `community-ci` or `production-ci`.
      public var role: SentValue
      /// Anything.
      public var details: SentValue

      /// Reads the body of a POST; what is absent is the empty string.
      public init(_ body: Body) throws(Refusal) {
        name = try body.name("name")
        mode = body.members["mode"] ?? .string("")
        role = body.members["role"] ?? .string("")
        details = body.members["details"] ?? .string("")
      }

      /// Makes a declaration.
      public init(name: String, mode: SentValue, role: SentValue, details: SentValue) {
        self.name = name
        self.mode = mode
        self.role = role
        self.details = details
      }
    }

    /// 24 hexadecimal digits.
    public var id: String
    /// When it was declared, in server time.
    public var creationDate: String
    /// Who declared it; empty while there is no sign-in.
    public var creator: String
    /// What was declared.
    public var declared: Declaration

    /// Makes a pod.
    public init(id: String, creationDate: String, creator: String, declared: Declaration) {
      self.id = id
      self.creationDate = creationDate
      self.creator = creator
      self.declared = declared
    }
  }
}

extension TestAPI.Pod: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "pods" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "name")
    writer.append(string: declared.name)
    writer.append(key: "mode")
    writer.append(declared.mode)
    writer.append(key: "role")
    writer.append(declared.role)
    writer.append(key: "details")
    writer.append(declared.details)
    writer.append(key: "creator")
    writer.append(string: creator)
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(json: "}")
  }
}
