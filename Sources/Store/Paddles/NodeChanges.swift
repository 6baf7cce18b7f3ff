import GRDB
import Model

/// What came of changing nodes.
public enum NodeChange<Refusal: Error & Hashable>: Sendable, Hashable {
  /// They are changed; this is how they are now, and the nodes that they run on, by name.
  case changed([LabNode], hosts: [String: LabNode])
  /// Not all of them are there.
  case absent
  /// One of that name was there already.
  case exists
  /// The rules forbid it; nothing is changed.
  case refused(Refusal)
  /// The node that one is to run on is not there, or in the end runs on that one itself.
  case hostUnfit
  /// So few are free of those that were asked for.
  case tooFew(available: Int)
}

extension ResultStore {
  /// Adds a node.
  /// - Parameter refusals: what the caller's rules refuse with.
  public func addNode<Refusal>(_ node: LabNode, refusals: Refusal.Type) async throws(Fault) -> NodeChange<Refusal> {
    try await write { db in
      if try db.finds("SELECT 1 FROM paddles_nodes WHERE name = ?", [node.name]) { return .exists }
      try db.run("INSERT INTO paddles_nodes (name) VALUES (?)", [node.name])
      try node.update(db)
      guard try node.host == nil || LabNode.put(node.name, on: node.host, db) else {
        try db.run("DELETE FROM paddles_nodes WHERE name = ?", [node.name])
        return .hostUnfit
      }
      return .changed([node], hosts: [:])
    }
  }

  /// Changes nodes all together or not at all.
  /// - Parameters:
  ///   - names: which.
  ///   - change: the rules: changes one node, or says why not. It runs in the writer's transaction: it sees what is
  ///     there, and nothing comes between.
  public func changeNodes<Refusal>(
    _ names: [String], _ change: @escaping @Sendable (inout LabNode) throws(Refusal) -> Void
  ) async throws(Fault) -> NodeChange<Refusal> {
    try await write { db in
      var nodes: [LabNode] = []
      for name in names {
        guard let node = try LabNode.fetch(name, db) else { return .absent }
        nodes.append(node)
      }
      return try LabNode.change(nodes, change, db)
    }
  }

  /// Changes so many free nodes, or none if there are fewer: those that were added first.
  /// - Parameters:
  ///   - count: how many.
  ///   - filter: what they must be, besides free and up.
  ///   - change: the rules, as in ``changeNodes(_:_:)``.
  public func changeFreeNodes<Refusal>(
    _ count: Int, _ filter: NodeFilter, _ change: @escaping @Sendable (inout LabNode) throws(Refusal) -> Void
  ) async throws(Fault) -> NodeChange<Refusal> {
    try await write { db in
      var free = filter
      free.locked = false
      free.up = true
      let conditions = free.fragment
      let arguments = StatementArguments(conditions.arguments)
      let isKept = filter.machineTypes.count <= 2
      let counting = "SELECT count(*) FROM paddles_nodes AS nodes WHERE \(conditions.sql)"
      let available = try Int.fetchOne(db.statement(counting, isKept: isKept), arguments: arguments) ?? 0
      guard available >= count else { return .tooFew(available: available) }
      let sql = "\(LabNode.query) WHERE \(conditions.sql) ORDER BY nodes.key LIMIT ?"
      let nodes = try Row.fetchAll(
        db.statement(sql, isKept: isKept), arguments: StatementArguments(conditions.arguments + [count]))
      return try LabNode.change(nodes.map(LabNode.init(row:)), change, db)
    }
  }

  /// Removes a node; false if it was not there. Those that run on it stay.
  public func removeNode(_ name: String) async throws(Fault) -> Bool {
    try await write { db in
      try db.run("DELETE FROM paddles_nodes WHERE name = ?", [name])
      return db.changesCount > 0
    }
  }

  /// The types of all nodes, each once, in order.
  public func machineTypes() async throws(Fault) -> [String] {
    try await read { db in
      let sql = "SELECT DISTINCT machine_type FROM paddles_nodes WHERE machine_type != '' ORDER BY machine_type"
      return try String.fetchAll(db, sql: sql)
    }
  }
}

extension LabNode {
  /// The id of a node that a job names; it is added where it is new.
  static func ensureNode(_ name: String, machineType: String?, _ db: Database) throws -> Int64 {
    let find = try db.cachedStatement(sql: "SELECT key FROM paddles_nodes WHERE name = ?")
    if let id = try Int64.fetchOne(find, arguments: [name]) { return id }
    try db.run("INSERT INTO paddles_nodes (name, machine_type) VALUES (?, ?)", [name, machineType])
    return db.lastInsertedRowID
  }

  /// Changes all of some nodes or none; what is written last stands only if all could be.
  fileprivate static func change<Refusal>(
    _ nodes: [LabNode], _ change: (inout LabNode) throws(Refusal) -> Void, _ db: Database
  ) throws -> NodeChange<Refusal> {
    var changed = nodes
    for index in changed.indices {
      do throws(Refusal) { try change(&changed[index]) } catch { return .refused(error) }
    }
    for (old, new) in zip(nodes, changed) where old.host != new.host {
      guard try put(new.name, on: new.host, db) else { return .hostUnfit }
    }
    for (old, new) in zip(nodes, changed) where old != new { try new.update(db) }
    return .changed(changed, hosts: try hosts(of: changed, db))
  }

  /// Says where a node runs; false if there is no such node, or the chain of hosts would be a circle or too long.
  fileprivate static func put(_ name: String, on host: String?, _ db: Database) throws -> Bool {
    var next = host
    var depth = 0
    while let current = next {
      guard current != name, depth < NodeFilter.hostLimit, let node = try fetch(current, db) else { return false }
      next = node.host
      depth += 1
    }
    try db.run(
      "UPDATE paddles_nodes SET vm_host = (SELECT key FROM paddles_nodes WHERE name = ?) WHERE name = ?", [host, name])
    return true
  }
}
