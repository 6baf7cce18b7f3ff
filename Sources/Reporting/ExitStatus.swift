/// The exit codes of a run. They are an interface: scripts decide by them.
public enum ExitStatus: Int32, Sendable, Codable, CaseIterable {
  /// All passed, or skipped by a rule.
  case passed = 0
  /// A test failed.
  case failed = 1
  /// The command line or a definition is wrong.
  case usage = 2
  /// The infrastructure failed, or something planned was not reported.
  case infrastructure = 3
  /// Nothing would run.
  case nothing = 4
  /// It ran well, but results are not delivered yet; they are kept.
  case undelivered = 5
  /// Interrupted.
  case interrupted = 130

  /// Which one counts where several hold, the strongest first: 130, 2, 4, 3, 1, 5, 0.
  public static let precedence: [ExitStatus] = [
    .interrupted, .usage, .nothing, .infrastructure, .failed, .undelivered, .passed,
  ]

  /// The one that counts of all that hold; `passed` if none does.
  public static func strongest(of holding: some Sequence<ExitStatus>) -> ExitStatus {
    let holding = Set(holding)
    return precedence.first { holding.contains($0) } ?? .passed
  }
}
