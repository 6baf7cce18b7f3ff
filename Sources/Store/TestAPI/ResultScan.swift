import GRDB
import Model

/// Results in order, a chunk at a time, so that however many there are, only a chunk is in memory. Between two chunks
/// nothing is held in the database; results that arrive meanwhile are not part of the scan.
public struct ResultScan: Sendable {
  /// One chunk, and how to go on; nil: this was the last one.
  public struct Chunk: Sendable {
    /// The results.
    public var results: [CaseResult]
    /// The rest.
    public var rest: ResultScan?
  }

  /// The most results in one chunk, and the bytes of details after which a chunk ends.
  static let chunkLimit = (rows: 256, bytes: 1 << 20)

  private var filter: ResultFilter
  private var ascending: Bool
  private var skip: Int
  private var remaining: Int
  /// Keys of the scan; what is read is cut off.
  private var keys: ClosedRange<Int64>

  init(_ filter: ResultFilter, keys: ClosedRange<Int64>, ascending: Bool, skip: Int, limit: Int) {
    self.filter = filter
    self.keys = keys
    self.ascending = ascending
    self.skip = skip
    remaining = limit
  }

  /// The next chunk.
  func next(_ db: Database) throws -> Chunk {
    let wanted = min(remaining, Self.chunkLimit.rows)
    let conditions = filter.fragment
    let sql = """
      SELECT \(CaseResult.columns) WHERE \(conditions.sql) AND results.key BETWEEN ? AND ?
      ORDER BY results.key \(ascending ? "ASC" : "DESC") LIMIT ? OFFSET ?
      """
    let arguments = conditions.arguments + [keys.lowerBound, keys.upperBound, wanted, skip]
    let rows = try Row.fetchCursor(
      db.statement(sql, isKept: filter.isCommon), arguments: StatementArguments(arguments))
    var results: [CaseResult] = []
    var bytes = 0
    var last: Int64?
    while bytes < Self.chunkLimit.bytes, let row = try rows.next() {
      let result = CaseResult(row: row)
      bytes += result.report.details.utf8.count
      results.append(result)
      last = row[0]
    }
    let isCut = results.count == wanted || bytes >= Self.chunkLimit.bytes
    return Chunk(results: results, rest: isCut ? last.flatMap { rest(after: $0, read: results.count) } : nil)
  }

  private func rest(after key: Int64, read count: Int) -> ResultScan? {
    guard count < remaining else { return nil }
    var rest = self
    rest.remaining -= count
    rest.skip = 0
    let (lower, upper) = ascending ? (key + 1, keys.upperBound) : (keys.lowerBound, key - 1)
    guard lower <= upper else { return nil }
    rest.keys = lower...upper
    return rest
  }
}

extension ResultStore {
  /// One page: how many results the filter finds in all, and the page's first chunk.
  /// - Parameters:
  ///   - filter: what is looked for.
  ///   - page: from 1.
  ///   - size: results on a page.
  ///   - ascending: the oldest first instead of the newest.
  public func page(_ filter: ResultFilter, page: Int, size: Int, ascending: Bool) async throws(Fault)
    -> (total: Int, chunk: ResultScan.Chunk)
  {
    try await read { db in
      let count = try Self.count(filter, db)
      let total = min(count, filter.newest ?? count)
      let (before, overflow) = (page - 1).multipliedReportingOverflow(by: size)
      guard page > 0, !overflow, before < total else { return (total, ResultScan.Chunk(results: [])) }
      let scan = ResultScan(
        filter, keys: 0...Int64.max, ascending: ascending, skip: before + (ascending ? count - total : 0),
        limit: min(size, total - before))
      return (total, try scan.next(db))
    }
  }

  /// Everything the filter finds, the oldest first: the first chunk.
  public func all(_ filter: ResultFilter) async throws(Fault) -> ResultScan.Chunk {
    try await read { db in
      guard let newest = try Int64.fetchOne(db, sql: "SELECT max(key) FROM results") else {
        return ResultScan.Chunk(results: [])
      }
      let oldest = try Self.oldestKey(filter, db)
      guard oldest <= newest else { return ResultScan.Chunk(results: []) }
      return try ResultScan(filter, keys: oldest...newest, ascending: true, skip: 0, limit: .max).next(db)
    }
  }

  /// The next chunk of a scan.
  public func next(_ scan: ResultScan) async throws(Fault) -> ResultScan.Chunk {
    try await read { db in try scan.next(db) }
  }

  private static func count(_ filter: ResultFilter, _ db: Database) throws -> Int {
    let conditions = filter.fragment
    let sql = "SELECT count(*) FROM results WHERE \(conditions.sql)"
    let statement = try db.statement(sql, isKept: filter.isCommon)
    return try Int.fetchOne(statement, arguments: StatementArguments(conditions.arguments)) ?? 0
  }

  /// Where the newest so many begin; 0 if all count, or if there are not that many.
  private static func oldestKey(_ filter: ResultFilter, _ db: Database) throws -> Int64 {
    guard let newest = filter.newest else { return 0 }
    let conditions = filter.fragment
    let sql = "SELECT key FROM results WHERE \(conditions.sql) ORDER BY key DESC LIMIT 1 OFFSET ?"
    let arguments = StatementArguments(conditions.arguments + [newest - 1])
    return try Int64.fetchOne(db.statement(sql, isKept: filter.isCommon), arguments: arguments) ?? 0
  }
}
