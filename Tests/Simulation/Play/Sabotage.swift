/// Deliberate bugs, to show that the simulator finds such.
public enum Sabotage: String, Sendable, CaseIterable {
  /// Nodes are told that records are durable before they are.
  case acknowledgeBeforeCommit
  /// The end of an attempt that was given up counts all the same.
  case noFence
  /// A lost node's attempts are given to others before its lease is over.
  case hastyLease
  /// The node does not end what it runs when its lease is over.
  case endlessLease
  /// A new agent does not care what its dead predecessor left running.
  case carelessSuccessor
  /// Verdicts are sent before they are durable on the node.
  case spoolUnsynced
  /// A new line goes on behind what was sent over the old one, not behind what came.
  case resendNothing
  /// A torn tail, or output that no event counts, is not cut off.
  case tornTailStays
  /// Events count output that is not durable.
  case rawBytesUnsynced
  /// What may have reached a server is sent again without asking.
  case resendWithoutAsking
  /// An entry counts as delivered once it is sent.
  case deliveredWhenSent
  /// A resumed run does not put into the outbox what its predecessor may not have.
  case forgottenResults
  /// A resumed run gives out anew what its nodes still have.
  case resumeGivesOutAgain
}
