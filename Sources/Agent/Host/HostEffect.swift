import Model
import Wire

/// What ``HostState`` wants done, in this order.
enum HostEffect: Hashable {
  /// Say welcome to whoever attached, with what the session holds.
  case welcome
  /// Let the line go: nothing has come over it for too long.
  case cut
  /// Append to the run's spool. Refused: ``HostState/spoolRefused(_:_:at:)``.
  case spool(SpoolEntry)
  /// Nothing in the spool counts any more: empty it.
  case truncate
  /// Rewrite the spool with the records of these attempts alone.
  case compact(keeping: Set<AttemptID>)
  /// Write the mark as ``spool(_:)`` says. Only when it is written, hand the order to the slot; if the slot is gone:
  /// ``HostState/slotDied(_:at:reason:)``.
  case start(AttemptID, slot: Int, order: [UInt8], mark: SpoolEntry)
  /// Tell the slot to end what it runs; `now`: without asking first.
  case end(slot: Int, now: Bool)
  /// End the slot's process: it does not answer. Then ``HostState/slotDied(_:at:reason:)``.
  case kill(slot: Int)
  /// Delete the attempt's files: streams from 0 to this one.
  case remove(AttemptID, highestStream: UInt16)
  /// Give the beginning of a stream's file back to the disk.
  case drop(Session.Stream, upTo: Int64)
  /// Try whether the disk can be written again; if so: ``HostState/spaceAgain(at:)``.
  case probe
}

/// A record on its way into the spool.
struct SpoolEntry: Hashable {
  /// What it is, for whoever has to do without it.
  enum Kind: Hashable { case mark, artifact, verdict, released }
  var kind: Kind
  /// The attempt; nil for ``Kind/released``.
  var attempt: AttemptID?
  /// The encoded ``SpoolRecord``.
  var bytes: [UInt8]
}

/// A moment, as the shell sees it.
struct HostMoment: Hashable {
  /// Seconds of a clock that never jumps and runs through suspend.
  var boot: Double
  /// The node's wall clock.
  var wall: Timestamp
}
