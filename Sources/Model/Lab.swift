/// The inventory of nodes.
public struct Lab: Hashable, Sendable, Codable {
  /// The nodes in file order.
  public var nodes: [Node]

  /// Makes a lab.
  public init(nodes: [Node]) { self.nodes = nodes }
}

/// A machine that an agent runs on.
public struct Node: Hashable, Sendable, Codable {
  /// How to reach the machine.
  public enum Address: Hashable, Sendable, Codable {
    /// This machine, without SSH.
    case local
    /// Over SSH. A nil user or port is left to `ssh_config` and its defaults.
    case ssh(host: String, port: Int?, user: String?)
  }

  /// The name, unique in a lab.
  public var name: String
  /// How to reach it.
  public var address: Address
  /// The pinned host key as in known_hosts: `ssh-ed25519 AAAA…`. Required for SSH.
  public var hostKey: String?
  /// A private key file; nil: SSH agent and `ssh_config`.
  public var identity: String?
  /// An `ssh_config` to read instead of the user's own.
  public var sshConfig: String?
  /// Labels that cases may require.
  public var labels: [String: String]
  /// How many attempts run at once; nil: as many as the node has cores.
  public var slots: Int?
  /// The folder that holds the agent's work directories; nil: the first writable one of the agent's own list.
  public var directory: String?
  /// The Python interpreter for the Python drivers; nil: `python3` of the node.
  public var python: String?
  /// True: gets no new work.
  public var isDrained: Bool
  /// Where the node stands in the lab file.
  public var location: SourceLocation?

  /// Makes a node.
  public init(
    name: String, address: Address, hostKey: String? = nil, identity: String? = nil, sshConfig: String? = nil,
    labels: [String: String] = [:], slots: Int? = nil, directory: String? = nil, python: String? = nil,
    isDrained: Bool = false, location: SourceLocation? = nil
  ) {
    self.name = name
    self.address = address
    self.hostKey = hostKey
    self.identity = identity
    self.sshConfig = sshConfig
    self.labels = labels
    self.slots = slots
    self.directory = directory
    self.python = python
    self.isDrained = isDrained
    self.location = location
  }
}

/// What a node says about itself.
public struct NodeFacts: Hashable, Sendable, Codable {
  /// The kernel's name and release.
  public var system: String
  /// `x86_64` and so on.
  public var architecture: String
  /// Logical cores that the agent may use.
  public var cores: Int
  /// Bytes of memory.
  public var memory: Int64
  /// Free bytes on the file system of the work directory.
  public var diskFree: Int64
  /// The node's clock minus the coordinator's, in milliseconds; nil until measured.
  public var clockOffset: Double?
  /// Half the round trip of that measurement, in milliseconds: the offset's uncertainty.
  public var clockUncertainty: Double?
  /// The machine's id, for telling apart two names of one machine.
  public var machine: String
  /// The work directory in use.
  public var directory: String
  /// Slots that this agent holds.
  public var slots: Int
  /// What the operator should know: logind's KillUserProcesses, RemoveIPC, noexec folders passed over.
  public var warnings: [String]

  /// Makes facts.
  public init(
    system: String = "", architecture: String = "", cores: Int = 1, memory: Int64 = 0, diskFree: Int64 = 0,
    clockOffset: Double? = nil, clockUncertainty: Double? = nil, machine: String = "", directory: String = "",
    slots: Int = 1, warnings: [String] = []
  ) {
    self.system = system
    self.architecture = architecture
    self.cores = cores
    self.memory = memory
    self.diskFree = diskFree
    self.clockOffset = clockOffset
    self.clockUncertainty = clockUncertainty
    self.machine = machine
    self.directory = directory
    self.slots = slots
    self.warnings = warnings
  }
}
