import GRDB
import Model

/// Records in order, a chunk at a time, so that however many there are, only a chunk is in memory. Between two chunks
/// nothing is held in the database; records that arrive meanwhile are not part of the scan.
public struct Scan<Record: Sendable>: Sendable {
  /// One chunk, and how to go on; nil: this was the last one.
  public struct Chunk: Sendable {
    /// The records.
    public var results: [Record]
    /// The rest.
    public var rest: Scan?
  }

  /// The most records in one chunk.
  static var rowLimit: Int { 256 }
  /// The bytes of content after which a chunk ends. What a client does not read stays in memory until it is cut, and there
  /// may be a thousand such clients.
  static var byteLimit: Int { 1 << 17 }

  private var source: ScanSource<Record>
  private var filter: ResultFilter
  private var ascending: Bool
  private var skip: Int
  private var remaining: Int
  /// Keys of the scan; what is read is cut off.
  private var keys: ClosedRange<Int64>

  init(
    _ source: ScanSource<Record>, _ filter: ResultFilter, keys: ClosedRange<Int64>, ascending: Bool, skip: Int,
    limit: Int
  ) {
    self.source = source
    self.filter = filter
    self.keys = keys
    self.ascending = ascending
    self.skip = skip
    remaining = limit
  }

  /// How much has to be looked at for the next chunk.
  var reach: ReadReach { filter.reach(in: source.table) }

  /// What the next chunk is read with.
  var query: Fragment {
    let conditions = filter.fragment(in: source.table)
    let key = source.table.table.rawValue + ".key"
    let sql = """
      SELECT \(source.columns) WHERE \(conditions.sql) AND \(key) BETWEEN ? AND ?
      ORDER BY \(key) \(ascending ? "ASC" : "DESC") LIMIT ? OFFSET ?
      """
    let window: [any DatabaseValueConvertible] = [
      keys.lowerBound, keys.upperBound, min(remaining, Self.rowLimit), skip,
    ]
    return Fragment(sql: sql, arguments: conditions.arguments + window)
  }

  /// The next chunk.
  func next(_ db: Database) throws -> Chunk {
    let query = query
    let rows = try Row.fetchCursor(
      db.statement(query.sql, isKept: filter.isCommon), arguments: StatementArguments(query.arguments))
    var results: [Record] = []
    var bytes = 0
    var last: Int64?
    while bytes < Self.byteLimit, let row = try rows.next() {
      let record = source.read(row)
      bytes += source.size(record)
      results.append(record)
      last = row[0]
    }
    let isCut = results.count == min(remaining, Self.rowLimit) || bytes >= Self.byteLimit
    return Chunk(results: results, rest: isCut ? last.flatMap { rest(after: $0, read: results.count) } : nil)
  }

  private func rest(after key: Int64, read count: Int) -> Scan? {
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

/// A scan of results of cases.
public typealias ResultScan = Scan<CaseResult>

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
    try await self.page(CaseResult.source, filter, page: page, size: size, ascending: ascending)
  }

  /// Everything the filter finds, the oldest first: the first chunk.
  public func all(_ filter: ResultFilter) async throws(Fault) -> ResultScan.Chunk {
    try await all(CaseResult.source, filter)
  }

  /// The next chunk of a scan.
  public func next<Record>(_ scan: Scan<Record>) async throws(Fault) -> Scan<Record>.Chunk {
    try await read(reaching: scan.reach) { db in try scan.next(db) }
  }

  /// One page of a source.
  func page<Record>(
    _ source: ScanSource<Record>, _ filter: ResultFilter, page: Int, size: Int, ascending: Bool
  ) async throws(Fault) -> (total: Int, chunk: Scan<Record>.Chunk) {
    try await read(reaching: filter.reach(in: source.table)) { db in
      let total = try source.table.count(filter, db)
      let (before, overflow) = (page - 1).multipliedReportingOverflow(by: size)
      guard page > 0, !overflow, before < total else { return (total, Scan.Chunk(results: [])) }
      let oldest = ascending ? try source.table.oldestKey(filter, db) : 0
      let scan = Scan(
        source, filter, keys: oldest...Int64.max, ascending: ascending, skip: before, limit: min(size, total - before))
      return (total, try scan.next(db))
    }
  }

  /// Everything of a source that the filter finds, the oldest first: the first chunk.
  func all<Record>(_ source: ScanSource<Record>, _ filter: ResultFilter) async throws(Fault) -> Scan<Record>.Chunk {
    try await read(reaching: filter.reach(in: source.table)) { db in
      let last = try db.cachedStatement(sql: "SELECT max(key) FROM \(source.table.table.rawValue)")
      guard let newest = try Int64.fetchOne(last) else { return Scan.Chunk(results: []) }
      let oldest = try source.table.oldestKey(filter, db)
      guard oldest <= newest else { return Scan.Chunk(results: []) }
      return try Scan(source, filter, keys: oldest...newest, ascending: true, skip: 0, limit: .max).next(db)
    }
  }
}

extension ScanTable {
  /// How many rows the filter finds, counted no further than its newest. Without conditions nothing is counted.
  fileprivate func count(_ filter: ResultFilter, _ db: Database) throws -> Int {
    let limit = filter.newest ?? .max
    if filter.conditions.isEmpty {
      let tally = try db.cachedStatement(sql: "SELECT number FROM tallies WHERE name = ?")
      return min(limit, try Int.fetchOne(tally, arguments: [table.rawValue]) ?? 0)
    }
    let query = counting(filter)
    let statement = try db.statement(query.sql, isKept: filter.isCommon)
    return try Int.fetchOne(statement, arguments: StatementArguments(query.arguments)) ?? 0
  }

  /// What is counted with.
  func counting(_ filter: ResultFilter) -> Fragment {
    let conditions = filter.fragment(in: self)
    guard let newest = filter.newest else {
      return Fragment(
        sql: "SELECT count(*) FROM \(table.rawValue) WHERE \(conditions.sql)", arguments: conditions.arguments)
    }
    return Fragment(
      sql: "SELECT count(*) FROM (SELECT 1 FROM \(table.rawValue) WHERE \(conditions.sql) LIMIT ?)",
      arguments: conditions.arguments + [newest])
  }

  /// Where the newest so many begin; 0 if all count, or if there are not that many.
  fileprivate func oldestKey(_ filter: ResultFilter, _ db: Database) throws -> Int64 {
    guard let newest = filter.newest else { return 0 }
    let conditions = filter.fragment(in: self)
    let sql = "SELECT key FROM \(table.rawValue) WHERE \(conditions.sql) ORDER BY key DESC LIMIT 1 OFFSET ?"
    let arguments = StatementArguments(conditions.arguments + [newest - 1])
    return try Int64.fetchOne(db.statement(sql, isKept: filter.isCommon), arguments: arguments) ?? 0
  }
}
