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
  /// What the jobs of some time came to on each node that had any; who had the fewest comes first. However many jobs
  /// there are, no read is long; a job that changes meanwhile counts once, as it was or as it is.
  /// - Parameters:
  ///   - machineTypes: only nodes of these types, and jobs that were scheduled for one of them or for several types
  ///     together; none: all.
  ///   - since: only jobs that were posted then or later.
  public func nodeStats(machineTypes: [String], since: Timestamp) async throws(Fault) -> [NodeStats] {
    try await nodeStats(machineTypes: machineTypes, since: since, chunk: 4096)
  }

  /// - Parameter chunk: how many keys, of jobs that are there or were, one read goes over.
  func nodeStats(machineTypes: [String], since: Timestamp, chunk: Int64) async throws(Fault) -> [NodeStats] {
    var next = try await read { db in
      let sql = "SELECT min(key) FROM paddles_jobs WHERE posted >= ?"
      return try Int64.fetchOne(db.cachedStatement(sql: sql), arguments: [since.nanoseconds])
    }
    var counts: [Int64: [String: Int]] = [:]
    while let first = next {
      let (end, isBeyond) = first.addingReportingOverflow(chunk - 1)
      let keys = first...(isBeyond ? .max : end)
      let found = try await read { db in
        let more = "SELECT min(key) FROM paddles_jobs WHERE key > ?"
        return (
          try NodeStats.count(keys, machineTypes, since, db),
          try Int64.fetchOne(db.cachedStatement(sql: more), arguments: [keys.upperBound])
        )
      }
      for (node, status, number) in found.0 { counts[node, default: [:]][status, default: 0] += number }
      next = found.1
    }
    return try await read { [counts] db in try NodeStats.named(counts, machineTypes, db) }
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

extension NodeStats {
  /// Counts the jobs of some keys by node and status. The table is read in the order of its keys, so the time of a job
  /// is no reason to look for it in an index.
  fileprivate static func count(
    _ keys: ClosedRange<Int64>, _ machineTypes: [String], _ since: Timestamp, _ db: Database
  )
    throws -> [(node: Int64, status: String, number: Int)]
  {
    var conditions = [
      Fragment(
        sql: "jobs.key BETWEEN ? AND ? AND +jobs.posted >= ?",
        arguments: [keys.lowerBound, keys.upperBound, since.nanoseconds])
    ]
    if !machineTypes.isEmpty {
      conditions.append(
        Fragment(sql: "jobs.machine_type IN (\(marks(machineTypes)), 'multi')", arguments: machineTypes))
    }
    let filter = Fragment.all(conditions)
    let sql = """
      SELECT targets.node_key, jobs.status, count(*) FROM paddles_jobs AS jobs
      CROSS JOIN paddles_targets AS targets ON targets.job_key = jobs.key
      WHERE \(filter.sql) GROUP BY targets.node_key, jobs.status
      """
    return try Row.fetchAll(
      db.statement(sql, isKept: machineTypes.count <= 1), arguments: StatementArguments(filter.arguments)
    )
    .map { ($0[0], $0[1], $0[2]) }
  }

  /// Counts under the names of the nodes of some types.
  fileprivate static func named(_ counts: [Int64: [String: Int]], _ machineTypes: [String], _ db: Database) throws
    -> [NodeStats]
  {
    let condition = machineTypes.isEmpty ? "" : " WHERE machine_type IN (\(marks(machineTypes)))"
    var stats: [(stats: NodeStats, total: Int)] = []
    let rows = try Row.fetchCursor(
      db, sql: "SELECT key, name FROM paddles_nodes" + condition, arguments: StatementArguments(machineTypes))
    while let row = try rows.next() {
      guard let counts = counts[row[0]] else { continue }
      stats.append((NodeStats(node: row[1], counts: counts), counts.values.reduce(0, +)))
    }
    return stats.sorted { ($0.total, $0.stats.node) < ($1.total, $1.stats.node) }.map(\.stats)
  }

  private static func marks(_ texts: [String]) -> String { texts.map { _ in "?" }.joined(separator: ", ") }
}
