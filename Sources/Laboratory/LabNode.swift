import Model

/// One node of a lab on this machine.
public struct LabNode: Hashable, Sendable, Codable {
  /// `n1`, `n2` …
  public var name: String
  /// The port of its server, on 127.0.0.1.
  public var port: Int
  /// The user that its server lets in.
  public var user: String
  /// Its host key as in known_hosts: `ssh-ed25519 AAAA…`.
  public var hostKey: String
  /// The private key that it lets in.
  public var identity: String
  /// Its folder; what follows lies below it.
  public var folder: String
  /// How many attempts it runs at once; nil: as many as there are cores.
  public var slots: Int?
  /// The interpreter for the Python drivers there; nil: `python3`.
  public var python: String?
  /// Its server's process.
  public var server: ProcessMark
  /// Whether the paths to hide are hidden from it.
  public var isIsolated: Bool

  /// HOME of everything that runs there.
  public var home: String { folder + "/home" }
  /// Where its agent works.
  public var directory: String { folder + "/work" }
  /// Its server's configuration.
  public var configuration: String { folder + "/sshd_config" }
  /// The public keys that it lets in, one a line; read anew at each connection.
  public var authorizedKeys: String { folder + "/authorized_keys" }
  /// What its server says.
  public var log: String { folder + "/sshd.log" }
  /// Written by the server when it listens.
  var pidFile: String { folder + "/sshd.pid" }
  /// Its private host key.
  var hostKeyFile: String { folder + "/host_key" }

  /// The node as a lab's inventory has it.
  public var node: Node {
    Node(
      name: name, address: .ssh(host: "127.0.0.1", port: port, user: user), hostKey: hostKey, identity: identity,
      slots: slots, directory: directory, python: python)
  }
}

/// How a node of a lab fares.
public struct LabStatus: Hashable, Sendable {
  /// The node.
  public var node: LabNode
  /// Whether its server runs.
  public var isUp: Bool
  /// Names and ids of its other processes: sessions, agents, cases.
  public var processes: [String]

  /// Makes a status.
  public init(node: LabNode, isUp: Bool, processes: [String]) {
    self.node = node
    self.isUp = isUp
    self.processes = processes
  }
}
