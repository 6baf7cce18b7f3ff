extension Avocado {
  /// A test of a job.
  public struct Test: Record, Hashable {
    /// The number, unique among all jobs.
    public var key: Int64
    /// The job's string id.
    public var job: String
    /// The name, unique in the job.
    public var tag: String
    /// How it ended; nil: nobody has said so yet.
    public var status: TestStatus?

    /// Makes a test.
    public init(key: Int64, job: String, tag: String, status: TestStatus?) {
      self.key = key
      self.job = job
      self.tag = tag
      self.status = status
    }

    /// Appends the record as JSON.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      writer.append(key: "id", first: true)
      writer.append(json: "\(key)")
      writer.append(key: "job")
      writer.append(string: job)
      writer.append(key: "tag")
      writer.append(string: tag)
      writer.append(key: "status")
      writer.append(status.map { .string($0.name) } ?? .null)
      writer.append(json: "}")
    }
  }

  /// The body of a POST to the tests of a job.
  public struct TestDraft: Hashable, Sendable {
    /// The name.
    public var tag: String
    /// How it ended.
    public var status: TestStatus

    /// Reads a body.
    /// - Throws: 400 if a field is missing, 404 for a status that is none, as the original does.
    public init(_ body: Body) throws(Refusal) {
      let sent = PlainReader(body)
      tag = try sent.text("tag")
      guard body.members["status"] != nil else { throw PlainReader.missing("status") }
      status = try sent.status("status")
    }
  }

  /// The body of a PUT or PATCH of a test: what is nil stays as it is.
  public struct TestChange: Hashable, Sendable {
    /// The job it moves to: string id or number.
    public var job: String?
    /// The name.
    public var tag: String?
    /// How it ended.
    public var status: TestStatus?

    /// Reads a body.
    /// - Throws: 400 with every fault.
    public init(_ body: Body, partial: Bool) throws(Refusal) {
      var reader = FieldReader(body, partial: partial)
      job = reader.reference("job")
      tag = reader.text("tag", limit: 255)
      status = reader.status("status", as: TestStatus.self)
      try reader.finish()
    }
  }
}
