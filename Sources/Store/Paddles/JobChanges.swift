import GRDB
import Model

/// What a write makes of a job and its run.
public struct JobWrite: Hashable, Sendable {
  /// The run, as it is to be.
  public var run: RunRecord
  /// How the job is to be.
  public var state: JobRecord.State
  /// What else is to be written.
  public var values: [JobRecord.Column: StoredValue]
  /// The nodes that it runs on, besides those known; they are added where they are new.
  public var hosts: [String]

  /// Makes it.
  public init(
    run: RunRecord, status: String, started: Timestamp?, updated: Timestamp,
    values: [JobRecord.Column: StoredValue], hosts: [String]
  ) {
    self.run = run
    state = JobRecord.State(status: status, started: started, updated: updated)
    self.values = values
    self.hosts = hosts
  }
}

// The rules run in the writer's transaction: they see what is there, and nothing comes between. They must not wait.
extension ResultStore {
  /// Adds a job, and its run where that is new. Of several requests with the same key only the first adds anything.
  /// - Parameters:
  ///   - id: the job's id; nil: one is made.
  ///   - run: the run as it is if it is new.
  ///   - rule: what becomes of the run and the job of that id.
  public func addJob(
    _ id: String?, to run: RunRecord, requestKey: String?,
    _ rule: @escaping @Sendable (_ run: RunRecord, _ id: String) -> JobWrite
  ) async throws(Fault) -> PaddlesAddition {
    let now = clock()
    return try await write { db in
      if let requestKey {
        let sql = "SELECT job_id FROM paddles_jobs WHERE request_key = ?"
        if let id = try String.fetchOne(db.cachedStatement(sql: sql), arguments: [requestKey]) { return .repeated(id) }
      }
      let (runKey, run) = try RunRecord.fetch(run.name, db) ?? (run.insert(requestKey: nil, db), run)
      if let id, try JobRecord.state(id, of: runKey, db) != nil { return .exists }
      let id = try id ?? JobRecord.freeID(in: runKey, db)
      let write = rule(run, id)
      let key = try write.insert(id, in: runKey, posted: now, requestKey: requestKey, db)
      try write.link(key, db)
      try write.run.update(key: runKey, from: run, db)
      return .added(id)
    }
  }

  /// Changes a job; false if it or its run is not there.
  public func changeJob(
    _ id: String, of run: String, _ rule: @escaping @Sendable (RunRecord, JobRecord.State) -> JobWrite
  ) async throws(Fault) -> Bool {
    try await write { db in
      guard let (runKey, run) = try RunRecord.fetch(run, db), let (key, state) = try JobRecord.state(id, of: runKey, db)
      else { return false }
      let write = rule(run, state)
      try write.update(key, from: state, db)
      try write.link(key, db)
      try write.run.update(key: runKey, from: run, db)
      return true
    }
  }

  /// Removes a job; false if it or its run is not there.
  /// - Parameter rule: what becomes of the run: it is told the job's status and the first of the jobs that are left.
  public func removeJob(
    _ id: String, of run: String,
    _ rule: @escaping @Sendable (RunRecord, _ status: String, _ next: RunRecord.First?) -> RunRecord
  ) async throws(Fault) -> Bool {
    try await write { db in
      guard let (runKey, run) = try RunRecord.fetch(run, db), let (key, state) = try JobRecord.state(id, of: runKey, db)
      else { return false }
      try db.run("DELETE FROM paddles_jobs WHERE key = ?", [key])
      try rule(run, state.status, JobRecord.first(of: runKey, db)).update(key: runKey, from: run, db)
      return true
    }
  }
}

extension JobRecord {
  fileprivate static func state(_ id: String, of runKey: Int64, _ db: Database) throws -> (key: Int64, state: State)? {
    let sql = "SELECT key, status, started, updated FROM paddles_jobs WHERE run_key = ? AND job_id = ?"
    return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [runKey, id]).map { row in
      let started = (row[2] as Int64?).map(Timestamp.init(nanoseconds:))
      return (row[0], State(status: row[1], started: started, updated: Timestamp(nanoseconds: row[3])))
    }
  }

  fileprivate static func first(of runKey: Int64, _ db: Database) throws -> RunRecord.First? {
    let sql = "SELECT job_id, sha1, flavor, priority FROM paddles_jobs WHERE run_key = ? ORDER BY job_id LIMIT 1"
    return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [runKey]).map { row in
      RunRecord.First(id: row[0], sha1: row.value(1), flavor: row.value(2), priority: row[3])
    }
  }

  /// The number that its row will have, or the next one that is no id in the run yet.
  fileprivate static func freeID(in runKey: Int64, _ db: Database) throws -> String {
    var number = try Int64.fetchOne(db.cachedStatement(sql: "SELECT coalesce(max(key), 0) + 1 FROM paddles_jobs")) ?? 1
    while try state(String(number), of: runKey, db) != nil { number += 1 }
    return String(number)
  }
}

extension JobWrite {
  private static let configs = JobRecord.Column.allCases.filter(\.isConfig)
  private static let plain = JobRecord.Column.allCases.filter { !$0.isConfig && !$0.isRuled }
  private static let insertion = """
    INSERT INTO paddles_jobs (run_key, job_id, status, posted, started, updated, request_key, \
    \(plain.map(\.rawValue).joined(separator: ", ")))
    VALUES (?, ?, ?, ?, ?, ?, ?, \(plain.map { _ in "?" }.joined(separator: ", ")))
    """
  private static let configInsertion = """
    INSERT INTO paddles_configs (job_key, \(configs.map(\.rawValue).joined(separator: ", ")))
    VALUES (?, \(configs.map { _ in "?" }.joined(separator: ", ")))
    """

  fileprivate func insert(_ id: String, in runKey: Int64, posted: Timestamp, requestKey: String?, _ db: Database) throws
    -> Int64
  {
    let head: [DatabaseValue] = [
      runKey.databaseValue, id.databaseValue, state.status.databaseValue, posted.nanoseconds.databaseValue,
      state.started?.nanoseconds.databaseValue ?? .null, state.updated.nanoseconds.databaseValue,
      requestKey?.databaseValue ?? .null,
    ]
    try db.run(Self.insertion, StatementArguments(head + bound(Self.plain)))
    let key = db.lastInsertedRowID
    try db.run(Self.configInsertion, StatementArguments([key.databaseValue] + bound(Self.configs)))
    return key
  }

  private func bound(_ columns: [JobRecord.Column]) -> [DatabaseValue] {
    columns.map { $0.bound(values[$0] ?? .null) }
  }

  fileprivate func update(_ key: Int64, from old: JobRecord.State, _ db: Database) throws {
    let columns = Self.plain.filter { values[$0] != nil }
    var settings = ["updated"]
    var head = [state.updated.nanoseconds.databaseValue]
    if state.status != old.status || state.started != old.started {
      settings += ["status", "started"]
      head += [state.status.databaseValue, state.started?.nanoseconds.databaseValue ?? .null]
    }
    try set(settings + columns.map(\.rawValue), head + bound(columns), in: "paddles_jobs", where: "key", key, db)
    let configs = Self.configs.filter { values[$0] != nil }
    if !configs.isEmpty {
      try set(configs.map(\.rawValue), bound(configs), in: "paddles_configs", where: "job_key", key, db)
    }
  }

  /// What only says how things go has few columns, and its statement is kept; the many combinations of more are not.
  private func set(
    _ columns: [String], _ values: [DatabaseValue], in table: String, where keyColumn: String, _ key: Int64,
    _ db: Database
  ) throws {
    let sql = "UPDATE \(table) SET \(columns.map { $0 + " = ?" }.joined(separator: ", ")) WHERE \(keyColumn) = ?"
    let statement = try db.statement(sql, isKept: columns.count <= 5)
    try statement.execute(arguments: StatementArguments(values + [key.databaseValue]))
  }

  /// Links the job to its nodes.
  fileprivate func link(_ key: Int64, _ db: Database) throws {
    guard !hosts.isEmpty else { return }
    let sql = "SELECT machine_type FROM paddles_jobs WHERE key = ?"
    let machineType = try String.fetchOne(db.cachedStatement(sql: sql), arguments: [key])
    for host in hosts {
      let node = try LabNode.ensureNode(host, machineType: machineType, db)
      try db.run("INSERT OR IGNORE INTO paddles_targets (node_key, job_key) VALUES (?, ?)", [node, key])
    }
  }
}
