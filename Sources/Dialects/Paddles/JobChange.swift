import Model

extension Paddles.Job {
  /// What a client sends about a job, as columns would keep it.
  public struct Change: Hashable, Sendable {
    /// What is to be kept, without the id and the status.
    public var values: [Key: SentValue] = [:]
    /// The id; nil: not sent. A job that is there keeps the id it has.
    public var id: String?
    /// The status.
    public var status: Paddles.JobStatus?
    /// When it was last heard of, in UTC, where the client knows better; nil: now.
    public var updated: Timestamp?

    /// An empty change: a sign of life.
    public init() {}

    /// Reads the members of a body. Hyphens in keys are underscores; unknown keys are dropped.
    /// - Parameter secondsEast: the zone of `updated`.
    /// - Throws: 400 that names the first key, in order of the alphabet, whose value its column cannot keep.
    public init(_ members: [String: SentValue], secondsEast: (Timestamp) -> Int) throws(Paddles.Refusal) {
      for (name, value) in members.sorted(by: { $0.key < $1.key }) {
        let name = String(name.map { $0 == "-" ? "_" : $0 })
        guard let key = Key(rawValue: name) else {
          if name == "updated" { updated = try Self.updated(value, secondsEast) }
          continue
        }
        switch key {
        case .jobID:
          let id = try key.column(value).string
          if let id, !id.isEmpty { self.id = try Paddles.segment(id, "job_id") }
        case .status:
          guard let status = value.string.flatMap(Paddles.JobStatus.init(rawValue:)) else { throw Self.badStatus }
          self.status = status
        default: values[key] = try key.column(value)
        }
      }
    }

    private static let badStatus = Paddles.Refusal.invalid(
      "'status' must be one of " + Paddles.JobStatus.allCases.map(\.rawValue).sorted().joined(separator: ", "))

    private static func updated(_ value: SentValue, _ secondsEast: (Timestamp) -> Int) throws(Paddles.Refusal)
      -> Timestamp?
    {
      if value == .null { return nil }
      guard let local = value.string.flatMap(Paddles.time) else {
        throw .invalid("'updated' must match %Y-%m-%d %H:%M:%S")
      }
      return Paddles.utc(local, secondsEast)
    }

    /// The nodes it runs on: the hosts in `{"user@host": key}`; nil: not sent, or something else.
    public var hosts: [String]? {
      guard let targets = values[.targets], case .object(let members)? = try? JSONBody(targets) else { return nil }
      let names = members.keys.map { $0.split(separator: "@").last.map(String.init) ?? "" }
      return Set(names.filter(Self.isHost)).sorted()
    }

    private static func isHost(_ name: String) -> Bool {
      (1...Paddles.nameLimit).contains(name.utf8.count) && !name.utf8.contains(0) && name != "." && name != ".."
    }

    /// What the job succeeded in, where it says so: true, false, or null.
    fileprivate var success: SentValue? { values[.success] }
  }

  /// What changes in a job by rules, and not just because it was sent.
  public struct State: Hashable, Sendable {
    /// What it is doing; nil: it is only being made.
    public var status: Paddles.JobStatus?
    /// When it first ran.
    public var started: Timestamp?
    /// When it was last heard of.
    public var updated: Timestamp?

    /// A job that is only being made.
    public init() {}

    /// A job as it is.
    public init(status: Paddles.JobStatus, started: Timestamp?, updated: Timestamp) {
      self.status = status
      self.started = started
      self.updated = updated
    }

    /// Takes a change. What is finished stays so against any status, so that a late `dead` does no harm; only
    /// `success` by itself turns it. A job starts when it runs after having waited in its queue, or at once.
    /// - Returns: what of the change is to be kept: a priority only as long as the job is queued.
    public mutating func update(_ change: Change, now: Timestamp) -> [Key: SentValue] {
      let old = status
      if let new = change.status {
        if old != .pass, old != .fail { status = new }
      } else if let success = change.success {
        status = Self.status(success)
      } else if old == nil {
        status = .unknown
      }
      if status == .running, old == nil || old == .queued { started = now }
      updated = change.updated ?? now
      var values = change.values
      if let old, old != .queued { values[.priority] = nil }
      return values
    }

    private static func status(_ success: SentValue) -> Paddles.JobStatus {
      switch success {
      case .other(json: "true"): .pass
      case .other(json: "false"): .fail
      default: .unknown
      }
    }
  }
}
