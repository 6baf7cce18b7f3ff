/// What an attempt ended with.
public enum Verdict: String, Sendable, Codable, CaseIterable {
  /// It ran and met its criteria.
  case pass
  /// It ran and did not.
  case fail
  /// It was not run, by a rule that is named; or it said so itself.
  case skip
  /// The infrastructure failed, not the test.
  case error
}

/// How a process ended.
public enum Ending: Hashable, Sendable {
  /// By itself, with a status.
  case exited(Int32)
  /// By a signal.
  case signalled(Int32)
  /// Ended by us because its time was over.
  case timedOut(afterSeconds: Double)
  /// It never started: the error number, and the program.
  case notSpawned(errno: Int32, program: String)
  /// Ended by us because somebody asked for it.
  case cancelled
}

extension Ending: Codable {
  private enum Key: String, CodingKey {
    case exited, signalled
    case timedOut = "timed_out"
    case notSpawned = "not_spawned"
    case program, cancelled
  }

  /// One key names the case: `{"exited": 0}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let status = try container.decodeIfPresent(Int32.self, forKey: .exited) {
      self = .exited(status)
    } else if let signal = try container.decodeIfPresent(Int32.self, forKey: .signalled) {
      self = .signalled(signal)
    } else if let seconds = try container.decodeIfPresent(Double.self, forKey: .timedOut) {
      self = .timedOut(afterSeconds: seconds)
    } else if let number = try container.decodeIfPresent(Int32.self, forKey: .notSpawned) {
      self = .notSpawned(errno: number, program: try container.decodeIfPresent(String.self, forKey: .program) ?? "")
    } else {
      self = .cancelled
    }
  }

  /// One key names the case: `{"exited": 0}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .exited(let status): try container.encode(status, forKey: .exited)
    case .signalled(let signal): try container.encode(signal, forKey: .signalled)
    case .timedOut(let seconds): try container.encode(seconds, forKey: .timedOut)
    case .notSpawned(let number, let program):
      try container.encode(number, forKey: .notSpawned)
      try container.encode(program, forKey: .program)
    case .cancelled: try container.encode(true, forKey: .cancelled)
    }
  }
}

/// What came of one attempt, as the node saw it.
public struct Outcome: Hashable, Sendable, Codable {
  /// What it ended with.
  public var verdict: Verdict
  /// The percentage that was compared with the criteria; nil where nothing was measured.
  public var result: Double?
  /// One line for people: why it failed, was skipped or erred. Nil for a plain pass.
  public var reason: String?
  /// How the process ended; nil if none was started.
  public var ending: Ending?
  /// When it started and stopped, by the node's wall clock.
  public var started: Timestamp
  /// When it started and stopped, by the node's wall clock.
  public var stopped: Timestamp
  /// Seconds it took, by the node's monotonic clock.
  public var duration: Double
  /// What the driver reports beyond the verdict: counts, failures; published as the result's details.
  public var details: JSONValue?
  /// Names (with process ids) of processes that outlived the case and were ended.
  public var leaked: [String]
  /// Bytes of output that were thrown away because the limit was reached.
  public var outputDropped: Int64

  /// Makes an outcome.
  public init(
    verdict: Verdict, result: Double? = nil, reason: String? = nil, ending: Ending? = nil, started: Timestamp,
    stopped: Timestamp, duration: Double = 0, details: JSONValue? = nil, leaked: [String] = [], outputDropped: Int64 = 0
  ) {
    self.verdict = verdict
    self.result = result
    self.reason = reason
    self.ending = ending
    self.started = started
    self.stopped = stopped
    self.duration = duration
    self.details = details
    self.leaked = leaked
    self.outputDropped = outputDropped
  }
}
