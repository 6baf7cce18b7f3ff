import GRDB
import Model

/// Jobs with their activities and tests, a chunk at a time, so that however large a job is, only a chunk of it is in
/// memory. Between two chunks nothing is held in the database; what arrives meanwhile is not part of the scan.
public struct AvocadoJobScan: Sendable {
  /// What comes out: a job, then its activities, then its tests, then the next job.
  public enum Piece: Hashable, Sendable {
    case job(AvocadoJob)
    case activity(AvocadoOwned<String, AvocadoActivity>)
    case test(AvocadoTest)
  }

  /// One chunk, and how to go on; nil: this was the last one.
  public struct Chunk: Sendable {
    /// What was read.
    public var pieces: [Piece] = []
    /// The rest.
    public var rest: AvocadoJobScan?
  }

  /// The most pieces in one chunk.
  static let chunkLimit = 1024

  private enum Place { case job, activities(after: Int64), tests(after: Int64) }

  /// The jobs to come, the first of them being read.
  private var jobs: ArraySlice<Int64>
  private var place = Place.job
  private var id = ""
  /// The newest rows when the scan began.
  private let last: (activity: Int64, test: Int64)

  init(_ jobs: [Int64], _ db: Database) throws {
    self.jobs = jobs[...]
    last = (try Self.newest("avocado_job_activities", db), try Self.newest("avocado_tests", db))
  }

  private static func newest(_ table: String, _ db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(key) FROM \(table)")) ?? 0
  }

  /// The next chunk.
  func next(_ db: Database) throws -> Chunk {
    var scan = self
    var pieces: [Piece] = []
    while let job = scan.jobs.first {
      let room = Self.chunkLimit - pieces.count
      guard room > 0 else { return Chunk(pieces: pieces, rest: scan) }
      pieces += try scan.step(job, room, db)
    }
    return Chunk(pieces: pieces)
  }

  private mutating func step(_ job: Int64, _ room: Int, _ db: Database) throws -> [Piece] {
    switch place {
    case .job:
      // A job that was removed since the scan began is left out.
      guard let found = try AvocadoJob.fetch(job, db) else {
        jobs.removeFirst()
        return []
      }
      id = found.id
      place = .activities(after: 0)
      return [.job(found)]
    case .activities(let after):
      let (rows, end) = try read("activity, time", "avocado_job_activities", job, after...last.activity, room, db)
      place = end.map { .activities(after: $0) } ?? .tests(after: 0)
      return rows.map { .activity(AvocadoOwned(owner: id, row: AvocadoActivity(activity: $0[1], time: $0[2]))) }
    case .tests(let after):
      let (rows, end) = try read("tag, status", "avocado_tests", job, after...last.test, room, db)
      if let end { place = .tests(after: end) } else { leaveJob() }
      return rows.map { .test(AvocadoTest(key: $0[0], job: id, tag: $0[1], status: $0[2])) }
    }
  }

  private mutating func leaveJob() {
    jobs.removeFirst()
    place = .job
  }

  /// Rows of a job with keys above the lower bound, and where to go on; nil: there are no more.
  private func read(
    _ columns: String, _ table: String, _ job: Int64, _ keys: ClosedRange<Int64>, _ room: Int, _ db: Database
  ) throws -> ([Row], Int64?) {
    let sql = "SELECT key, \(columns) FROM \(table) WHERE job = ? AND key > ? AND key <= ? ORDER BY key LIMIT ?"
    let rows = try Row.fetchAll(
      db.cachedStatement(sql: sql), arguments: [job, keys.lowerBound, keys.upperBound, room])
    return (rows, rows.count == room ? rows.last?[0] : nil)
  }
}

extension ResultStore {
  /// A job with what is in it.
  /// - Throws: `absent`, `ambiguous`.
  public func avocadoJob(_ name: AvocadoJobName) async throws -> AvocadoJobScan.Chunk {
    try await look { db in try AvocadoJobScan([try name.find(db)], db).next(db) }
  }

  /// A part of all jobs with what is in them; and how many jobs there are.
  /// - Parameter order: what they are sorted by; nothing: by time, the oldest first.
  public func avocadoJobs(order: [AvocadoJobOrder], window: @escaping AvocadoWindow) async throws
    -> (total: Int, chunk: AvocadoJobScan.Chunk)
  {
    try await look { db in
      let total = try Int.fetchOne(db.cachedStatement(sql: "SELECT sum(jobs) FROM avocado_job_statuses")) ?? 0
      let (offset, limit) = try window(total)
      let keys = try AvocadoJobOrder.keys(order, total: total, offset: offset, limit: limit, db)
      return (total, try AvocadoJobScan(keys, db).next(db))
    }
  }

  /// The next chunk of a scan.
  public func next(_ scan: AvocadoJobScan) async throws -> AvocadoJobScan.Chunk {
    try await look { db in try scan.next(db) }
  }
}

/// One of the columns that jobs are sorted by.
public struct AvocadoJobOrder: Hashable, Sendable {
  /// The columns.
  public enum Column: String, CaseIterable, Sendable {
    case time, status, description
    case elapsed = "elapsed_time"
  }

  /// The column.
  public var column: Column
  /// The largest first; null is the smallest.
  public var isDescending: Bool

  /// Makes one.
  public init(_ column: Column, isDescending: Bool = false) {
    self.column = column
    self.isDescending = isDescending
  }

  /// The keys of a part of all jobs. Among equals the order is that of arrival, in the direction of the last column, so
  /// that an index answers it; what lies in the second half is read from the end.
  fileprivate static func keys(
    _ order: [AvocadoJobOrder], total: Int, offset: Int, limit: Int, _ db: Database
  ) throws -> [Int64] {
    let order = order.isEmpty ? [AvocadoJobOrder(.time)] : order
    let count = min(limit, total - offset)
    guard count > 0 else { return [] }
    let isBackward = offset > total / 2
    var terms = order.map { "\($0.column.rawValue) \($0.isDescending == isBackward ? "ASC" : "DESC")" }
    terms.append("key \(order.last?.isDescending == isBackward ? "ASC" : "DESC")")
    let sql = "SELECT key FROM avocado_jobs ORDER BY \(terms.joined(separator: ", ")) LIMIT ? OFFSET ?"
    let statement = try order.count == 1 ? db.cachedStatement(sql: sql) : db.makeStatement(sql: sql)
    let keys = try Int64.fetchAll(statement, arguments: [count, isBackward ? total - offset - count : offset])
    return isBackward ? keys.reversed() : keys
  }
}
