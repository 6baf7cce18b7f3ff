/// What became of sending an entry.
public enum SendResult: Hashable, Sendable {
  /// The server has it; the link leads there.
  case delivered(link: String)
  /// The server does not want it, and never will.
  case refused(reason: String)
  /// The server wants something from us first (credentials, another address): nothing more is sent there now.
  case held(reason: String)
  /// The server could not be reached or takes nothing at the moment. It may say for how many seconds.
  case unavailable(reason: String, retryAfter: Double? = nil)
  /// The server failed at this entry, and said so.
  case failed(reason: String)
  /// It was sent, and nobody knows what came of it.
  case ambiguous(reason: String)
}

/// What became of asking for an entry.
public enum AskResult: Hashable, Sendable {
  /// The server has it.
  case found(link: String)
  /// It does not, or cannot tell.
  case absent
  /// As ``SendResult/held(reason:)``.
  case held(reason: String)
  /// As ``SendResult/unavailable(reason:retryAfter:)``.
  case unavailable(reason: String, retryAfter: Double? = nil)
}
