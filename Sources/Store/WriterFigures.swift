import Model

/// What the one writer has done since the store was opened, and what waits for it.
public struct WriterFigures: Sendable {
  /// Writes that wait for a transaction.
  public var waiting = 0
  /// Transactions by how many writes were in them.
  public var groups = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
  /// Transactions by how long they took, in seconds, their sync included.
  public var commits = Histogram.seconds
  /// Transactions that failed as a whole.
  public var failures = 0
  /// The last transaction's failure and when it happened; nil once one has succeeded after it.
  public var lastFailure: (fault: Fault, at: ContinuousClock.Instant)?
  /// Since when the transaction that is at work has been; nil: none is.
  public var busySince: ContinuousClock.Instant?
}
