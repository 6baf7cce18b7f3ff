import Model
import Scheduling

/// What holds for a whole run.
public struct RunSettings: Sendable {
  /// The first event: who runs what where.
  public var header: Activity.RunStarted
  /// The nodes that may be used.
  public var nodes: [Node]
  /// Environment of every attempt: the SUT's variables and the run's.
  public var environment: [String: String]
  /// Values that are blanked out on the nodes.
  public var secrets: [String]
  /// Seconds that a node works on without a link.
  public var lease: Double
  /// Seconds that the coordinator waits beyond the lease before it gives a lost node's cases to others.
  public var leaseMargin: Double
  /// Seconds for a case that has no timeout of its own.
  public var timeout: Double
  /// Seconds between TERM and KILL.
  public var grace: Double
  /// Bytes of output kept for a case that has no limit of its own.
  public var outputLimit: Int64
  /// The numbers that the dispatcher goes by.
  public var policy: Policy
  /// Seconds between two signs of life to a node.
  public var heartbeat: Double
  /// Seconds without a sign of life from a node after which its line is taken for dead.
  public var silence: Double
  /// Seconds until something that failed (a line, the disk) is tried again for the first time.
  public var retryPause: Double

  /// Makes settings.
  public init(
    header: Activity.RunStarted, nodes: [Node], environment: [String: String] = [:], secrets: [String] = [],
    lease: Double = 900, leaseMargin: Double = 15, timeout: Double = 3600, grace: Double = 5,
    outputLimit: Int64 = 2 << 30, policy: Policy = Policy(), heartbeat: Double = 2.5, silence: Double = 7,
    retryPause: Double = 0.2
  ) {
    self.header = header
    self.nodes = nodes
    self.environment = environment
    self.secrets = secrets
    self.lease = lease
    self.leaseMargin = leaseMargin
    self.timeout = timeout
    self.grace = grace
    self.outputLimit = outputLimit
    self.policy = policy
    self.heartbeat = heartbeat
    self.silence = silence
    self.retryPause = retryPause
  }
}

/// An event as it became durable, with what sinks need beside it.
public struct Recorded: Sendable {
  /// The event.
  public var event: Event
  /// Its JSON, one line without the newline.
  public var line: [UInt8]
  /// The bytes of an ``Model/Activity/output(_:)``; empty for others.
  public var output: ArraySlice<UInt8>

  /// Makes a record of an event that is durable.
  public init(event: Event, line: [UInt8], output: ArraySlice<UInt8> = []) {
    self.event = event
    self.line = line
    self.output = output
  }
}
