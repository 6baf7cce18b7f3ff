extension Avocado {
  /// A job, without what is in it.
  public struct Job: Hashable, Sendable {
    /// The string id, 1 to 40 characters.
    public var id: String
    /// What it is about.
    public var description: String?
    /// When the server heard of it.
    public var time: DateTime
    /// How long it took, in seconds.
    public var elapsed: Double
    /// How it stands.
    public var status: JobStatus

    /// Makes a job.
    public init(id: String, description: String?, time: DateTime, elapsed: Double, status: JobStatus) {
      self.id = id
      self.description = description
      self.time = time
      self.elapsed = elapsed
      self.status = status
    }
  }

  /// The body of `POST /jobs/`. Beside the documented fields it knows those of 0.2.0: `uniqueident` for the id, `name`
  /// for the description. Who sends one of them and no status is a client of that time, and the job has NOSTATUS.
  public struct JobDraft: Hashable, Sendable {
    /// The id; nil: the server makes one.
    public var id: String?
    /// What it is about.
    public var description: String?
    /// How long it took, in seconds.
    public var elapsed: Double
    /// How it stands.
    public var status: JobStatus

    /// Reads a body.
    /// - Throws: 400 with every fault.
    public init(_ body: Body) throws(Refusal) {
      var reader = FieldReader(body)
      let isOld = body.members["uniqueident"] != nil || body.members["name"] != nil
      id = reader.text("id", or: "uniqueident", limit: jobIDLimit, required: false)
      description = reader.optionalText("description", or: "name", limit: 255) ?? nil
      elapsed = reader.number("elapsed_time") ?? 0
      status = reader.status("status", as: JobStatus.self, required: !isOld) ?? .noStatus
      try reader.finish()
    }
  }

  /// The body of a PUT or PATCH of a job: what is nil stays as it is.
  public struct JobChange: Hashable, Sendable {
    /// The new id.
    public var id: String?
    /// What it is about; the inner nil: nothing.
    public var description: String??
    /// How long it took, in seconds.
    public var elapsed: Double?
    /// How it stands.
    public var status: JobStatus?

    /// Reads a body.
    /// - Throws: 400 with every fault.
    public init(_ body: Body, partial: Bool) throws(Refusal) {
      var reader = FieldReader(body, partial: partial)
      id = reader.text("id", or: "uniqueident", limit: jobIDLimit, required: false)
      description = reader.optionalText("description", or: "name", limit: 255)
      elapsed = reader.number("elapsed_time")
      status = reader.status("status", as: JobStatus.self)
      try reader.finish()
    }
  }

  /// The longest id of a job, in characters.
  public static let jobIDLimit = 40

  /// Writes jobs with what is in them: each is begun, then its activities, then its tests; however many there are.
  public struct JobWriter: Sendable {
    private enum Place { case outside, activities, tests }

    private var place = Place.outside
    private var isFirst = true
    private var isFirstJob = true

    /// No job is begun.
    public init() {}

    /// Begins a job, and ends the one before it.
    public mutating func begin(_ job: Job, _ writer: inout JSONWriter) {
      end(&writer)
      if !isFirstJob { writer.appendComma() }
      writer.append(json: "{")
      writer.append(key: "id", first: true)
      writer.append(string: job.id)
      writer.append(key: "description")
      writer.append(job.description.map { .string($0) } ?? .null)
      writer.append(key: "time")
      writer.append(string: job.time.text)
      writer.append(key: "elapsed_time")
      writer.append(json: "\(job.elapsed)")
      writer.append(key: "status")
      writer.append(string: job.status.name)
      writer.append(key: "activities")
      writer.append(json: "[")
      (place, isFirst, isFirstJob) = (.activities, true, false)
    }

    /// Adds an activity to the job.
    public mutating func append(_ activity: JobActivity, _ writer: inout JSONWriter) {
      if !isFirst { writer.appendComma() }
      isFirst = false
      activity.write(to: &writer)
    }

    /// Adds a test to the job.
    public mutating func append(_ test: Test, _ writer: inout JSONWriter) {
      if place == .activities { openTests(&writer) }
      if !isFirst { writer.appendComma() }
      isFirst = false
      test.write(to: &writer)
    }

    /// Ends the last job.
    public mutating func end(_ writer: inout JSONWriter) {
      guard place != .outside else { return }
      if place == .activities { openTests(&writer) }
      writer.append(json: "]}")
      place = .outside
    }

    private mutating func openTests(_ writer: inout JSONWriter) {
      writer.append(json: "]")
      writer.append(key: "tests")
      writer.append(json: "[")
      (place, isFirst) = (.tests, true)
    }
  }
}
