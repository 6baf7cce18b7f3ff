/// How long a node that cannot be reached keeps what it was given. The node counts its lease from the last frame that it
/// received; that was at the latest when the coordinator last heard of it. So long, and a margin for clocks that do not
/// run alike, nobody else may get its attempts: two of one case would run.
struct NodeLease: Hashable, Sendable {
  /// Seconds that the node works on.
  let lease: Double
  /// Seconds beyond.
  let margin: Double
  /// When the node was heard last, in seconds of a clock that runs through suspend; when the run (or whoever goes on with
  /// it) began, if it was not.
  private(set) var heard: Double

  init(lease: Double, margin: Double, at now: Double) {
    self.lease = lease
    self.margin = margin
    heard = now
  }

  /// Something came.
  mutating func hear(at now: Double) { heard = max(heard, now) }

  /// Seconds until the node has surely ended what it ran; 0: it has.
  func left(at now: Double) -> Double { max(0, heard + lease + margin - now) }
}
