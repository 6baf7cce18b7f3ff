import GRDB
import Model

/// How many jobs of which status ran on a node.
public struct NodeStats: Hashable, Sendable {
  /// The node's name.
  public var node: String
  /// Jobs by status; only what there is.
  public var counts: [String: Int]

  /// Makes statistics.
  public init(node: String, counts: [String: Int]) {
    self.node = node
    self.counts = counts
  }
}

extension ResultStore {
  /// What the jobs of some time came to on each node that had any; who had the fewest comes first.
  /// - Parameters:
  ///   - machineTypes: only nodes of these types, and jobs that were scheduled for one of them or for several types
  ///     together; none: all.
  ///   - since: only jobs that were posted then or later.
  public func nodeStats(machineTypes: [String], since: Timestamp) async throws(Fault) -> [NodeStats] {
    try await read { db in
      var conditions = [Fragment(sql: "jobs.posted >= ?", arguments: [since.nanoseconds])]
      if !machineTypes.isEmpty {
        let marks = machineTypes.map { _ in "?" }.joined(separator: ", ")
        conditions.append(Fragment(sql: "nodes.machine_type IN (\(marks))", arguments: machineTypes))
        conditions.append(Fragment(sql: "jobs.machine_type IN (\(marks), 'multi')", arguments: machineTypes))
      }
      let filter = Fragment.all(conditions)
      let sql = """
        SELECT nodes.name, jobs.status, count(*) FROM paddles_jobs AS jobs
        JOIN paddles_targets AS targets ON targets.job_key = jobs.key
        JOIN paddles_nodes AS nodes ON nodes.key = targets.node_key
        WHERE \(filter.sql) GROUP BY nodes.key, jobs.status ORDER BY nodes.name
        """
      var stats: [NodeStats] = []
      let rows = try Row.fetchCursor(db, sql: sql, arguments: StatementArguments(filter.arguments))
      while let row = try rows.next() {
        let name: String = row[0]
        if stats.last?.node != name { stats.append(NodeStats(node: name, counts: [:])) }
        stats[stats.count - 1].counts[row[1], default: 0] += row[2]
      }
      let totals = stats.map { (stats: $0, total: $0.counts.values.reduce(0, +)) }
      return totals.sorted { ($0.total, $0.stats.node) < ($1.total, $1.stats.node) }.map(\.stats)
    }
  }

  /// What all jobs of a node came to; nil if there is no such node.
  public func nodeStats(_ name: String) async throws(Fault) -> NodeStats? {
    try await read { db in
      let find = try db.cachedStatement(sql: "SELECT key FROM paddles_nodes WHERE name = ?")
      guard let key = try Int64.fetchOne(find, arguments: [name]) else { return nil }
      let sql = """
        SELECT status, count(*) FROM paddles_targets JOIN paddles_jobs ON paddles_jobs.key = job_key
        WHERE node_key = ? GROUP BY status
        """
      var stats = NodeStats(node: name, counts: [:])
      for row in try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [key]) { stats.counts[row[0]] = row[1] }
      return stats
    }
  }
}
