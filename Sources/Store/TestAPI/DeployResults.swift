import GRDB
import Model

extension ResultStore {
  /// Adds a result of a deployment. Of several requests with the same key only the first adds anything.
  /// - Parameters:
  ///   - report: what was reported.
  ///   - requestKey: the request's idempotency key; nil: it has none.
  public func addDeployResult(_ report: DeployResult.Report, requestKey: String?) async throws(Fault) -> ResultAddition
  {
    let now = clock()
    return try await write { db in
      if let requestKey, let id = try DeployResult.id(ofRequest: requestKey, db) { return .repeated(id) }
      guard try db.finds("SELECT 1 FROM pods WHERE name = ?", [report.pod]) else { return .podAbsent }
      let (key, id) = try Table.deployresults.nextID(db, now: now)
      try report.insert(key: key, id: id, requestKey: requestKey, db)
      return .added(id)
    }
  }

  /// The result of a deployment of that id.
  public func deployResult(_ id: ObjectID) async throws(Fault) -> DeployResult? {
    try await read { db in
      let sql = "SELECT \(DeployResult.columns) WHERE id = ?"
      return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id.rawValue]).map(DeployResult.init(row:))
    }
  }

  /// One page of what the filter finds, as ``page(_:page:size:ascending:)`` of results.
  public func deployPage(_ filter: ResultFilter, page: Int, size: Int, ascending: Bool) async throws(Fault)
    -> (total: Int, chunk: Scan<DeployResult>.Chunk)
  {
    try await self.page(DeployResult.source, filter, page: page, size: size, ascending: ascending)
  }

  /// Everything the filter finds, the oldest first: the first chunk.
  public func allDeployResults(_ filter: ResultFilter) async throws(Fault) -> Scan<DeployResult>.Chunk {
    try await all(DeployResult.source, filter)
  }
}

extension DeployResult {
  /// What is selected from where, in the order that `init(row:)` reads it.
  fileprivate static let columns = """
    deployresults.key, id, pod_name, installer, scenario, version, criteria, job_name, build_id, build_number, \
    upstream_job_name, upstream_build_id, upstream_build_number, start_date, stop_date, json \
    FROM deployresults JOIN deploydetails USING (key)
    """

  fileprivate static let source = ScanSource(
    table: .deployResults, columns: columns, read: DeployResult.init(row:), size: { $0.report.details.utf8.count })

  fileprivate static func id(ofRequest requestKey: String, _ db: Database) throws -> ObjectID? {
    let sql = "SELECT id FROM deployresults WHERE request_key = ?"
    return try String.fetchOne(db.cachedStatement(sql: sql), arguments: [requestKey]).map(ObjectID.init(stored:))
  }

  @Sendable fileprivate init(row: Row) {
    id = ObjectID(stored: row[1])
    report = Report(
      pod: row[2], installer: row.value(3), scenario: row.value(4), version: row.value(5), criteria: row.value(6),
      jobName: row.value(7), build: Build(id: row.value(8), number: row[9]), upstreamJobName: row.value(10),
      upstreamBuild: Build(id: row.value(11), number: row[12]), startDate: row.value(13), stopDate: row.value(14),
      details: row[15])
  }
}

extension DeployResult.Report {
  fileprivate func insert(key: Int64, id: ObjectID, requestKey: String?, _ db: Database) throws {
    try db.run(
      """
      INSERT INTO deployresults (key, id, pod_name, installer, scenario, version, criteria, job_name, build_id,
        build_number, upstream_job_name, upstream_build_id, upstream_build_number, start_date, stop_date, request_key)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        key, id.rawValue, pod, installer.bound, scenario.bound, version.bound, criteria.bound, jobName.bound,
        build.id.bound, build.number, upstreamJobName.bound, upstreamBuild.id.bound, upstreamBuild.number,
        startDate.bound, stopDate.bound, requestKey,
      ])
    try db.run("INSERT INTO deploydetails (key, json) VALUES (?, ?)", [key, details])
  }
}
