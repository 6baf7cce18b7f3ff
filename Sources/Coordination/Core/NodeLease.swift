/// How long a node that cannot be reached keeps what it was given. The node counts its lease from the last frame that
/// reached it: at the latest the last one that was sent, whether or not anything has come back since. So long, and a
/// margin for clocks that do not run alike, nobody else may get its attempts: two of one case would run.
///
/// Times are seconds of a clock that runs through suspend.
struct NodeLease: Hashable, Sendable {
  /// Seconds that the node works on.
  let lease: Double
  /// Seconds beyond.
  let margin: Double
  /// When the node was heard last; when the run (or whoever goes on with it) began, if it was not.
  private(set) var heard: Double
  /// When something was sent to it last; likewise.
  private(set) var told: Double

  init(lease: Double, margin: Double, at now: Double) {
    self.lease = lease
    self.margin = margin
    heard = now
    told = now
  }

  /// Something came.
  mutating func hear(at now: Double) { heard = max(heard, now) }

  /// Something is sent. Comes before the sending: it may arrive although it fails.
  mutating func tell(at now: Double) { told = max(told, now) }

  /// Seconds until the node has surely ended what it ran; 0: it has.
  func left(at now: Double) -> Double { max(0, max(heard, told) + lease + margin - now) }

  /// Whether nothing has come for so long that it is not waited for any more.
  func isOverdue(at now: Double) -> Bool { heard + lease + margin <= now }
}
