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
  /// The agent's life that `received` counts in; an agent with another life passes that number over. Nil: any.
  public var life: String?
  /// True: the coordinator has never spoken to an agent of this node in this run. Whatever an agent holds under the run's
  /// name is another run's then.
  public var isNew: Bool?
  /// What the coordinator has of the attempts that it counts on here, for an agent that has to start anew.
  public var held: [HeldAttempt]
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
    wire: WireVersions = .current, version: String, run: RunID, node: String, received: UInt64 = 0,
    life: String? = nil, isNew: Bool? = nil, held: [HeldAttempt] = [], slots: Int? = nil, lease: Double = 900,
    environment: [String: String] = [:], secrets: [String] = [], python: String? = nil
  ) {
    self.wire = wire
    self.version = version
    self.run = run
    self.node = node
    self.received = received
    self.life = life
    self.isNew = isNew
    self.held = held
    self.slots = slots
    self.lease = lease
    self.environment = environment
    self.secrets = secrets
    self.python = python
  }
}

extension Attach {
  private enum CodingKeys: String, CodingKey {
    case wire, version, run, node, received, life, isNew = "new", held, slots, lease, environment, secrets, python
  }

  /// Reads any version's first word; what an older coordinator does not say has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    wire = try container.decode(WireVersions.self, forKey: .wire)
    version = try container.decode(String.self, forKey: .version)
    run = try container.decode(RunID.self, forKey: .run)
    node = try container.decode(String.self, forKey: .node)
    received = try container.decode(UInt64.self, forKey: .received)
    life = try container.decodeIfPresent(String.self, forKey: .life)
    isNew = try container.decodeIfPresent(Bool.self, forKey: .isNew)
    held = try container.decodeIfPresent([HeldAttempt].self, forKey: .held) ?? []
    slots = try container.decodeIfPresent(Int.self, forKey: .slots)
    lease = try container.decode(Double.self, forKey: .lease)
    environment = try container.decode([String: String].self, forKey: .environment)
    secrets = try container.decode([String].self, forKey: .secrets)
    python = try container.decodeIfPresent(String.self, forKey: .python)
  }
}

/// What a coordinator has of an attempt, durably.
public struct HeldAttempt: Hashable, Sendable, Codable {
  /// The attempt.
  public var attempt: AttemptID
  /// Bytes of its output, from the first.
  public var output: Int64

  /// Makes an entry.
  public init(attempt: AttemptID, output: Int64) {
    self.attempt = attempt
    self.output = output
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
  /// The highest one that was acknowledged: what comes next begins behind it, or behind `received` if that is higher.
  /// Nil from agents of Sortie 0.1.
  public var acknowledged: UInt64?
  /// The attempts of this run that the agent holds: queued, running, or finished and not acknowledged.
  public var attempts: [AttemptID]
  /// The node's wall clock.
  public var time: Timestamp

  /// Makes a first word.
  public init(
    wire: Int, version: String, life: String, facts: NodeFacts, sequence: UInt64, acknowledged: UInt64? = nil,
    attempts: [AttemptID], time: Timestamp
  ) {
    self.wire = wire
    self.version = version
    self.life = life
    self.facts = facts
    self.sequence = sequence
    self.acknowledged = acknowledged
    self.attempts = attempts
    self.time = time
  }
}
