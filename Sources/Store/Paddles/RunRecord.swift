import GRDB
import Model

/// A run of paddles, with what its row says about its jobs.
public struct RunRecord: Hashable, Sendable {
  /// What a run shows of its first job.
  public struct First: Hashable, Sendable {
    /// Its id.
    public var id: String
    /// Which commit it tests.
    public var sha1: StoredValue
    /// Which flavor of packages.
    public var flavor: StoredValue
    /// How urgent it is.
    public var priority: Int64?

    /// Makes it.
    public init(id: String, sha1: StoredValue, flavor: StoredValue, priority: Int64?) {
      self.id = id
      self.sha1 = sha1
      self.flavor = flavor
      self.priority = priority
    }
  }

  /// The name, unique.
  public var name: String
  /// Who scheduled it; empty: the name does not say.
  public var user: String
  /// For when.
  public var scheduled: Timestamp
  /// When it was made.
  public var posted: Timestamp
  /// What is said of it as a whole.
  public var status = ""
  /// The suite.
  public var suite = ""
  /// The branch.
  public var branch = ""
  /// The machine type.
  public var machineType = ""
  /// When it last started.
  public var started: Timestamp?
  /// When one of its jobs was last heard of.
  public var updated: Timestamp?
  /// How many jobs are queued, passed, running, waiting, failed, dead, unknown.
  public var counts = [Int](repeating: 0, count: 7)
  /// The first job in the order of ids as text.
  public var first: First?

  /// Makes a run without jobs.
  public init(name: String, user: String, scheduled: Timestamp, posted: Timestamp) {
    self.name = name
    self.user = user
    self.scheduled = scheduled
    self.posted = posted
  }
}

extension RunRecord {
  private static let counted = ["queued", "passed", "running", "waiting", "failed", "dead", "unknown"]

  private static let timeColumns = ["started", "updated"]
  private static let factColumns = [
    "status", "suite", "branch", "machine_type", "first_job", "sha1", "flavor", "priority",
  ]

  /// What changes with the jobs.
  private static let changing = timeColumns + factColumns + counted

  /// What is selected, in the order that `init(row:)` reads it.
  static let columns = (["key", "name", "user", "scheduled", "posted"] + changing)
    .map { "runs." + $0 }.joined(separator: ", ")

  init(row: Row) {
    name = row[1]
    user = row[2]
    scheduled = Timestamp(nanoseconds: row[3])
    posted = Timestamp(nanoseconds: row[4])
    started = (row[5] as Int64?).map(Timestamp.init(nanoseconds:))
    updated = (row[6] as Int64?).map(Timestamp.init(nanoseconds:))
    status = row[7]
    suite = row[8]
    branch = row[9]
    machineType = row[10]
    if let id: String = row[11] {
      first = First(id: id, sha1: row.value(12), flavor: row.value(13), priority: row[14])
    }
    counts = (15..<15 + Self.counted.count).map { row[$0] }
  }

  /// The row of a name, and its key.
  static func fetch(_ name: String, _ db: Database) throws -> (key: Int64, run: RunRecord)? {
    let sql = "SELECT \(columns) FROM paddles_runs AS runs WHERE name = ?"
    return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [name]).map { ($0[0], RunRecord(row: $0)) }
  }

  private var times: [DatabaseValue] {
    [started?.nanoseconds.databaseValue ?? .null, updated?.nanoseconds.databaseValue ?? .null]
  }

  private var facts: [DatabaseValue] {
    [
      status.databaseValue, suite.databaseValue, branch.databaseValue, machineType.databaseValue,
      first?.id.databaseValue ?? .null, first?.sha1.bound ?? .null, first?.flavor.bound ?? .null,
      first?.priority?.databaseValue ?? .null,
    ]
  }

  private static let insertion = """
    INSERT INTO paddles_runs (name, user, scheduled, posted, request_key, \(changing.joined(separator: ", ")))
    VALUES (?, ?, ?, ?, ?, \(changing.map { _ in "?" }.joined(separator: ", ")))
    """
  /// Adds the run; its key.
  func insert(requestKey: String?, _ db: Database) throws -> Int64 {
    let head: [DatabaseValue] = [
      name.databaseValue, user.databaseValue, scheduled.nanoseconds.databaseValue, posted.nanoseconds.databaseValue,
      requestKey?.databaseValue ?? .null,
    ]
    try db.run(Self.insertion, StatementArguments(head + times + facts + counts.map(\.databaseValue)))
    return db.lastInsertedRowID
  }

  /// Writes what has changed with the jobs; a sign of life touches no index.
  func update(key: Int64, from old: RunRecord, _ db: Database) throws {
    var (columns, values) = (Self.timeColumns, times)
    if counts != old.counts {
      columns += Self.counted
      values += counts.map(\.databaseValue)
    }
    if facts != old.facts {
      columns += Self.factColumns
      values += facts
    }
    let settings = columns.map { $0 + " = ?" }.joined(separator: ", ")
    try db.run(
      "UPDATE paddles_runs SET \(settings) WHERE key = ?", StatementArguments(values + [key.databaseValue]))
  }
}
