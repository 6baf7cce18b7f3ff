import GRDB
import Model

/// What runs are told apart by.
public enum RunValue: Hashable, Sendable {
  /// A column of the runs.
  case column(RunFilter.Column)
  /// The day for which they are scheduled, in UTC.
  case day
  /// The commits of their jobs.
  case commit
  /// The flavors of their jobs.
  case flavor
}

extension ResultStore {
  /// The values that the runs of some conditions have, each once and in order, without empty ones.
  public func values(_ value: RunValue, _ conditions: [RunFilter.Condition]) async throws(Fault) -> [String] {
    try await read { db in
      let filter = Fragment.all(conditions.map(\.fragment))
      let sql: String
      switch value {
      case .column(let column):
        sql = Self.distinct("runs.\(column.rawValue)", "paddles_runs AS runs WHERE \(filter.sql)")
      case .day:
        sql = Self.distinct(
          "strftime('%Y-%m-%d', floor(runs.scheduled / 1e9), 'unixepoch')", "paddles_runs AS runs WHERE \(filter.sql)")
      case .commit where conditions.isEmpty: sql = Self.skipping("sha1")
      case .flavor where conditions.isEmpty: sql = Self.skipping("flavor")
      case .commit, .flavor:
        sql = Self.distinct(
          value == .commit ? "jobs.sha1" : "jobs.flavor",
          "paddles_runs AS runs JOIN paddles_jobs AS jobs ON jobs.run_key = runs.key WHERE \(filter.sql)")
      }
      return try String.fetchAll(db, sql: sql, arguments: StatementArguments(filter.arguments))
    }
  }

  private static func distinct(_ column: String, _ source: String) -> String {
    "SELECT DISTINCT \(column) AS value FROM \(source) AND \(column) <> '' ORDER BY value"
  }

  /// Goes from one value to the next in the index, instead of over all jobs.
  private static func skipping(_ column: String) -> String {
    """
    WITH RECURSIVE found (value) AS (
      SELECT min(\(column)) FROM paddles_jobs WHERE \(column) > ''
      UNION ALL
      SELECT (SELECT min(\(column)) FROM paddles_jobs WHERE \(column) > value) FROM found WHERE value IS NOT NULL
    ) SELECT value FROM found WHERE value IS NOT NULL
    """
  }
}
