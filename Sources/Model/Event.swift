/// One numbered fact of a run: the only interface between running and reporting. The journal holds these; the console,
/// the consolidated log, the reports and the outbox are made from nothing else.
public struct Event: Hashable, Sendable {
  /// Its place in the run, from 1, without gaps.
  public var number: UInt64
  /// When the coordinator learned it, by its own wall clock.
  public var time: Timestamp
  /// What happened.
  public var activity: Activity
  /// The number under which the node reported it; nil for what the coordinator found out by itself. The highest one of a
  /// node is where its stream goes on after a crash of the coordinator.
  public var sequence: UInt64?

  /// Makes an event.
  public init(number: UInt64, time: Timestamp, activity: Activity, sequence: UInt64? = nil) {
    self.number = number
    self.time = time
    self.activity = activity
    self.sequence = sequence
  }
}

/// What can happen in a run.
public enum Activity: Hashable, Sendable {
  case runStarted(RunStarted)
  case runResumed(RunResumed)
  case planned(Plan)
  case nodeReady(NodeReady)
  case nodeLost(NodeLost)
  case nodeExcluded(NodeLost)
  case unitLeased(UnitLeased)
  case attemptStarted(AttemptStarted)
  case output(Output)
  case artifactAnnounced(ArtifactAnnounced)
  case artifact(Artifact)
  case attemptFinished(AttemptFinished)
  case caseFinished(CaseFinished)
  case cancelRequested(CancelRequested)
  case notice(Notice)
  case published(Published)
  case runFinished(RunFinished)
  /// An activity of a newer version: its name. It is kept and passed over.
  case unknown(String)

  /// The first event of a run.
  public struct RunStarted: Hashable, Sendable, Codable {
    /// The run.
    public var run: RunID
    /// Sortie's version.
    public var version: String
    /// The machine that coordinates.
    public var host: String
    /// The command line.
    public var arguments: [String]
    /// The pod, if there is one.
    public var pod: String?
    /// What was installed, and by whom.
    public var installer: String?
    /// What was installed, and by whom.
    public var scenario: String?
    /// The CI job's tag.
    public var buildTag: String?
    /// Where results go, without credentials; empty: nowhere.
    public var servers: [String]
    /// What whoever goes on with the run must know; nil in journals of Sortie 0.1.
    public var settings: Settings?
    /// Makes the activity.
    public init(
      run: RunID, version: String, host: String, arguments: [String], pod: String? = nil, installer: String? = nil,
      scenario: String? = nil, buildTag: String? = nil, servers: [String] = [], settings: Settings? = nil
    ) {
      self.settings = settings
      self.run = run
      self.version = version
      self.host = host
      self.arguments = arguments
      self.pod = pod
      self.installer = installer
      self.scenario = scenario
      self.buildTag = buildTag
      self.servers = servers
    }
  }

  /// What holds for a whole run, as far as it may be written down: no credential is among it.
  public struct Settings: Hashable, Sendable, Codable {
    /// The nodes that may be used.
    public var nodes: [Node]
    /// The file that describes the system under test, absolute; its variables are read again.
    public var sut: String?
    /// The continuous integration's loop, `CI_LOOP`.
    public var loop: String?
    /// Seconds that a node works on without a link.
    public var lease: Double
    /// Seconds that the coordinator waits beyond the lease before it gives a lost node's cases to others.
    public var leaseMargin: Double
    /// Seconds for a case that has no timeout of its own.
    public var timeout: Double
    /// The numbers that the dispatcher goes by.
    public var policy: Policy

    /// Makes settings.
    public init(
      nodes: [Node], sut: String? = nil, loop: String? = nil, lease: Double, leaseMargin: Double, timeout: Double,
      policy: Policy
    ) {
      self.nodes = nodes
      self.sut = sut
      self.loop = loop
      self.lease = lease
      self.leaseMargin = leaseMargin
      self.timeout = timeout
      self.policy = policy
    }
  }

  /// Another process goes on with the run. Every node is out of reach until it is attached again.
  public struct RunResumed: Hashable, Sendable, Codable {
    /// Sortie's version.
    public var version: String
    /// The machine that coordinates from now on.
    public var host: String
    /// Makes the activity.
    public init(version: String, host: String) {
      self.version = version
      self.host = host
    }
  }

  /// A node's agent is attached.
  public struct NodeReady: Hashable, Sendable, Codable {
    /// The node.
    public var node: String
    /// What it says about itself.
    public var facts: NodeFacts
    /// Names the agent's life: another name than before means that it numbers its records anew.
    public var life: String?
    /// Makes the activity.
    public init(node: String, facts: NodeFacts, life: String? = nil) {
      self.node = node
      self.facts = facts
      self.life = life
    }
  }

  /// A node's link broke, or (as `nodeExcluded`) the node gets no more work in this run.
  public struct NodeLost: Hashable, Sendable, Codable {
    /// The node.
    public var node: String
    /// Why.
    public var reason: String
    /// True, for `nodeExcluded`: it was given up, and with it what it had. Else what runs there may end.
    public var isGone: Bool?
    /// Makes the activity.
    public init(node: String, reason: String, isGone: Bool? = nil) {
      self.node = node
      self.reason = reason
      self.isGone = isGone
    }
  }

  /// Some cases of one tier and domain were given to a node.
  public struct UnitLeased: Hashable, Sendable, Codable {
    /// The unit.
    public var unit: UnitID
    /// Whose cases these are.
    public var tier: String
    /// Whose cases these are.
    public var domain: String
    /// Who got them.
    public var node: String
    /// Which attempts, in order.
    public var attempts: [AttemptID]
    /// Makes the activity.
    public init(unit: UnitID, tier: String, domain: String, node: String, attempts: [AttemptID]) {
      self.unit = unit
      self.tier = tier
      self.domain = domain
      self.node = node
      self.attempts = attempts
    }
  }

  /// A slot began to run a case, a set-up or a tear-down.
  public struct AttemptStarted: Hashable, Sendable, Codable {
    /// The attempt.
    public var attempt: AttemptID
    /// Its case; for set-ups and tear-downs `setup:tier:smoke` and the like, which is no planned case.
    public var id: CaseID
    /// Where.
    public var node: String
    /// As part of which unit.
    public var unit: UnitID
    /// The fencing number: of two attempts of one case the one with the higher number counts.
    public var fence: UInt64
    /// When it began, by the node's clock corrected by the measured offset.
    public var began: Timestamp
    /// Makes the activity.
    public init(attempt: AttemptID, id: CaseID, node: String, unit: UnitID, fence: UInt64, began: Timestamp) {
      self.attempt = attempt
      self.id = id
      self.node = node
      self.unit = unit
      self.fence = fence
      self.began = began
    }
  }

  /// An attempt printed something; the bytes stand in its raw log.
  public struct Output: Hashable, Sendable, Codable {
    /// The attempt.
    public var attempt: AttemptID
    /// Where in the raw log, in bytes.
    public var offset: Int64
    /// How many bytes.
    public var length: Int64
    /// Makes the activity.
    public init(attempt: AttemptID, offset: Int64, length: Int64) {
      self.attempt = attempt
      self.offset = offset
      self.length = length
    }
  }

  /// A file that an attempt left is going to come.
  public struct ArtifactAnnounced: Hashable, Sendable, Codable {
    /// The stream it comes on, from 1.
    public var stream: UInt16
    /// The file, as it will be when it is complete.
    public var artifact: Artifact
    /// Makes the activity.
    public init(stream: UInt16, artifact: Artifact) {
      self.stream = stream
      self.artifact = artifact
    }
  }

  /// A file that an attempt left was brought back.
  public struct Artifact: Hashable, Sendable, Codable {
    /// The attempt.
    public var attempt: AttemptID
    /// Its path below the attempt's artifact folder.
    public var path: String
    /// Its size in bytes.
    public var size: Int64
    /// True: the file was larger, and was cut to `size`.
    public var isCut: Bool
    /// Makes the activity.
    public init(attempt: AttemptID, path: String, size: Int64, isCut: Bool) {
      self.attempt = attempt
      self.path = path
      self.size = size
      self.isCut = isCut
    }
  }

  /// An attempt ended.
  public struct AttemptFinished: Hashable, Sendable, Codable {
    /// The attempt.
    public var attempt: AttemptID
    /// Its case.
    public var id: CaseID
    /// Where it ran; nil if it never reached a node.
    public var node: String?
    /// What came of it; its times are corrected by the measured clock offset.
    public var outcome: Outcome
    /// Makes the activity.
    public init(attempt: AttemptID, id: CaseID, node: String?, outcome: Outcome) {
      self.attempt = attempt
      self.id = id
      self.node = node
      self.outcome = outcome
    }
  }

  /// A planned case has its final verdict.
  public struct CaseFinished: Hashable, Sendable, Codable {
    /// The case.
    public var id: CaseID
    /// Its verdict.
    public var verdict: Verdict
    /// Why, where it is no plain pass.
    public var reason: String?
    /// The attempt that decided it; nil for what was not run.
    public var attempt: AttemptID?
    /// How many attempts there were.
    public var attempts: Int
    /// Makes the activity.
    public init(id: CaseID, verdict: Verdict, reason: String? = nil, attempt: AttemptID? = nil, attempts: Int = 0) {
      self.id = id
      self.verdict = verdict
      self.reason = reason
      self.attempt = attempt
      self.attempts = attempts
    }
  }

  /// Somebody wants the run to end.
  public struct CancelRequested: Hashable, Sendable, Codable {
    /// Who or what: `interrupt`, `stop`.
    public var by: String
    /// True: without tear-downs.
    public var now: Bool
    /// Makes the activity.
    public init(by: String, now: Bool) {
      self.by = by
      self.now = now
    }
  }

  /// Something people should know.
  public struct Notice: Hashable, Sendable, Codable {
    /// How much it matters.
    public enum Level: String, Sendable, Codable { case info, warning, error }
    /// How much it matters.
    public var level: Level
    /// The sentence.
    public var text: String
    /// The node it is about.
    public var node: String?
    /// Makes the activity.
    public init(_ level: Level, _ text: String, node: String? = nil) {
      self.level = level
      self.text = text
      self.node = node
    }
  }

  /// A result reached a collection API, or was refused there.
  public struct Published: Hashable, Sendable, Codable {
    /// The case.
    public var id: CaseID
    /// The server, without credentials.
    public var server: String
    /// The result's address there; nil if it was refused.
    public var link: String?
    /// The server's reason, if it was refused.
    public var refusal: String?
    /// Makes the activity.
    public init(id: CaseID, server: String, link: String? = nil, refusal: String? = nil) {
      self.id = id
      self.server = server
      self.link = link
      self.refusal = refusal
    }
  }

  /// The last event of a run's work; only `published` may follow.
  public struct RunFinished: Hashable, Sendable, Codable {
    /// True: the run was interrupted.
    public var isCancelled: Bool
    /// Planned cases that have no verdict, with where they were last seen.
    public var missing: [CaseID]
    /// Seconds from the first event, by the coordinator's monotonic clock.
    public var duration: Double
    /// Makes the activity.
    public init(isCancelled: Bool, missing: [CaseID], duration: Double) {
      self.isCancelled = isCancelled
      self.missing = missing
      self.duration = duration
    }
  }
}
