import Model

/// What a dispatcher is told. Facts about attempts that it does not know (any more) change nothing: that is the
/// fence.
public enum Fact: Hashable, Sendable, Codable {
  /// The run begins. Whatever fact comes first begins the run as well.
  case began
  /// A node's agent is attached; said again, it updates labels and slots. A node that is gone stays gone.
  case nodeReady(String, labels: [String: String], slots: Int)
  /// A node's link broke. Gone: for good, what it had is lost. Else it keeps its work and gets no more until it is
  /// back.
  case nodeLost(String, reason: String, gone: Bool)
  /// A node that was lost, and is not gone, is attached again.
  case nodeBack(String)
  /// A node is to get no more work; what runs there may end. Its tear-downs still run.
  case nodeExcluded(String, reason: String)
  /// A slot began to run an attempt.
  case attemptStarted(AttemptID)
  /// An attempt ended, or was dropped from its node's queue after ``Decision/cancelAttempt(_:node:)`` (then: error).
  /// The duration is in seconds.
  case attemptFinished(AttemptID, verdict: Verdict, reason: String?, duration: Double)
  /// Somebody wants the run to end. Now: without tear-downs, and without waiting for what runs.
  case cancel(now: Bool)
  /// Each node has been attached or has been given up: what no node can take any more becomes an error.
  case noMoreNodes
}
