import Model

/// What a driver knows of its surroundings when it builds a command and when it judges.
public struct DriverContext: Sendable {
  /// The absolute path that the case works in; its `files:` are unpacked there.
  public var workDirectory: String
  /// The absolute path of an existing, fresh folder for what the driver itself writes: programs, result files, reports.
  public var resultsDirectory: String
  /// The interpreter of the Python drivers, a path or a name to look up in PATH. `args.python` comes first.
  public var python: String
  /// The shell of `bashfeature`. Set it to `/bin/sh` on a node without bash.
  public var shell: String
  /// When the case passes.
  public var criteria: Criteria
  /// The environment that the case will get. `run.env` adds only names that it lacks.
  public var environment: [String: String]
  /// The case's project.
  public var project: String
  /// The case's tier.
  public var tier: String
  /// The case's name.
  public var caseName: String

  /// Makes a context.
  public init(
    workDirectory: String, resultsDirectory: String, python: String = "python3", shell: String = "/bin/bash",
    criteria: Criteria = .percentage(100), environment: [String: String] = [:], project: String = "",
    tier: String = "", caseName: String = ""
  ) {
    self.workDirectory = workDirectory
    self.resultsDirectory = resultsDirectory
    self.python = python
    self.shell = shell
    self.criteria = criteria
    self.environment = environment
    self.project = project
    self.tier = tier
    self.caseName = caseName
  }
}
