import Model

extension Paddles {
  /// A queue of jobs; which jobs are in it, the jobs say.
  public struct Queue: Hashable, Sendable {
    /// The name, unique.
    public var name: String
    /// Who stopped it last.
    public var pausedBy: String?
    /// When it was stopped last.
    public var pausedSince: Timestamp?
    /// When it goes on by itself.
    public var pausedUntil: Timestamp?

    /// Makes a queue.
    public init(name: String, pausedBy: String? = nil, pausedSince: Timestamp? = nil, pausedUntil: Timestamp? = nil) {
      self.name = name
      self.pausedBy = pausedBy
      self.pausedSince = pausedSince
      self.pausedUntil = pausedUntil
    }

    /// Whether it gives out no jobs.
    public func isPaused(at now: Timestamp) -> Bool { pausedUntil.map { now <= $0 } ?? false }

    /// Changes what an update names.
    /// - Throws: 403 if it is to be stopped and is; 400 if nobody says by whom.
    public mutating func update(_ update: QueueUpdate, now: Timestamp) throws(Refusal) {
      if update.seconds != nil {
        guard !isPaused(at: now) else { throw .forbidden("Cannot pause an already-paused queue") }
        guard case .set = update.pausedBy else { throw .invalid("Cannot pause without specifying paused_by") }
      }
      update.pausedBy.apply(to: &pausedBy)
      update.pausedSince.apply(to: &pausedSince)
      update.pausedUntil.apply(to: &pausedUntil)
      if let seconds = update.seconds {
        pausedSince = now
        pausedUntil = now.advanced(bySeconds: seconds)
      }
    }
  }

  /// What a request says about a queue.
  public struct QueueUpdate: Hashable, Sendable {
    /// Which one.
    public var name: String
    /// Who stops it; never empty.
    public var pausedBy = Setting<String>.keep
    /// Since when it stands.
    public var pausedSince = Setting<Timestamp>.keep
    /// Until when; null lets it go on.
    public var pausedUntil = Setting<Timestamp>.keep
    /// For how long it is stopped from now on; nil: it is not.
    public var seconds: Double?

    /// Reads a body.
    /// - Throws: 400 without a name, or for values of the wrong type.
    public init(_ body: Fields) throws(Refusal) {
      guard let name = try body.text("queue"), !name.isEmpty else { throw .missing("queue") }
      self.name = name
      if body.members["paused_by"] != nil {
        let owner = try body.text("paused_by") ?? ""
        pausedBy = owner.isEmpty ? .clear : .set(owner)
      }
      if body.members["paused_since"] != nil { pausedSince = try body.time("paused_since").map(Setting.set) ?? .clear }
      if body.members["paused_until"] != nil { pausedUntil = try body.time("paused_until").map(Setting.set) ?? .clear }
      seconds = try body.number("pause_duration")
    }
  }
}

extension Paddles.Queue {
  /// Appends the queue as JSON.
  public func write(to writer: inout JSONWriter, now: Timestamp) {
    writer.append(json: "{")
    writer.append(key: "queue", first: true)
    writer.append(string: name)
    writer.append(key: "paused")
    writer.append(json: isPaused(at: now) ? "true" : "false")
    writePause(&writer)
    writer.append(json: "}")
  }

  /// Appends the answer of `/queue/stats/`; by whom and until when the queue stands, only while it does.
  /// - Parameter jobs: how many wait in it.
  public func writeStats(to writer: inout JSONWriter, jobs: Int, now: Timestamp) {
    writer.append(json: "{")
    writer.append(key: "queue", first: true)
    writer.append(string: name)
    writer.append(key: "queued_jobs")
    writer.append(json: String(jobs))
    writer.append(key: "paused")
    writer.append(json: isPaused(at: now) ? "true" : "false")
    if isPaused(at: now) { writePause(&writer) }
    writer.append(json: "}")
  }

  private func writePause(_ writer: inout JSONWriter) {
    writer.append(key: "paused_by")
    writer.append(pausedBy.map(SentValue.string) ?? .null)
    writer.append(key: "paused_since")
    writer.append(pausedSince.map { .string(Paddles.text($0)) } ?? .null)
    writer.append(key: "paused_until")
    writer.append(pausedUntil.map { .string(Paddles.text($0)) } ?? .null)
  }
}
