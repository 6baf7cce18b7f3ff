/// The numbers that a dispatcher goes by.
public struct Policy: Hashable, Sendable, Codable {
  /// Seconds of work that may wait on a node behind each of its busy slots. 0: nothing is prefetched.
  public var batchSeconds: Double
  /// How many attempts a unit has at most, and how many may wait on one node; at least 1.
  public var batchLimit: Int
  /// How often a case is tried again after an infrastructure error.
  public var errorRetries: Int
  /// After how many errors in a row a node gets no more work.
  public var nodeErrorLimit: Int
  /// Seconds that a case is expected to take while nothing is known about it or its domain.
  public var unknownSeconds: Double

  /// Makes a policy.
  public init(
    batchSeconds: Double = 0.5, batchLimit: Int = 256, errorRetries: Int = 1, nodeErrorLimit: Int = 3,
    unknownSeconds: Double = 10
  ) {
    self.batchSeconds = batchSeconds
    self.batchLimit = max(1, batchLimit)
    self.errorRetries = errorRetries
    self.nodeErrorLimit = nodeErrorLimit
    self.unknownSeconds = unknownSeconds
  }
}
