import GRDB
import Model

/// What came of adding a result.
public enum ResultAddition: Sendable, Hashable {
  /// It is on disk under this id.
  case added(ObjectID)
  /// The request was here before; its result has this id.
  case repeated(ObjectID)
  /// There is no such pod.
  case podAbsent
  /// There is no such project.
  case projectAbsent
  /// There is no such case in the project.
  case caseAbsent
}

extension ResultStore {
  /// Adds a result. Of several requests with the same key only the first adds anything.
  /// - Parameters:
  ///   - report: what was reported.
  ///   - requestKey: the request's idempotency key; nil: it has none.
  public func addResult(_ report: CaseResult.Report, requestKey: String?) async throws(Fault) -> ResultAddition {
    let now = clock()
    return try await write { db in
      if let requestKey, let id = try CaseResult.id(ofRequest: requestKey, db) { return .repeated(id) }
      guard try db.finds("SELECT 1 FROM pods WHERE name = ?", [report.pod]) else { return .podAbsent }
      guard try TestCase.exists(report.testCase, in: report.project, db) else {
        let hasProject = try db.finds("SELECT 1 FROM projects WHERE name = ?", [report.project])
        return hasProject ? .caseAbsent : .projectAbsent
      }
      let (key, id) = try Table.results.nextID(db, now: now)
      try report.insert(key: key, id: id, created: now, requestKey: requestKey, db)
      return .added(id)
    }
  }

  /// The result of that id.
  public func result(_ id: ObjectID) async throws(Fault) -> CaseResult? {
    try await read { db in
      let sql = "SELECT \(CaseResult.columns) WHERE id = ?"
      return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id.rawValue]).map(CaseResult.init(row:))
    }
  }
}

extension ResultStore {
  /// Changes how far a result is trusted.
  /// - Parameters:
  ///   - id: the result's.
  ///   - indicator: as it was sent.
  ///   - level: the current trust in it.
  public func changeTrust(inResult id: ObjectID, to indicator: StoredValue, level: Double?) async throws(Fault)
    -> Change<CaseResult>
  {
    try await write { db in
      let sql = "SELECT \(CaseResult.columns) WHERE id = ?"
      guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id.rawValue]) else { return .absent }
      var result = CaseResult(row: row)
      guard result.report.trustIndicator != indicator else { return .unchanged }
      result.report.trustIndicator = indicator
      try db.run(
        "UPDATE results SET trust_indicator = ?, trust_level = ? WHERE id = ?", [indicator.bound, level, id.rawValue])
      return .changed(result)
    }
  }
}

extension CaseResult {
  /// What is selected from where, in the order that `init(row:)` reads it.
  static let columns = """
    results.key, id, pod_name, project_name, case_name, installer, version, scenario, criteria, build_tag, start_date, \
    stop_date, json, created, results.description, trust_indicator FROM results JOIN details USING (key)
    """

  static let source = ScanSource(
    table: .results, columns: columns, read: CaseResult.init(row:), size: { $0.report.details.utf8.count })

  fileprivate static func id(ofRequest requestKey: String, _ db: Database) throws -> ObjectID? {
    let sql = "SELECT id FROM results WHERE request_key = ?"
    return try String.fetchOne(db.cachedStatement(sql: sql), arguments: [requestKey]).map(ObjectID.init(stored:))
  }

  @Sendable init(row: Row) {
    id = ObjectID(stored: row[1])
    report = Report(
      pod: row[2], project: row[3], testCase: row[4], installer: row.value(5), version: row.value(6),
      scenario: row.value(7), criteria: row.value(8), buildTag: row.value(9), startDate: row.value(10),
      stopDate: row.value(11), details: row[12], description: row.value(14), trustIndicator: row.value(15))
    let key: Int64 = row[0]
    created = Timestamp(nanoseconds: row[13] ?? (key >> 24) * 1_000_000_000)
  }
}

extension CaseResult.Report {
  fileprivate func insert(key: Int64, id: ObjectID, created: Timestamp, requestKey: String?, _ db: Database) throws {
    try db.run(
      """
      INSERT INTO results (key, id, pod_name, project_name, case_name, installer, version, scenario, criteria,
        build_tag, start_date, stop_date, request_key, created, description, trust_indicator, trust_level)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        key, id.rawValue, pod, project, testCase, installer.bound, version.bound, scenario.bound, criteria.bound,
        buildTag.bound, startDate.bound, stopDate.bound, requestKey, created.nanoseconds, description.bound,
        trustIndicator.bound, trustLevel,
      ])
    try db.run("INSERT INTO details (key, json) VALUES (?, ?)", [key, details])
  }
}
