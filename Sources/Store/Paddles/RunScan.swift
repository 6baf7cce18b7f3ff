import GRDB
import Model

/// Which runs are looked for. All conditions must hold.
public struct RunFilter: Hashable, Sendable {
  /// A column of a run.
  public enum Column: String, Sendable, CaseIterable {
    case status, user, suite, branch
    case machineType = "machine_type"
  }

  /// One condition.
  public enum Condition: Hashable, Sendable {
    /// The column is exactly this.
    case equals(Column, String)
    /// One of the jobs has a commit that begins so.
    case commit(prefix: String)
    /// One of the jobs has this flavor.
    case flavor(String)
    /// Scheduled at that time or later.
    case notBefore(Timestamp)
    /// Scheduled before that time.
    case before(Timestamp)
    /// One of the jobs is queued.
    case queued
  }

  /// What comes first.
  public enum Order: Hashable, Sendable {
    /// What was made last.
    case posted
    /// What is scheduled last.
    case scheduled
    /// What is scheduled first.
    case soonest
  }

  /// The conditions.
  public var conditions: [Condition]
  /// What comes first.
  public var order: Order

  /// Makes a filter.
  public init(_ conditions: [Condition] = [], order: Order) {
    self.conditions = conditions
    self.order = order
  }

  fileprivate var fragment: Fragment { Fragment.all(conditions.map(\.fragment)) }
  fileprivate var isCommon: Bool { conditions.count <= 1 }
}

extension RunFilter.Condition {
  var fragment: Fragment {
    switch self {
    case .equals(let column, let text): Fragment(sql: "runs.\(column.rawValue) = ?", arguments: [text])
    case .notBefore(let time): Fragment(sql: "runs.scheduled >= ?", arguments: [time.nanoseconds])
    case .before(let time): Fragment(sql: "runs.scheduled < ?", arguments: [time.nanoseconds])
    case .queued: Fragment(sql: "runs.queued > 0")
    case .flavor(let text):
      // The index of flavors ends in the run, so this is one look for each run that is looked at.
      Fragment(
        sql: "EXISTS (SELECT 1 FROM paddles_jobs AS jobs WHERE jobs.flavor = ? AND jobs.run_key = runs.key)",
        arguments: [text])
    case .commit(let prefix):
      // Nothing that begins with the prefix is larger than it with the last of all characters behind it.
      Fragment(
        sql: "runs.key IN (SELECT run_key FROM paddles_jobs WHERE sha1 >= ? AND sha1 <= ?)",
        arguments: [prefix, prefix + "\u{10FFFF}"])
    }
  }
}

/// Runs in order, a chunk at a time; between two chunks nothing is held in the database.
public struct RunScan: Sendable {
  /// One chunk, and how to go on; nil: this was the last one.
  public struct Chunk: Sendable {
    /// The runs, with the numbers of their rows.
    public var runs: [(key: Int64, run: RunRecord)]
    /// The rest.
    public var rest: RunScan?
  }

  /// The most runs in one chunk.
  static let chunkLimit = 256

  private var filter: RunFilter
  private var skip: Int
  private var remaining: Int
  /// The last one that was read.
  private var last: (scheduled: Int64, key: Int64)?

  /// A scan of what a filter finds.
  /// - Parameters:
  ///   - skip: how many stand before the first one.
  ///   - limit: the most runs.
  public init(_ filter: RunFilter, skip: Int = 0, limit: Int = .max) {
    self.filter = filter
    self.skip = skip
    remaining = limit
  }

  func next(_ db: Database) throws -> Chunk {
    let wanted = min(remaining, Self.chunkLimit)
    guard wanted > 0 else { return Chunk(runs: []) }
    let (sql, arguments) = statement(limit: wanted)
    let rows = try Row.fetchAll(db.statement(sql, isKept: filter.isCommon), arguments: arguments)
    var chunk = Chunk(runs: rows.map { ($0[0], RunRecord(row: $0)) })
    if rows.count == wanted, wanted < remaining, let end = chunk.runs.last {
      var rest = self
      rest.remaining -= wanted
      rest.skip = 0
      rest.last = (end.run.scheduled.nanoseconds, end.key)
      chunk.rest = rest
    }
    return chunk
  }

  /// The query for the next runs.
  func statement(limit: Int) -> (sql: String, arguments: StatementArguments) {
    let conditions = Fragment.all([filter.fragment] + (last.map { [behind($0)] } ?? []))
    let sql = """
      SELECT \(RunRecord.columns) FROM paddles_runs AS runs WHERE \(conditions.sql) \(ordering) LIMIT ? OFFSET ?
      """
    return (sql, StatementArguments(conditions.arguments + [limit, skip]))
  }

  private var ordering: String {
    switch filter.order {
    case .posted: "ORDER BY runs.key DESC"
    case .scheduled: "ORDER BY runs.scheduled DESC, runs.key DESC"
    case .soonest: "ORDER BY runs.scheduled, runs.key"
    }
  }

  private func behind(_ last: (scheduled: Int64, key: Int64)) -> Fragment {
    switch filter.order {
    case .posted: Fragment(sql: "runs.key < ?", arguments: [last.key])
    case .scheduled:
      Fragment(sql: "(runs.scheduled, runs.key) < (?, ?)", arguments: [last.scheduled, last.key])
    case .soonest:
      Fragment(sql: "(runs.scheduled, runs.key) > (?, ?)", arguments: [last.scheduled, last.key])
    }
  }
}

extension ResultStore {
  /// The next chunk of a scan.
  public func next(_ scan: RunScan) async throws(Fault) -> RunScan.Chunk {
    try await read { db in try scan.next(db) }
  }
}
