import Model

/// What is known of one attempt.
public struct AttemptState: Sendable {
  /// Artifacts listed per attempt at most; the files themselves are all kept.
  static let artifactLimit = 1000

  /// The attempt.
  public let id: AttemptID
  /// Its case, set-up or tear-down.
  public let owner: CaseID
  /// When the coordinator first heard of it, by its own clock.
  public let seen: Timestamp
  /// Where it ran; nil if it never reached a node.
  public internal(set) var node: String?
  /// The fencing number; 0 if it never started.
  public internal(set) var fence: UInt64 = 0
  /// When it began, by the node's corrected clock.
  public internal(set) var began: Timestamp?
  /// What came of it, without details; nil while it runs or if nobody ever heard.
  public internal(set) var outcome: Outcome?
  /// Bytes that it printed, as far as they were received.
  public internal(set) var output: Int64 = 0
  /// Files it left, the first 1,000.
  public internal(set) var artifacts: [Activity.Artifact] = []

  init(id: AttemptID, owner: CaseID, seen: Timestamp) {
    self.id = id
    self.owner = owner
    self.seen = seen
  }

  /// Its raw log, relative to the run's folder: `cases/vping_ssh/1.log`; nil if it printed nothing.
  public var log: String? { output > 0 ? attemptLog(id, of: owner) : nil }

  mutating func keep(_ artifact: Activity.Artifact) {
    guard artifacts.count < AttemptState.artifactLimit, !artifacts.contains(artifact) else { return }
    artifacts.append(artifact)
  }
}

/// An attempt's raw log, relative to the run's folder: `cases/CASE/N.log`. For showing, not for opening: names from
/// outside are shown as they are.
func attemptLog(_ attempt: AttemptID, of owner: CaseID) -> String {
  "cases/\(owner)/\(attempt.ordinal.map(String.init) ?? attempt.rawValue).log"
}
