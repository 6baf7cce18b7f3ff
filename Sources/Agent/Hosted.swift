import Model
import Wire

/// A run as this agent hosts it: the pure session, and what its shell needs beside it.
final class Hosted {
  /// What the coordinator must and need not be told.
  var session: Session
  /// What holds for all of the run's attempts.
  var context: SlotContext
  /// The run's line; nil while there is none.
  var link: Link?
  /// When the last frame came, by a clock that runs through suspend.
  var heard: Double
  /// Seconds without a frame after which the run's attempts are ended.
  var lease: Double
  /// True once the lease has ended: what ran was ended, and the verdicts wait.
  var isExpired = false
  /// Orders of attempts that wait, as they came.
  var orders: [AttemptID: [UInt8]] = [:]
  /// The highest stream that an attempt has a file of.
  var streams: [AttemptID: UInt16] = [:]
  /// Contents that are on their way.
  var blobs: Blobs
  /// Verdicts on disk.
  let spool: Spool

  init(run: RunID, context: SlotContext, directory: WorkDirectory, now: Double, lease: Double) throws(Fault) {
    session = Session(run: run)
    self.context = context
    heard = now
    self.lease = lease
    blobs = Blobs(folder: directory.blobs, run: run)
    try makeFolders(directory.run(run))
    spool = try Spool(folder: directory.run(run))
  }
}
