import Model

extension Paddles {
  /// A run: jobs that were scheduled together.
  public struct Run: Hashable, Sendable {
    /// The name, unique.
    public var name: String
    /// Who scheduled it.
    public var user: String
    /// For when.
    public var scheduled: Timestamp
    /// When it was made.
    public var posted: Timestamp
    /// What changes with its jobs.
    public var state: State

    /// What of a run changes with its jobs.
    public struct State: Hashable, Sendable {
      /// How many jobs have which status.
      public var counts = RunCounts()
      /// When its job started, the last time that it went to running.
      public var started: Timestamp?
      /// When one of its jobs was last heard of.
      public var updated: Timestamp?
      /// The suite.
      public var suite: String
      /// The branch.
      public var branch: String
      /// The machine type.
      public var machineType: String
      /// The first job in the order of ids as text; nil: there is none.
      public var first: First?

      /// Makes the state of a run without jobs.
      public init(suite: String = "", branch: String = "", machineType: String = "") {
        self.suite = suite
        self.branch = branch
        self.machineType = machineType
      }

      /// What is said of the run as a whole.
      public var status: String { counts.status }
    }

    /// What a run shows of its first job.
    public struct First: Hashable, Sendable {
      /// Its id.
      public var id: String
      /// Which commit it tests.
      public var sha1: SentValue
      /// Which flavor of packages.
      public var flavor: SentValue
      /// How urgent it is; smaller is more urgent.
      public var priority: Int64?

      /// Makes it.
      public init(id: String, sha1: SentValue = .null, flavor: SentValue = .null, priority: Int64? = nil) {
        self.id = id
        self.sha1 = sha1
        self.flavor = flavor
        self.priority = priority
      }
    }

    /// A new run, with what its name says.
    /// - Parameter secondsEast: the zone that the name's time is in.
    public init(named name: String, posted: Timestamp, secondsEast: (Timestamp) -> Int) {
      let parts = RunName(name, secondsEast: secondsEast)
      self.init(
        name: name, user: parts.user, scheduled: parts.scheduled ?? posted, posted: posted,
        state: State(suite: parts.suite, branch: parts.branch, machineType: parts.machineType))
    }

    /// A run as it is.
    public init(name: String, user: String, scheduled: Timestamp, posted: Timestamp, state: State) {
      self.name = name
      self.user = user
      self.scheduled = scheduled
      self.posted = posted
      self.state = state
    }

    /// A name that a run can have.
    /// - Throws: 400 for one that is missing, empty, no text, too long, holds a NUL, or is no segment of a path.
    public static func name(_ value: SentValue) throws(Refusal) -> String {
      switch value {
      case .null, .string(""): throw .missing("name")
      case .other: throw .invalid("'name' must be a string")
      case .string(let name):
        guard name.unicodeScalars.count <= Paddles.nameLimit else {
          throw .invalid("'name' must not have more than \(Paddles.nameLimit) characters")
        }
        guard !name.utf8.contains(0) else { throw .invalid("'name' must not hold a NUL") }
        return try Paddles.segment(name, "name")
      }
    }
  }
}

extension Paddles.Run.State {
  /// Takes what became of a job. Nothing is counted: the counts move by one.
  /// - Parameters:
  ///   - id: the job's id.
  ///   - old: its status before; nil: it is new.
  ///   - new: how it is now.
  ///   - values: what was written of it.
  public mutating func jobChanged(
    _ id: String, from old: Paddles.JobStatus?, to new: Paddles.Job.State, _ values: [Paddles.Job.Key: SentValue]
  ) {
    let before = status
    if let old { counts[old] -= 1 }
    if let status = new.status { counts[status] += 1 }
    if status == "running", before != "running" { started = new.started ?? started }
    updated = new.updated
    suite = values[.suite]?.string ?? suite
    branch = values[.branch]?.string ?? branch
    machineType = values[.machineType]?.string ?? machineType
    if first.map({ id.utf8.lexicographicallyPrecedes($0.id.utf8) }) ?? true { first = Paddles.Run.First(id: id) }
    guard first?.id == id else { return }
    if let sha1 = values[.sha1] { first?.sha1 = sha1 }
    if let flavor = values[.flavor] { first?.flavor = flavor }
    if let priority = values[.priority] { first?.priority = Int64(priority.json) }
  }

  /// Takes the end of a job.
  /// - Parameter next: the first of the jobs that are left.
  public mutating func jobRemoved(_ status: Paddles.JobStatus, next: Paddles.Run.First?) {
    counts[status] -= 1
    first = next
  }
}
