import Model
import Wire

/// What reaches the run's loop.
enum Input: Sendable {
  /// A node's agent is attached (again). The life names this agent: another one numbers its records anew.
  case ready(String, NodeFacts, life: String?)
  /// A node's link broke; it may come back.
  case down(String, reason: String)
  /// A node is given up for this run: its lease has ended, or it had nothing.
  case gone(String, reason: String)
  /// A node is to get no more work; what runs there may end.
  case drained(String, reason: String)
  /// Numbered records of a node, in order. The epoch tells one life of its agent from the next.
  case records(String, epoch: Int, [NodeRecord])
  /// An attempt ended of which no node can report.
  case perished(AttemptID, reason: String)
  /// Something people should know.
  case notice(Activity.Notice)
  /// Somebody wants the run to end.
  case cancel(by: String, now: Bool)
  /// Something that happened beside the run's own work, such as a delivered result.
  case activity(Activity)
  /// Another process goes on with the run: no node is attached.
  case resumed(Activity.RunResumed)
  /// From a journal: bytes that were taken from a node.
  case counted(Activity.Output, sequence: UInt64?)
  /// From a journal: a file that was complete.
  case kept(Activity.Artifact, sequence: UInt64?)
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

extension NodeRecord {
  /// Reads a frame; nil if it is no numbered record. Throws `.wire` for one that cannot be read.
  init?(_ frame: Frame) throws(Fault) {
    switch frame.kind {
    case .event:
      let (sequence, event) = try Frame.decodeEvent(frame.payload)
      self.init(sequence: sequence, content: .event(event))
    case .data:
      let (header, bytes) = try DataHeader.split(frame.payload)
      self.init(sequence: header.sequence, content: .data(header, Array(bytes)))
    default: return nil
    }
  }
}
