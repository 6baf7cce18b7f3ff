import GRDB

extension StoreCheck {
  /// What is counted as rows come and go is so.
  static let ofAvocado = [testCounts, statusCounts]

  /// A job says how its tests ended.
  private static let testCounts = StoreCheck(name: "tests of avocado jobs") { db in
    guard try db.tableExists("avocado_jobs") else { return [] }
    let sql = """
      SELECT id FROM avocado_jobs AS job WHERE (passed, failed, other) IS NOT (
        SELECT coalesce(sum(status IS 1), 0), coalesce(sum(status IS 2 OR status IS 3), 0),
          coalesce(sum(status IS NULL OR status > 3), 0) FROM avocado_tests AS test WHERE test.job = job.key) LIMIT \(limit)
      """
    return try String.fetchAll(db, sql: sql).map { "job \($0) does not count its tests right" }
  }

  /// A status says how many jobs have it.
  private static let statusCounts = StoreCheck(name: "jobs of avocado statuses") { db in
    guard try db.tableExists("avocado_jobs") else { return [] }
    let sql = """
      SELECT name FROM avocado_job_statuses AS kind
      WHERE jobs IS NOT (SELECT count(*) FROM avocado_jobs WHERE status = kind.key)
      """
    return try String.fetchAll(db, sql: sql).map { "status \($0) does not count its jobs right" }
  }
}
