import GRDB
import Model

extension ResultStore {
  /// What the filter finds, the newest first and at most so many: the first chunk. Unlike a page it counts nothing, so
  /// that its cost depends on the limit only.
  public func newest(_ limit: Int, _ filter: ResultFilter) async throws(Fault) -> ResultScan.Chunk {
    try await read(reaching: filter.reach(in: .results)) { db in
      let wanted = min(limit, filter.newest ?? limit)
      guard wanted > 0 else { return ResultScan.Chunk(results: []) }
      return try ResultScan(
        CaseResult.source, filter, keys: 0...Int64.max, ascending: false, skip: 0, limit: wanted
      ).next(db)
    }
  }
}
