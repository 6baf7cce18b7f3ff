import Model

extension Report {
  /// One attempt of a case, a set-up or a tear-down.
  public struct Attempt: Hashable, Sendable, Codable {
    /// The attempt.
    public var attempt: String
    /// Where it ran; nil if it never reached a node.
    @OrNull public var node: String?
    /// What it ended with; nil if nobody heard.
    @OrNull public var verdict: Verdict?
    /// The percentage it measured.
    @OrNull public var result: Double?
    /// Why, where it is no plain pass.
    @OrNull public var reason: String?
    /// When it started, by the node's corrected clock.
    @OrNull public var started: Timestamp?
    /// When it stopped, by the node's corrected clock.
    @OrNull public var stopped: Timestamp?
    /// Seconds it took, by the node's monotonic clock.
    @OrNull public var duration: Double?
    /// Its raw log, relative to the run's folder; nil if it printed nothing.
    @OrNull public var log: String?
    /// Processes that outlived it and were ended.
    public var leaked: [String]
    /// Bytes of output beyond the limit, which were thrown away.
    public var outputDropped: Int64
    /// Files it left.
    public var artifacts: [Artifact]

    private enum CodingKeys: String, CodingKey {
      case attempt, node, verdict, result, reason, started, stopped, duration, log, leaked
      case outputDropped = "output_dropped"
      case artifacts
    }

    init(_ state: AttemptState) {
      attempt = state.id.rawValue
      node = state.node
      verdict = state.outcome?.verdict
      result = finite(state.outcome?.result)
      reason = state.outcome?.reason
      started = state.outcome?.started ?? state.began
      stopped = state.outcome?.stopped
      duration = finite(state.outcome?.duration)
      log = state.log
      leaked = state.outcome?.leaked ?? []
      outputDropped = state.outcome?.outputDropped ?? 0
      artifacts = state.artifacts.map { Artifact(path: $0.path, size: $0.size, isCut: $0.isCut) }
    }
  }

  /// A file that an attempt left.
  public struct Artifact: Hashable, Sendable, Codable {
    /// Its path below the attempt's artifact folder.
    public var path: String
    /// Its size in bytes.
    public var size: Int64
    /// True: the file was larger, and was cut to `size`.
    public var isCut: Bool

    private enum CodingKeys: String, CodingKey {
      case path, size
      case isCut = "cut"
    }
  }

  /// One node.
  public struct Node: Hashable, Sendable, Codable {
    /// The node.
    public var name: String
    /// How it stands at the end.
    public var state: NodeState.Standing
    /// Why it is lost or excluded; nil where nobody said.
    @OrNull public var reason: String?
    /// The kernel's name and release; nil if the node was never ready.
    @OrNull public var system: String?
    /// `x86_64` and so on; nil if the node was never ready.
    @OrNull public var architecture: String?
    /// Logical cores; nil if the node was never ready.
    @OrNull public var cores: Int?
    /// Bytes of memory; nil if the node was never ready.
    @OrNull public var memory: Int64?
    /// Attempts that it ran at once; nil if the node was never ready.
    @OrNull public var slots: Int?
    /// Attempts that ended on it.
    public var attempts: Int

    init(_ node: NodeState) {
      name = node.name
      state = node.standing
      reason = node.reason
      system = node.facts?.system
      architecture = node.facts?.architecture
      cores = node.facts?.cores
      memory = node.facts?.memory
      slots = node.facts?.slots
      attempts = node.attempts
    }
  }
}
