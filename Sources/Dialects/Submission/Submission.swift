import Model

/// Names a submission: unique over all runs of one server, and the same each time it is made from the run's events, so
/// that a run that is resumed makes no second one. For a result it is the attempt's id.
public struct SubmissionID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name.
  public var rawValue: String
  /// Any text.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The name.
  public var description: String { rawValue }
}

/// Something that a server is to learn of a run: a value made from the run's events alone.
public struct Submission: Hashable, Sendable {
  /// How long it is of interest.
  public enum Standing: String, Hashable, Sendable, Codable {
    /// For good: it is never dropped.
    case lasting
    /// Until something later is known of the same subject; dropped only where very much waits.
    case stage
    /// A sign of life: worth nothing once something later is known of the same subject.
    case pulse
  }

  /// What goes to the server.
  public enum Content: Hashable, Sendable {
    /// A Test API result's request body.
    case result([UInt8])
    /// Requests, one after the other. Such submissions reach a server in the order in which they were made.
    case steps([SubmissionStep])
  }

  /// Its name.
  public var id: SubmissionID
  /// What it is about, for people: a case, `job 3 running`.
  public var title: String
  /// The cases whose verdict it carries; they count as published with it.
  public var cases: [CaseID]
  /// What it tells something of, within its run: `job 3`, `test vping`. Later submissions about the same subject may
  /// make earlier ones needless.
  public var subject: String
  /// How long it is of interest.
  public var standing: Standing
  /// Where what it makes can be seen, relative to the server's base; may hold ``SubmissionStep/testPlace``.
  public var link: String
  /// What goes to the server.
  public var content: Content

  /// Makes a submission; `subject` is the title unless said otherwise.
  public init(
    _ id: SubmissionID, title: String, cases: [CaseID] = [], subject: String? = nil, standing: Standing = .lasting,
    link: String = "", _ content: Content
  ) {
    self.id = id
    self.title = title
    self.cases = cases
    self.subject = subject ?? title
    self.standing = standing
    self.link = link
    self.content = content
  }

  /// The result of an attempt for a Test API.
  public init(_ result: ResultSubmission, of id: CaseID, attempt: AttemptID) {
    self.init(
      SubmissionID(rawValue: attempt.rawValue), title: id.rawValue, cases: [id], .result(result.body))
  }
}

/// One request of a submission.
public struct SubmissionStep: Hashable, Sendable, Codable {
  /// How a server can be asked whether it has what a step brings: an object there with these members.
  public struct Question: Hashable, Sendable, Codable {
    /// Where, relative to the server's base: one object, or a list.
    public var path: String
    /// Whether a list comes in pages (`results`, `previous`), which are best read from the last one.
    public var isPaged: Bool
    /// What the object must hold at least.
    public var members: [String: JSONValue]

    /// Makes a question.
    public init(_ path: String, _ members: [String: JSONValue], isPaged: Bool = false) {
      self.path = path
      self.isPaged = isPaged
      self.members = members
    }
  }

  /// Stands in a path for the number that an Avocado server gave the test named ``test``.
  public static let testPlace = "{test}"

  /// `POST`, `PUT` or `PATCH`.
  public var verb: String
  /// Relative to the server's base.
  public var path: String
  /// The body.
  public var body: JSONValue
  /// How to ask whether it is there; nil: it may be sent as often as one likes.
  public var question: Question?
  /// Where the same body makes what a `PUT` did not find; nil: nowhere.
  public var collection: String?
  /// Names the test whose number ``testPlace`` stands for, and where tests are listed.
  public var test: Question?

  /// Makes a step.
  public init(
    _ verb: String, _ path: String, _ body: JSONValue, question: Question? = nil, collection: String? = nil,
    test: Question? = nil
  ) {
    self.verb = verb
    self.path = path
    self.body = body
    self.question = question
    self.collection = collection
    self.test = test
  }
}

/// What a run's events mean to a server: events in, submissions out. A value without clock, disk or network, so that
/// the same events make the same submissions in every process.
public protocol EventMapping: Sendable {
  /// Takes in the next event of the run.
  mutating func take(_ event: Event) -> [Submission]
  /// Time has passed, and nothing else may have happened: what is to be said nevertheless.
  mutating func tick(_ now: Timestamp) -> [Submission]
}

extension EventMapping {
  /// Nothing.
  public mutating func tick(_ now: Timestamp) -> [Submission] { [] }
}
