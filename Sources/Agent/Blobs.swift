import CSpawn
import Glibc
import Model
import Wire

/// File contents on the node, by hash: sent once, used by every case that names them.
struct Blobs {
  /// No content may be larger.
  static let limit: Int64 = 4 << 30
  private let folder: String
  private let run: RunID
  private var sizes: [String: Int64] = [:]
  // The disk did not take a part of these: what else comes of them is passed over.
  private var refused: Set<String> = []

  /// Contents in `folder`, of which `run` may send some.
  init(folder: String, run: RunID) {
    self.folder = folder
    self.run = run
  }

  /// Which of the offered contents are not here.
  mutating func missing(_ offer: Offer) -> Offer {
    var missing: [String: Int64] = [:]
    for (hash, size) in offer.blobs where bytes(hexadecimal: hash)?.count == 32 && size >= 0 && size <= Blobs.limit {
      var info = stat()
      if lstat(folder + "/" + hash, &info) == 0, Int64(info.st_size) == size { continue }
      missing[hash] = size
      sizes[hash] = size
      refused.remove(hash)
    }
    return Offer(blobs: missing)
  }

  /// Takes a part in; parts of one content come in order. Throws `.wire` for what was not asked for or does not have
  /// the hash it claims, `.system` when the disk refuses it.
  mutating func take(_ part: BlobPart) throws(Fault) {
    let hash = hexadecimal(part.hash)
    guard let size = sizes[hash], part.offset >= 0, part.offset <= size - Int64(part.bytes.count) else {
      throw Fault(.wire, "content \(hash) was not asked for")
    }
    let temporary = folder + "/" + hash + "." + run.rawValue
    if refused.contains(hash) { return }
    do throws(Fault) {
      try write(part, to: temporary)
    } catch {
      unlink(temporary)
      refused.insert(hash)
      throw error
    }
    guard part.offset + Int64(part.bytes.count) == size else { return }
    sizes[hash] = nil
    guard try digest(temporary) == hash else {
      unlink(temporary)
      throw Fault(.wire, "content \(hash) arrived damaged")
    }
    guard rename(temporary, folder + "/" + hash) == 0 else { throw systemFault("rename", temporary) }
  }

  private func write(_ part: BlobPart, to temporary: String) throws(Fault) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (part.offset == 0 ? O_TRUNC : O_APPEND)
    let file = sortie_open(temporary, flags, 0o600)
    guard file >= 0 else { throw systemFault("open", temporary) }
    defer { close(file) }
    try writeAll(Array(part.bytes), to: file, temporary)
  }

  private func digest(_ path: String) throws(Fault) -> String {
    let file = sortie_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard file >= 0 else { throw systemFault("open", path) }
    defer { close(file) }
    var hash = SHA256()
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return hexadecimal(hash.finish()) }
      hash.update(chunk[..<count])
    }
  }
}
