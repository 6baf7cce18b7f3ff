import Model

/// A job of Avocado's.
public struct AvocadoJob: Hashable, Sendable {
  /// The number, in the order in which jobs came; never given again.
  public var key: Int64
  /// The string id.
  public var id: String
  /// What it is about.
  public var description: String?
  /// When it was added.
  public var time: Timestamp
  /// How long it took, in seconds.
  public var elapsed: Double
  /// How it stands: the number of a row of the fixture.
  public var status: Int

  /// What is said of a job when it is added.
  public struct Draft: Hashable, Sendable {
    /// The string id.
    public var id: String
    /// What it is about.
    public var description: String?
    /// How long it took, in seconds.
    public var elapsed: Double
    /// How it stands.
    public var status: Int

    /// Makes a draft.
    public init(id: String, description: String? = nil, elapsed: Double = 0, status: Int) {
      self.id = id
      self.description = description
      self.elapsed = elapsed
      self.status = status
    }
  }

  /// What is changed about a job; nil: it stays.
  public struct Change: Hashable, Sendable {
    /// The string id.
    public var id: String?
    /// What it is about; the inner nil: nothing.
    public var description: String??
    /// How long it took, in seconds.
    public var elapsed: Double?
    /// How it stands.
    public var status: Int?

    /// Makes a change.
    public init(id: String? = nil, description: String?? = nil, elapsed: Double? = nil, status: Int? = nil) {
      self.id = id
      self.description = description
      self.elapsed = elapsed
      self.status = status
    }
  }
}

/// A test of a job.
public struct AvocadoTest: Hashable, Sendable {
  /// The number, unique among all jobs.
  public var key: Int64
  /// The job's string id.
  public var job: String
  /// The name, unique in the job.
  public var tag: String
  /// How it ended: the number of a row of the fixture; nil: nobody said.
  public var status: Int?
}

/// Something that happened to a job or to a test.
public struct AvocadoActivity: Hashable, Sendable {
  /// What happened.
  public var activity: String
  /// When, in microseconds since 1970.
  public var time: Int64
  /// With which status; nil: none. A job's activity has none.
  public var status: Int?

  /// Makes an activity.
  public init(activity: String, time: Int64, status: Int? = nil) {
    self.activity = activity
    self.time = time
    self.status = status
  }
}

/// Something that is kept beside a test.
public struct AvocadoDatum: Hashable, Sendable {
  /// What kind of thing it is.
  public var category: String
  /// Which one.
  public var name: String
  /// The bytes; nil: null.
  public var value: [UInt8]?

  /// Makes a datum.
  public init(category: String, name: String, value: [UInt8]?) {
    self.category = category
    self.name = name
    self.value = value
  }
}

/// How many passed (1), failed (2 and 3), and neither.
public struct AvocadoSummary: Hashable, Sendable {
  /// PASS.
  public var passed = 0
  /// FAIL or ERROR.
  public var failed = 0
  /// Anything else.
  public var other = 0

  /// Makes a summary.
  public init(passed: Int = 0, failed: Int = 0, other: Int = 0) {
    self.passed = passed
    self.failed = failed
    self.other = other
  }
}

/// A row of a list with whose it is: a job's string id, or a test's number.
public struct AvocadoOwned<Owner: Hashable & Sendable, Row: Hashable & Sendable>: Hashable, Sendable {
  /// Whose it is.
  public var owner: Owner
  /// The row.
  public var row: Row
}

/// A part of a list.
public struct AvocadoPage<Row: Sendable>: Sendable {
  /// How many rows the whole list has.
  public var total: Int
  /// The part's rows.
  public var rows: [Row]
}

/// Which rows of a list are wanted, decided when their number is known. What it throws is what the query throws.
public typealias AvocadoWindow = @Sendable (_ total: Int) throws -> (offset: Int, limit: Int)

/// Why something is not done.
public enum AvocadoProblem: Error, Hashable, Sendable {
  /// What is named is not there.
  case absent
  /// A shortened id begins several.
  case ambiguous
  /// A row like this is there already.
  case exists
  /// Something names the row, so it stays.
  case tied
  /// What the row shall belong to is not there.
  case parentAbsent
  /// The key of an earlier request with another request behind it.
  case requestKeyReused
}
