import GRDB
import Model

/// A machine of a lab.
public struct LabNode: Hashable, Sendable {
  /// What a node may say about itself in text; each is a column of that name.
  public enum Attribute: String, CaseIterable, Sendable {
    case description, arch
    case machineType = "machine_type"
    case osType = "os_type"
    case osVersion = "os_version"
    case macAddress = "mac_address"
    case sshKey = "ssh_pub_key"
  }

  /// The name, unique.
  public var name: String
  /// What it says about itself; what is missing is null.
  public var attributes: [Attribute: String] = [:]
  /// Whether it may be used; nil: nobody said.
  public var up: Bool?
  /// Whether it is a virtual machine.
  public var isVM = false
  /// The name of the node that it runs on.
  public var host: String?
  /// Who holds it and since when; nil: it is free.
  public var lock: Lock?

  /// Who holds a node.
  public struct Lock: Hashable, Sendable {
    /// Who.
    public var owner: String
    /// Since when.
    public var since: Timestamp

    /// Makes a lock.
    public init(owner: String, since: Timestamp) {
      self.owner = owner
      self.since = since
    }
  }

  /// Makes a free node that nobody has said anything about.
  public init(name: String) { self.name = name }
}

extension LabNode {
  /// What is selected from where; `nodes` may be narrowed by a condition behind it.
  static let query = """
    SELECT nodes.*, hosts.name AS host_name FROM paddles_nodes AS nodes
    LEFT JOIN paddles_nodes AS hosts ON hosts.key = nodes.vm_host
    """

  init(row: Row) {
    name = row["name"]
    up = row["up"]
    isVM = row["is_vm"]
    host = row["host_name"]
    if let owner: String = row["locked_by"] {
      lock = Lock(owner: owner, since: Timestamp(nanoseconds: row["locked_since"]))
    }
    for attribute in Attribute.allCases { attributes[attribute] = row[attribute.rawValue] }
  }

  /// The row of a name.
  static func fetch(_ name: String, _ db: Database) throws -> LabNode? {
    try Row.fetchOne(db.cachedStatement(sql: query + " WHERE nodes.name = ?"), arguments: [name])
      .map(LabNode.init(row:))
  }

  private static let settings = (["up", "is_vm", "locked_by", "locked_since"] + Attribute.allCases.map(\.rawValue))
    .map { "\($0) = ?" }.joined(separator: ", ")

  /// Writes everything but the host over the row of the same name.
  func update(_ db: Database) throws {
    let head: [(any DatabaseValueConvertible)?] = [up, isVM, lock?.owner, lock?.since.nanoseconds]
    let texts: [(any DatabaseValueConvertible)?] = Attribute.allCases.map { attributes[$0] }
    try db.run(
      "UPDATE paddles_nodes SET \(Self.settings) WHERE name = ?", StatementArguments(head + texts + [name]))
  }
}
