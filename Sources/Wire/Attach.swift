import Model

/// The coordinator's first word: who it is, which run, and what holds for all of the run's attempts.
public struct Attach: Hashable, Sendable, Codable {
  /// What the coordinator speaks.
  public var wire: WireVersions
  /// Sortie's version, for messages.
  public var version: String
  /// The run. A second link for the same run takes the first one's place.
  public var run: RunID
  /// What the coordinator calls this node.
  public var node: String
  /// The highest sequence number the coordinator has; the agent goes on behind it. 0: none.
  public var received: UInt64
  /// How many slots it wants; nil: whatever the agent has.
  public var slots: Int?
  /// Seconds without a frame after which the node ends what it runs for this run.
  public var lease: Double
  /// Environment of every attempt.
  public var environment: [String: String]
  /// Values that are blanked out in everything that leaves the node.
  public var secrets: [String]
  /// The interpreter for the Python drivers.
  public var python: String?

  /// Makes a first word.
  public init(
    wire: WireVersions = .current, version: String, run: RunID, node: String, received: UInt64 = 0, slots: Int? = nil,
    lease: Double = 900, environment: [String: String] = [:], secrets: [String] = [], python: String? = nil
  ) {
    self.wire = wire
    self.version = version
    self.run = run
    self.node = node
    self.received = received
    self.slots = slots
    self.lease = lease
    self.environment = environment
    self.secrets = secrets
    self.python = python
  }
}

/// The agent's first word.
public struct Welcome: Hashable, Sendable, Codable {
  /// The version that both will speak.
  public var wire: Int
  /// The agent's Sortie version.
  public var version: String
  /// Names this life of the agent: another name than before means that it forgot what it was told.
  public var life: String
  /// What the node says about itself.
  public var facts: NodeFacts
  /// The highest sequence number the agent has given out in this run.
  public var sequence: UInt64
  /// The attempts of this run that the agent holds: queued, running, or finished and not acknowledged.
  public var attempts: [AttemptID]
  /// The node's wall clock.
  public var time: Timestamp

  /// Makes a first word.
  public init(
    wire: Int, version: String, life: String, facts: NodeFacts, sequence: UInt64, attempts: [AttemptID], time: Timestamp
  ) {
    self.wire = wire
    self.version = version
    self.life = life
    self.facts = facts
    self.sequence = sequence
    self.attempts = attempts
    self.time = time
  }
}
