import Model

/// What is known of one node.
public struct NodeState: Sendable {
  /// How a node stands in a run.
  public enum Standing: String, Sendable, Codable {
    /// It was meant to be used, and its agent was never attached.
    case unreached
    /// Its agent is attached.
    case ready
    /// Its link is broken.
    case lost
    /// It gets no more work in this run.
    case excluded
  }

  /// The node.
  public let name: String
  /// How it stands.
  public private(set) var standing: Standing
  /// Why it is lost or excluded.
  public private(set) var reason: String?
  /// What it said about itself; nil if it was never ready.
  public internal(set) var facts: NodeFacts?
  /// Attempts that ended on it.
  public internal(set) var attempts = 0

  init(name: String, standing: Standing = .ready) {
    self.name = name
    self.standing = standing
  }

  /// An excluded node stays excluded, whatever becomes of its link.
  mutating func become(_ new: Standing, because reason: String?) {
    guard standing != .excluded else { return }
    standing = new
    self.reason = reason
  }
}
