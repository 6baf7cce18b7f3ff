import GRDB

extension StoreCheck {
  /// What the rows of runs say about their jobs, they say by themselves, so that nobody has to count.
  static let ofPaddles = [runCounts, firstJobs, jobConfigs]

  /// As many jobs of each status as the run says.
  private static let runCounts = StoreCheck(name: "jobs of paddles runs") { db in
    let statuses = ["queued", "pass", "running", "waiting", "fail", "dead", "unknown"]
    let sums = statuses.map { "coalesce(sum(status = '\($0)'), 0)" }.joined(separator: ", ")
    let sql = """
      SELECT name FROM paddles_runs AS run WHERE (queued, passed, running, waiting, failed, dead, unknown)
        IS NOT (SELECT \(sums) FROM paddles_jobs WHERE run_key = run.key) LIMIT \(limit)
      """
    return try String.fetchAll(db, sql: sql).map { "run \($0) does not count its jobs right" }
  }

  /// The first job by its id as text is the one whose values the run shows.
  private static let firstJobs = StoreCheck(name: "first jobs of paddles runs") { db in
    let sql = """
      SELECT name FROM paddles_runs AS run
      WHERE first_job IS NOT (SELECT min(job_id) FROM paddles_jobs WHERE run_key = run.key) LIMIT \(limit)
      """
    return try String.fetchAll(db, sql: sql).map { "run \($0) names the wrong job as its first" }
  }

  /// Every job has its configuration.
  private static let jobConfigs = StoreCheck(name: "configurations of paddles jobs") { db in
    let sql = """
      SELECT job_id || ' of run ' || paddles_runs.name FROM paddles_jobs JOIN paddles_runs ON paddles_runs.key = run_key
      WHERE paddles_jobs.key NOT IN (SELECT job_key FROM paddles_configs) LIMIT \(limit)
      """
    return try String.fetchAll(db, sql: sql).map { "job \($0) has no configuration" }
  }
}
