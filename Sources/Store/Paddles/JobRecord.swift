import GRDB
import Model

/// A job of paddles.
public struct JobRecord: Hashable, Sendable {
  /// What is known of a job, in the order of the wire; each is a column of that name.
  public enum Column: String, CaseIterable, Sendable {
    case archivePath = "archive_path"
    case description, duration, email
    case failureReason = "failure_reason"
    case flavor
    case jobID = "job_id"
    case kernel
    case lastInSuite = "last_in_suite"
    case machineType = "machine_type"
    case name
    case nukeOnError = "nuke_on_error"
    case osType = "os_type"
    case osVersion = "os_version"
    case overrides, owner, pid, roles
    case sentryEvent = "sentry_event"
    case status, success, branch, seed, sha1, subset, suite
    case suiteBranch = "suite_branch"
    case suitePath = "suite_path"
    case suiteRelpath = "suite_relpath"
    case suiteRepo = "suite_repo"
    case suiteSHA1 = "suite_sha1"
    case targets, tasks, timestamp
    case teuthologyBranch = "teuthology_branch"
    case verbose
    case grafanaURL = "pcp_grafana_url"
    case priority, user, queue
    case packageSource = "package_source"
  }

  /// The number of its row.
  public var key: Int64
  /// The number of its run's row.
  public var runKey: Int64
  /// The run's name.
  public var run: String
  /// The values of the columns, in their order.
  public var values: [StoredValue]
  /// When it was made.
  public var posted: Timestamp
  /// When it first ran.
  public var started: Timestamp?
  /// When it was last heard of.
  public var updated: Timestamp

  /// What the rules of a change look at.
  public struct State: Hashable, Sendable {
    /// What it is doing.
    public var status: String
    /// When it first ran.
    public var started: Timestamp?
    /// When it was last heard of.
    public var updated: Timestamp
  }
}

extension JobRecord.Column {
  /// Whether it lies apart, with the rest of the large JSON.
  var isConfig: Bool {
    switch self {
    case .kernel, .overrides, .roles, .targets, .tasks: true
    default: false
    }
  }

  /// What only the rules write.
  var isRuled: Bool { self == .jobID || self == .status }

  /// The value as it is bound to a statement.
  func bound(_ value: StoredValue) -> DatabaseValue {
    guard self == .priority else { return value.bound }
    guard case .json(let number) = value else { return .null }
    return Int64(number)?.databaseValue ?? .null
  }
}

extension JobRecord {
  /// What is selected from where, in the order that `init(row:)` reads it: the jobs as `jobs`, their runs as `runs`.
  /// Only the jobs are searched.
  static let query = """
    SELECT jobs.key, jobs.run_key, runs.name, jobs.posted, jobs.started, jobs.updated, \
    \(Column.allCases.map { ($0.isConfig ? "configs." : "jobs.") + $0.rawValue }.joined(separator: ", ")) \
    FROM paddles_jobs AS jobs CROSS JOIN paddles_runs AS runs ON runs.key = jobs.run_key \
    CROSS JOIN paddles_configs AS configs ON configs.job_key = jobs.key
    """

  init(row: Row) {
    key = row[0]
    runKey = row[1]
    run = row[2]
    posted = Timestamp(nanoseconds: row[3])
    started = (row[4] as Int64?).map(Timestamp.init(nanoseconds:))
    updated = Timestamp(nanoseconds: row[5])
    values = (6..<6 + Column.allCases.count).map { index in
      let value: DatabaseValue = row[index]
      if case .int64(let number) = value.storage { return .json(String(number)) }
      return StoredValue(value)
    }
  }

  /// How much of memory its values take, roughly, in bytes.
  var weight: Int {
    values.reduce(512) { sum, value in
      switch value {
      case .null: sum
      case .string(let text), .json(let text): sum + text.utf8.count
      }
    }
  }
}
