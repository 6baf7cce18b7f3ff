import CSpawn
import Glibc
import Model

/// A run's spool on the node's disk: ``SpoolRecord``s, appended; verdicts are synced before they are sent, so that they
/// outlive the agent.
final class Spool {
  private let folder: String
  private let path: String
  private var file: Descriptor
  private var size = 0
  private var isDirty = false

  /// Opens (or makes) the spool in a run's folder. Throws `.system`.
  init(folder: String) throws(Fault) {
    self.folder = folder
    path = folder + "/verdicts"
    file = try Spool.open(path)
  }

  private static func open(_ path: String) throws(Fault) -> Descriptor {
    let number = sortie_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw systemFault("open", path) }
    return Descriptor(number)
  }

  /// What a former agent left, with its size, and how many bytes at its end were damaged and have been cut off.
  func load() -> (log: SpoolLog, size: Int, damaged: Int) {
    let bytes = readFile(path, limit: Spool.limit) ?? []
    let log = SpoolLog(bytes)
    size = log.length
    isDirty = size > 0
    if bytes.count > size { ftruncate(file.number, off_t(size)) }
    return (log, size, bytes.count - size)
  }

  // More than this nobody has left unacknowledged.
  private static let limit = 1 << 30

  /// Writes a record. Throws `.system` when the disk refuses it; then nothing of it stays.
  func append(_ bytes: [UInt8]) throws(Fault) {
    do throws(Fault) {
      try writeAll(bytes, to: file.number, path)
    } catch {
      ftruncate(file.number, off_t(size))
      throw error
    }
    size += bytes.count
    isDirty = true
  }

  /// Makes what was written durable. Throws `.system`.
  func sync() throws(Fault) {
    guard isDirty else { return }
    guard fdatasync(file.number) == 0 else { throw systemFault("fdatasync", path) }
    isDirty = false
  }

  /// Nothing in it counts any more.
  func clear() {
    guard ftruncate(file.number, 0) == 0 else { return }
    size = 0
    isDirty = false
  }

  /// Leaves only the records of some attempts. What cannot be rewritten stays as it is.
  func compact(keeping attempts: Set<AttemptID>) throws(Fault) {
    guard let bytes = readFile(path, limit: Spool.limit) else { return }
    let kept = SpoolLog.kept(bytes, of: attempts)
    let beside = path + ".new"
    unlink(beside)
    let next = try Spool.open(beside)
    try writeAll(kept, to: next.number, beside)
    guard fdatasync(next.number) == 0 else { throw systemFault("fdatasync", beside) }
    guard rename(beside, path) == 0 else { throw systemFault("rename", beside) }
    (file, size, isDirty) = (next, kept.count, false)
    let parent = Descriptor(sortie_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0))
    guard parent.number >= 0, fsync(parent.number) == 0 else { throw systemFault("fsync", folder) }
  }

  /// Throws `.system` while the disk takes no more than a few bytes, or nothing at all.
  func probe() throws(Fault) {
    let probe = folder + "/probe"
    let target = Descriptor(sortie_open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600))
    guard target.number >= 0 else { throw systemFault("open", probe) }
    defer { unlink(probe) }
    try writeAll([UInt8](repeating: 0, count: 256 << 10), to: target.number, probe)
    guard fdatasync(target.number) == 0 else { throw systemFault("fdatasync", probe) }
  }
}
