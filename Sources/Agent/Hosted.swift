import CSpawn
import Glibc
import Model
import Wire

/// A run as this agent hosts it: what decides, and what the shell needs beside it.
final class Hosted {
  /// What is decided about the run.
  var state: HostState
  /// What holds for all of the run's attempts.
  var context: SlotContext
  /// The wire's version on its line.
  var version: Int
  /// The run's line; nil while there is none.
  var link: Link?
  /// When it was last tried whether a full disk can be written again.
  var probed = 0.0
  /// Contents that are on their way.
  var blobs: Blobs
  /// What outlives the agent.
  let spool: Spool
  private let directory: WorkDirectory
  // How much of a stream's file has been given back to the disk.
  private var dropped: [AttemptID: Int64] = [:]

  /// A run that is new to this agent. Throws `.system`.
  init(_ attach: Attach, life: String, version: Int, directory: WorkDirectory, now: Double) throws(Fault) {
    state = HostState(run: attach.run, life: life, node: attach.node, lease: attach.lease, now: now)
    context = SlotContext(attach)
    self.version = version
    self.directory = directory
    blobs = Blobs(folder: directory.blobs, run: attach.run)
    try makeFolders(directory.run(attach.run))
    spool = try Spool(folder: directory.run(attach.run))
  }

  /// Takes over what a former agent left of the run. What it left of nothing that is held is deleted.
  func restore(held: [HeldAttempt], at now: HostMoment) -> [HostEffect] {
    let (log, size, damaged) = spool.load()
    var remnants = log.remnants
    let places = Dictionary(uniqueKeysWithValues: remnants.indices.map { (remnants[$0].attempt.rawValue, $0) })
    let folder = directory.run(state.run)
    for name in folderEntries(folder) where name != "verdicts" {
      let path = folder + "/" + name
      var info = stat()
      guard let dot = name.lastIndex(of: "."), let stream = UInt16(name[name.index(after: dot)...]),
        let place = places[String(name[..<dot])], lstat(path, &info) == 0
      else {
        unlink(path)
        continue
      }
      remnants[place].sizes[stream] = Int64(info.st_size)
    }
    return state.restore(remnants, held: held, spoolSize: size, damaged: damaged, at: now)
  }

  /// Gives what the coordinator has of an output back to the disk, in steps that are worth the call.
  func drop(_ stream: Session.Stream, upTo: Int64) {
    let from = dropped[stream.attempt] ?? 0
    guard upTo - from >= 4 << 20 else { return }
    let path = directory.stream(stream.index, of: stream.attempt, in: state.run)
    let file = sortie_open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0)
    guard file >= 0 else { return }
    defer { close(file) }
    // A file system that cannot do it keeps the bytes until the attempt ends.
    _ = sortie_punch_hole(file, from, upTo - from)
    dropped[stream.attempt] = upTo
  }

  /// Deletes an attempt's files.
  func remove(_ attempt: AttemptID, highestStream: UInt16) {
    dropped[attempt] = nil
    for stream in 0...highestStream { unlink(directory.stream(stream, of: attempt, in: state.run)) }
  }
}
