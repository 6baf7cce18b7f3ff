import GRDB
import Model

/// Which nodes are looked for. All that is said must hold.
public struct NodeFilter: Hashable, Sendable {
  /// The most nodes that run on one another.
  public static let hostLimit = 8

  /// Locked ones or free ones; nil: both.
  public var locked: Bool?
  /// Those that may be used or those that may not; nil: all, whatever is said of them.
  public var up: Bool?
  /// The types that will do; none: all.
  public var machineTypes: [String]
  /// Whose they are; nil: anybody's.
  public var owner: String?
  /// What else they must be, exactly.
  public var attributes: [LabNode.Attribute: String]

  /// Makes a filter.
  public init(
    locked: Bool? = nil, up: Bool? = nil, machineTypes: [String] = [], owner: String? = nil,
    attributes: [LabNode.Attribute: String] = [:]
  ) {
    self.locked = locked
    self.up = up
    self.machineTypes = machineTypes
    self.owner = owner
    self.attributes = attributes
  }

  /// All conditions as one piece, for a query in which the table is called `nodes`.
  var fragment: Fragment {
    var pieces: [Fragment] = []
    if let locked { pieces.append(Fragment(sql: "nodes.locked_by IS \(locked ? "NOT " : "")NULL")) }
    if let up { pieces.append(Fragment(sql: "nodes.up = \(up ? 1 : 0)")) }
    if let type = machineTypes.first, machineTypes.count == 1 {
      pieces.append(Fragment(sql: "nodes.machine_type = ?", arguments: [type]))
    } else if !machineTypes.isEmpty {
      let marks = machineTypes.map { _ in "?" }.joined(separator: ", ")
      pieces.append(Fragment(sql: "nodes.machine_type IN (\(marks))", arguments: machineTypes))
    }
    if let owner { pieces.append(Fragment(sql: "nodes.locked_by = ?", arguments: [owner])) }
    for attribute in LabNode.Attribute.allCases {
      guard let text = attributes[attribute] else { continue }
      pieces.append(Fragment(sql: "nodes.\(attribute.rawValue) = ?", arguments: [text]))
    }
    return .all(pieces)
  }
}

/// Nodes in the order they were added, a chunk at a time.
public struct NodeScan: Sendable {
  /// One chunk, and how to go on; nil: this was the last one.
  public struct Chunk: Sendable {
    /// The nodes.
    public var nodes: [LabNode]
    /// The nodes that these run on, and those that they run on.
    public var hosts: [String: LabNode]
    /// The rest.
    public var rest: NodeScan?
  }

  /// The most nodes in one chunk.
  static let chunkLimit = 256
  /// The bytes of text after which a chunk ends.
  static let byteLimit = 1 << 17

  private var filter: NodeFilter
  private var after: Int64 = 0
  private var remaining: Int

  /// A scan of what a filter finds.
  /// - Parameter limit: the most nodes; nil: all.
  public init(_ filter: NodeFilter, limit: Int? = nil) {
    self.filter = filter
    remaining = limit ?? .max
  }

  fileprivate func next(_ db: Database) throws -> Chunk {
    let wanted = min(remaining, Self.chunkLimit)
    let conditions = filter.fragment
    let sql = "\(LabNode.query) WHERE \(conditions.sql) AND nodes.key > ? ORDER BY nodes.key LIMIT ?"
    let rows = try Row.fetchCursor(db, sql: sql, arguments: StatementArguments(conditions.arguments + [after, wanted]))
    var chunk = Chunk(nodes: [], hosts: [:])
    var rest = self
    var bytes = 0
    while bytes < Self.byteLimit, let row = try rows.next() {
      let node = LabNode(row: row)
      bytes += node.attributes.values.reduce(0) { $0 + $1.utf8.count }
      rest.after = row["key"]
      chunk.nodes.append(node)
    }
    rest.remaining -= chunk.nodes.count
    let isCut = chunk.nodes.count == wanted || bytes >= Self.byteLimit
    if isCut, rest.remaining > 0, wanted > 0 { chunk.rest = rest }
    chunk.hosts = try LabNode.hosts(of: chunk.nodes, db)
    return chunk
  }
}

extension ResultStore {
  /// The next chunk of a scan.
  public func next(_ scan: NodeScan) async throws(Fault) -> NodeScan.Chunk {
    try await read { db in try scan.next(db) }
  }

  /// The node of that name, and those that it runs on.
  public func node(_ name: String) async throws(Fault) -> (node: LabNode, hosts: [String: LabNode])? {
    try await read { db in
      guard let node = try LabNode.fetch(name, db) else { return nil }
      return (node, try LabNode.hosts(of: [node], db))
    }
  }
}

extension LabNode {
  /// The nodes that some run on, and those that they run on, by name.
  static func hosts(of nodes: [LabNode], _ db: Database) throws -> [String: LabNode] {
    var hosts: [String: LabNode] = [:]
    var names = nodes.compactMap(\.host)
    while let name = names.popLast() {
      guard hosts[name] == nil, let host = try fetch(name, db) else { continue }
      hosts[name] = host
      if let next = host.host { names.append(next) }
    }
    return hosts
  }
}
