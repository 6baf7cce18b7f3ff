extension Avocado {
  /// Something that happened to a job.
  public struct JobActivity: Record, Hashable {
    /// The job's string id.
    public var job: String
    /// What happened.
    public var activity: String
    /// When.
    public var time: DateTime

    /// Makes an activity.
    public init(job: String, activity: String, time: DateTime) {
      self.job = job
      self.activity = activity
      self.time = time
    }

    /// Appends the record as JSON.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      writer.append(key: "job", first: true)
      writer.append(string: job)
      writer.append(key: "activity")
      writer.append(string: activity)
      writer.append(key: "time")
      writer.append(string: time.text)
      writer.append(json: "}")
    }
  }

  /// Something that happened to a test.
  public struct TestActivity: Record, Hashable {
    /// The test's number.
    public var test: Int64
    /// What happened.
    public var activity: String
    /// When.
    public var time: DateTime
    /// With which status; it does not change the test's own.
    public var status: TestStatus?

    /// Makes an activity.
    public init(test: Int64, activity: String, time: DateTime, status: TestStatus?) {
      self.test = test
      self.activity = activity
      self.time = time
      self.status = status
    }

    /// Appends the record as JSON.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      writer.append(key: "test", first: true)
      writer.append(json: "\(test)")
      writer.append(key: "activity")
      writer.append(string: activity)
      writer.append(key: "time")
      writer.append(string: time.text)
      writer.append(key: "status")
      writer.append(status.map { .string($0.name) } ?? .null)
      writer.append(json: "}")
    }
  }

  /// The body of a POST to the activities of a job or of a test.
  public struct ActivityDraft: Hashable, Sendable {
    /// What happened.
    public var activity: String
    /// When.
    public var time: DateTime
    /// With which status; only tests' activities have one.
    public var status: TestStatus?

    /// Makes a draft.
    public init(activity: String, time: DateTime, status: TestStatus? = nil) {
      self.activity = activity
      self.time = time
      self.status = status
    }

    /// Reads a body.
    /// - Throws: 400 if a field is missing or wrong, 404 for a status that is none.
    public init(_ body: Body, ofTest: Bool) throws(Refusal) {
      let sent = PlainReader(body)
      status = ofTest && (body.members["status"] ?? .null) != .null ? try sent.status("status") : nil
      activity = try sent.text("activity")
      time = try sent.time("time")
    }
  }

  /// A body that goes through a serializer of activities: of `POST …/activity/` and `…/test_activity/`, of PUT and PATCH.
  /// What is nil stays as it is.
  public struct ActivityChange: Hashable, Sendable {
    /// The job, by string id or number, of a job's activity.
    public var job: String?
    /// The test's number, of a test's activity.
    public var test: Int64?
    /// What happened, at most 20 characters.
    public var activity: String?
    /// When.
    public var time: DateTime?
    /// With which status, of a test's activity.
    public var status: TestStatus?

    /// Reads a body.
    /// - Throws: 400 with every fault.
    public init(_ body: Body, ofTest: Bool, partial: Bool = false) throws(Refusal) {
      var reader = FieldReader(body, partial: partial)
      if ofTest { test = reader.key("test") } else { job = reader.reference("job") }
      activity = reader.text("activity", limit: 20)
      time = reader.time("time")
      status = ofTest ? reader.status("status", as: TestStatus.self) : nil
      try reader.finish()
    }
  }

  /// A row of Avocado's journal, as the plugin of the first server sends it to `…/test_activity/` (contract, 1.11). That
  /// client repeats a row for ever unless it is answered 200, so what can be understood is taken.
  public struct JournalRow: Hashable, Sendable {
    /// The job; nil: the one that the URL names.
    public var job: String?
    /// The test's name; a test of that name is made if there is none.
    public var tag: String
    /// What happened, when, and with which status.
    public var draft: ActivityDraft
    /// The word that was sent for the status, where it is none of ours.
    public var foreignStatus: String?

    /// Reads a body; nil if it is no such row.
    public init?(_ body: Body) throws(Refusal) {
      guard body.members["test_tag"] != nil, body.members["test"] == nil else { return nil }
      let sent = PlainReader(body)
      tag = try sent.text("test_tag")
      var reader = FieldReader(body)
      job = reader.reference("job", required: false)
      try reader.finish()
      let word = (body.members["status"] ?? .null) == .null ? nil : try sent.text("status")
      let status = word.flatMap { TestStatus(today: $0) }
      foreignStatus = word == status?.name || word == "" ? nil : word
      draft = ActivityDraft(activity: try sent.text("activity"), time: try sent.time("time"), status: status)
    }
  }
}
