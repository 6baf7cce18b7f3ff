import Model

extension Paddles {
  /// A job of a run.
  public enum Job {
    /// What a client may say about a job, in the order of an answer.
    public enum Key: String, CaseIterable, Hashable, Sendable {
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

    /// What the original's column of a key holds.
    public enum Kind: Hashable, Sendable {
      /// Text of at most so many characters; nil: of any length.
      case text(Int?)
      /// A whole number of 64 bits.
      case integer
      /// True or false.
      case boolean
      /// A time as ``Paddles/time(_:)`` reads it.
      case time
      /// Any JSON.
      case json
    }

    /// What an answer's object begins with, before the keys.
    public static let logKey = "log_href"
    /// Keys that only `fields=` shows: columns that nobody can write are always null.
    public static let unwritableKeys = ["teuthology_sha1", "repo", "sleep_before_teardown", "issue_url", "comment"]
  }
}

extension Paddles.Job.Key {
  /// What is kept under this key.
  public var kind: Paddles.Job.Kind {
    switch self {
    case .archivePath, .name: .text(512)
    case .suite, .suitePath, .suiteRelpath, .suiteRepo: .text(256)
    case .email, .flavor, .owner, .sentryEvent, .branch, .suiteBranch: .text(128)
    case .teuthologyBranch, .user: .text(64)
    case .sha1, .suiteSHA1: .text(40)
    case .jobID, .machineType, .osType, .pid, .status, .subset, .queue, .packageSource: .text(32)
    case .osVersion: .text(16)
    case .description, .failureReason, .grafanaURL: .text(nil)
    case .duration, .seed, .priority: .integer
    case .lastInSuite, .nukeOnError, .success, .verbose: .boolean
    case .timestamp: .time
    case .kernel, .overrides, .roles, .targets, .tasks: .json
    }
  }

  /// The value as its column keeps it.
  /// - Throws: 400 that names the key, where the column of the original would have failed.
  func column(_ value: SentValue) throws(Paddles.Refusal) -> SentValue {
    if value == .null { return .null }
    switch kind {
    case .json: return value
    case .text(let limit): return .string(try text(value, limit: limit))
    case .integer:
      guard let number = Self.integer(value) else { throw .invalid("'\(rawValue)' must be an integer") }
      return .other(json: String(number))
    case .boolean:
      guard let flag = Self.boolean(value) else { throw .invalid("'\(rawValue)' must be a boolean") }
      return .other(json: flag ? "true" : "false")
    case .time:
      guard let time = value.string.flatMap(Paddles.time) else {
        throw .invalid("'\(rawValue)' must match %Y-%m-%d_%H:%M:%S")
      }
      return .string(Paddles.text(time))
    }
  }

  /// Numbers and booleans become text, as in a column of text.
  private func text(_ value: SentValue, limit: Int?) throws(Paddles.Refusal) -> String {
    let text = value.string ?? value.json
    guard value.string != nil || !["{", "["].contains(text.first) else {
      throw .invalid("'\(rawValue)' must be a string")
    }
    guard !text.utf8.contains(0) else { throw .invalid("'\(rawValue)' must not hold a NUL") }
    if let limit, text.utf8.count > limit, text.unicodeScalars.count > limit {
      throw .invalid("'\(rawValue)' must not have more than \(limit) characters")
    }
    return text
  }

  /// Fractions are rounded, halves away from zero; booleans are 0 and 1.
  private static func integer(_ value: SentValue) -> Int64? {
    switch value {
    case .null: return nil
    case .other("true"): return 1
    case .other("false"): return 0
    case .string(let text), .other(let text):
      guard text.utf8.count <= 64 else { return nil }
      if let number = Int64(text) { return number }
      return Double(text).flatMap { Int64(exactly: $0.rounded(.toNearestOrAwayFromZero)) }
    }
  }

  private static func boolean(_ value: SentValue) -> Bool? {
    switch value.string?.lowercased() ?? value.json {
    case "true", "1", "1.0": true
    case "false", "0", "0.0": false
    default: nil
    }
  }
}
