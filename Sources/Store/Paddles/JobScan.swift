import GRDB
import Model

/// Which jobs are looked for. All conditions must hold.
public struct JobFilter: Hashable, Sendable {
  /// One condition.
  public enum Condition: Hashable, Sendable {
    /// It belongs to the run of that name.
    case run(String)
    /// It runs or ran on the node of that name.
    case node(String)
    /// It waits in that queue.
    case queue(String)
    /// It tests exactly that commit.
    case commit(String)
    /// It tests that branch.
    case branch(String)
    /// It was scheduled by that one.
    case user(String)
    /// It has that name.
    case name(String)
    /// It does that, or came to that.
    case status(String)
    /// Made after that time.
    case after(Timestamp)
    /// Made before that time.
    case before(Timestamp)
    /// Its description holds that text, letter by letter.
    case description(String)
  }

  /// What comes first.
  public enum Order: Hashable, Sendable {
    /// What was made last.
    case newest
    /// The smallest id as text; for the jobs of one run.
    case id
  }

  /// The conditions.
  public var conditions: [Condition]
  /// What comes first.
  public var order: Order

  /// Makes a filter.
  public init(_ conditions: [Condition] = [], order: Order = .newest) {
    self.conditions = conditions
    self.order = order
  }

  fileprivate var isCommon: Bool { conditions.count <= 1 }

  /// Without statistics SQLite cannot tell which index narrows most, so only the first condition of this order may use
  /// one.
  var fragment: Fragment {
    let sorted = conditions.sorted { $0.rank < $1.rank }
    return Fragment.all(sorted.enumerated().map { $1.fragment(isSearched: $0 == 0) })
  }
}

extension JobFilter.Condition {
  /// The smaller, the fewer jobs are likely to fulfil it.
  fileprivate var rank: Int {
    switch self {
    case .run: 0
    case .node: 1
    case .queue: 2
    case .commit: 3
    case .user: 4
    case .branch: 5
    case .status: 6
    case .after, .before: 7
    case .name, .description: 8
    }
  }

  fileprivate func fragment(isSearched: Bool) -> Fragment {
    // A plus keeps a column from being looked up in an index.
    let plus = isSearched ? "" : "+"
    switch self {
    case .run(let name):
      return Fragment(sql: "jobs.run_key = (SELECT key FROM paddles_runs WHERE name = ?)", arguments: [name])
    case .node(let name):
      let sql = """
        \(plus)jobs.key IN (SELECT job_key FROM paddles_targets
          WHERE node_key = (SELECT rowid FROM paddles_nodes WHERE name = ?))
        """
      return Fragment(sql: sql, arguments: [name])
    case .queue(let text):
      // In the words of the index `paddles_jobs_queue`, so that it is used.
      return Fragment(sql: "\(plus)jobs.queue = ? AND jobs.status = 'queued'", arguments: [text])
    case .commit(let text): return Fragment(sql: "\(plus)jobs.sha1 = ?", arguments: [text])
    case .branch(let text): return Fragment(sql: "\(plus)jobs.branch = ?", arguments: [text])
    case .user(let text): return Fragment(sql: "\(plus)jobs.user = ?", arguments: [text])
    case .name(let text): return Fragment(sql: "jobs.name = ?", arguments: [text])
    case .status(let text): return Fragment(sql: "\(plus)jobs.status = ?", arguments: [text])
    case .after(let time): return Fragment(sql: "\(plus)jobs.posted > ?", arguments: [time.nanoseconds])
    case .before(let time): return Fragment(sql: "\(plus)jobs.posted < ?", arguments: [time.nanoseconds])
    case .description(let text): return Fragment(sql: "instr(jobs.description, ?) > 0", arguments: [text])
    }
  }
}

/// Jobs in order, a chunk at a time; between two chunks nothing is held in the database.
public struct JobScan: Sendable {
  /// One chunk, and how to go on; nil: this was the last one.
  public struct Chunk: Sendable {
    /// The jobs.
    public var jobs: [JobRecord]
    /// The rest.
    public var rest: JobScan?
  }

  /// The most jobs in one chunk, and the bytes after which a chunk ends.
  static let chunkLimit = (rows: 512, bytes: 1 << 18)

  private var filter: JobFilter
  private var skip: Int
  private var remaining: Int
  /// The last one that was read.
  private var last: DatabaseValue?

  /// A scan of what a filter finds.
  /// - Parameters:
  ///   - skip: how many stand before the first one.
  ///   - limit: the most jobs.
  public init(_ filter: JobFilter, skip: Int = 0, limit: Int = .max) {
    self.filter = filter
    self.skip = skip
    remaining = limit
  }

  func next(_ db: Database) throws -> Chunk {
    let wanted = min(remaining, Self.chunkLimit.rows)
    guard wanted > 0 else { return Chunk(jobs: []) }
    let (sql, arguments) = statement(limit: wanted)
    let rows = try Row.fetchCursor(db.statement(sql, isKept: filter.isCommon), arguments: arguments)
    var chunk = Chunk(jobs: [])
    var bytes = 0
    while bytes < Self.chunkLimit.bytes, let row = try rows.next() {
      let job = JobRecord(row: row)
      bytes += job.weight
      chunk.jobs.append(job)
    }
    let count = chunk.jobs.count
    if count == wanted || bytes >= Self.chunkLimit.bytes, count < remaining, let end = chunk.jobs.last {
      var rest = self
      rest.remaining -= count
      rest.skip = 0
      rest.last = filter.order == .id ? end.id.databaseValue : end.key.databaseValue
      chunk.rest = rest
    }
    return chunk
  }

  /// The query for the next jobs.
  func statement(limit: Int) -> (sql: String, arguments: StatementArguments) {
    let (column, direction) = filter.order == .id ? ("jobs.job_id", "ASC") : ("jobs.key", "DESC")
    var pieces = [filter.fragment]
    if let last {
      pieces.append(Fragment(sql: "\(column) \(filter.order == .id ? ">" : "<") ?", arguments: [last]))
    }
    let conditions = Fragment.all(pieces)
    let sql = "\(JobRecord.query) WHERE \(conditions.sql) ORDER BY \(column) \(direction) LIMIT ? OFFSET ?"
    return (sql, StatementArguments(conditions.arguments + [limit, skip]))
  }
}

extension JobRecord {
  private static let idIndex = Column.allCases.firstIndex(of: .jobID) ?? 0

  fileprivate var id: String { if case .string(let id) = values[Self.idIndex] { id } else { "" } }
}

extension ResultStore {
  /// The next chunk of a scan.
  public func next(_ scan: JobScan) async throws(Fault) -> JobScan.Chunk {
    try await read { db in try scan.next(db) }
  }

  /// The run of that name with the first chunk of its jobs in the order of ids, both from one moment.
  public func runWithJobs(_ name: String) async throws(Fault) -> (run: RunRecord, jobs: JobScan.Chunk)? {
    try await read { db in
      guard let (_, run) = try RunRecord.fetch(name, db) else { return nil }
      return (run, try JobScan(JobFilter([.run(name)], order: .id)).next(db))
    }
  }

  /// The jobs of a run, the newest first: the first chunk; nil if there is no such run.
  /// - Parameter status: only those of that status; nil: all.
  public func jobs(of run: String, status: String?) async throws(Fault) -> JobScan.Chunk? {
    let filter = JobFilter([.run(run)] + (status.map { [.status($0)] } ?? []))
    return try await read { db in
      guard try db.finds("SELECT 1 FROM paddles_runs WHERE name = ?", [run]) else { return nil }
      return try JobScan(filter).next(db)
    }
  }

  /// The job of that id in a run.
  public func job(_ id: String, of run: String) async throws(Fault) -> JobRecord? {
    try await read { db in
      let sql =
        "\(JobRecord.query) WHERE jobs.run_key = (SELECT key FROM paddles_runs WHERE name = ?) AND jobs.job_id = ?"
      return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [run, id]).map(JobRecord.init(row:))
    }
  }
}
