extension TestAPI.Legacy {
  /// A pod, known by a number: that is its id here.
  public struct Pod: Hashable, Sendable {
    /// From 1.
    public var number: Int
    /// The name.
    public var name: String
    /// By convention `metal` or `virtual`.
    public var mode: SentValue
    /// Anything.
    public var details: SentValue
    /// When it was declared, in server time.
    public var creationDate: String

    /// Makes a pod.
    public init(number: Int, name: String, mode: SentValue, details: SentValue, creationDate: String) {
      self.number = number
      self.name = name
      self.mode = mode
      self.details = details
      self.creationDate = creationDate
    }

    /// The answer to a POST.
    /// - Parameter path: where the pod is, without the server and the base.
    public func added(at path: String) -> [UInt8] {
      var writer = JSONWriter()
      writer.append(json: #"{"pod": "#)
      write(to: &writer)
      writer.append(json: #", "meta": {"success": true, "uri": "#)
      writer.append(string: path)
      writer.append(json: "}}")
      return writer.bytes
    }

    /// What the body of a POST declares; what is absent is the empty string, as today.
    public static func declaration(_ body: TestAPI.Body) throws(TestAPI.Refusal) -> TestAPI.Pod.Declaration {
      _ = try TestAPI.Legacy.name("name", in: body)
      return try TestAPI.Pod.Declaration(body)
    }
  }
}

extension TestAPI.Legacy.Pod: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "pods" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{\"_id\": \(number)")
    writer.append(key: "name")
    writer.append(string: name)
    writer.append(key: "mode")
    writer.append(mode)
    writer.append(key: "details")
    writer.append(details)
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(json: "}")
  }
}
