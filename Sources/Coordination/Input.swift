import Model
import Wire

/// What reaches the run's loop.
enum Input: Sendable {
  /// A node's agent is attached (again).
  case ready(String, NodeFacts)
  /// A node's link broke; it may come back.
  case down(String, reason: String)
  /// A node is given up for this run.
  case gone(String, reason: String)
  /// Numbered records of a node, in order. The epoch tells one life of its agent from the next.
  case records(String, epoch: Int, [NodeRecord])
  /// The node's agent died and took this attempt with it.
  case perished(AttemptID, reason: String)
  /// Something people should know.
  case notice(Activity.Notice)
  /// The run's folder cannot be written; when this is taken in, it can again.
  case diskRefused(reason: String)
  /// Somebody wants the run to end.
  case cancel(by: String, now: Bool)
  /// Something that happened beside the run's own work, such as a delivered result.
  case activity(Activity)
}

/// One numbered record of a node.
struct NodeRecord: Sendable {
  /// What it is.
  enum Content: Sendable {
    case event(NodeEvent)
    case data(DataHeader, [UInt8])
  }
  /// Its number.
  var sequence: UInt64
  /// What it is.
  var content: Content
}
