import CSpawn
import Glibc
import Model
import Wire

/// The verdicts of a run that nobody has acknowledged, on the node's disk: frames as they go over the wire, appended and
/// synced before they are sent, so that they outlive the agent.
final class Spool {
  private let path: String
  private let file: Descriptor
  private var isDirty = false

  /// Opens (or makes) the spool in a run's folder. Throws `.system`.
  init(folder: String) throws(Fault) {
    path = folder + "/verdicts"
    let number = sortie_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw systemFault("open", path) }
    file = Descriptor(number)
  }

  /// Writes a verdict. Throws `.system` when the disk refuses it.
  func append(_ event: [UInt8], sequence: UInt64) throws(Fault) {
    var payload: [UInt8] = []
    payload.append(littleEndian: sequence)
    try writeAll(Frame.encode(.event, payload + event), to: file.number, path)
    isDirty = true
  }

  /// Makes what was written durable.
  func sync() throws(Fault) {
    guard isDirty else { return }
    guard fdatasync(file.number) == 0 else { throw systemFault("fdatasync", path) }
    isDirty = false
  }

  /// Everything was acknowledged.
  func clear() { ftruncate(file.number, 0) }
}
