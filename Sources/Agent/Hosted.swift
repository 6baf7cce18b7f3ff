import CSpawn
import Glibc
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
  /// How much of a stream's file has been given back to the disk.
  var dropped: [Session.Stream: Int64] = [:]
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

  /// Gives what the coordinator has of a stream back to the disk, in steps that are worth the call.
  func drop(_ stream: Session.Stream, upTo: Int64, _ directory: WorkDirectory) {
    let from = dropped[stream] ?? 0
    guard upTo - from >= 4 << 20 else { return }
    let path = directory.stream(stream.index, of: stream.attempt, in: session.run)
    let file = sortie_open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0)
    guard file >= 0 else { return }
    defer { close(file) }
    // A file system that cannot do it keeps the bytes until the attempt ends.
    _ = sortie_punch_hole(file, from, upTo - from)
    dropped[stream] = upTo
  }
}
