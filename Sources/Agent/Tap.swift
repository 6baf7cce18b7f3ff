import CSpawn
import Glibc
import Model

/// Takes what an attempt prints, stdout and stderr through one pipe and so in order, onto the node's disk. Without
/// secrets the bytes never enter user space.
final class Tap {
  /// The pipe's end for the process; closed with ``closeWriteEnd()``.
  private(set) var writeEnd: Int32
  /// The pipe's end to poll.
  let readEnd: Descriptor
  /// Bytes in the file.
  private(set) var size: Int64 = 0
  /// Bytes thrown away beyond the limit.
  private(set) var dropped: Int64 = 0
  // Bytes that are kept; with secrets the last of them may not be in the file yet.
  private var taken: Int64 = 0
  private let path: String
  private let limit: Int64
  private var file: Descriptor?
  private var redactor: Redactor
  private var chunk: [UInt8]

  /// A tap into the file at `path`, which keeps at most `limit` bytes. Throws `.system`.
  init(path: String, limit: Int64, redactor: Redactor) throws(Fault) {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw systemFault("pipe2", path) }
    readEnd = Descriptor(ends[0])
    writeEnd = ends[1]
    _ = sortie_fcntl(ends[0], F_SETFL, Int(O_NONBLOCK))
    self.path = path
    self.limit = limit
    self.redactor = redactor
    chunk = redactor.isIdle ? [] : [UInt8](repeating: 0, count: 64 << 10)
  }

  deinit { closeWriteEnd() }

  /// To be called once the process has its copy, so that the pipe can end.
  func closeWriteEnd() {
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }

  /// What came of one look at the pipe.
  enum Progress { case grew, empty, ended }

  /// Moves what is there, at most about a megabyte. Throws `.system` when the disk refuses it.
  func move() throws(Fault) -> Progress {
    if taken >= limit { return discard() }
    return try redactor.isIdle ? splice() : redact()
  }

  /// Writes what is still held back and, if something was thrown away, the mark that says so.
  func finish() throws(Fault) {
    try append(redactor.finish(isCut: dropped > 0))
    guard dropped > 0 else { return }
    try append(Array("\n[sortie: output limit of \(limit) bytes reached, \(dropped) bytes dropped]\n".utf8))
  }

  private func splice() throws(Fault) -> Progress {
    // A case that prints nothing needs no file, and making one costs more than many a case.
    if file == nil {
      var interest = [pollfd(fd: readEnd.number, events: Int16(POLLIN), revents: 0)]
      waitReady(&interest, seconds: 0)
      if interest[0].revents & Int16(POLLIN) == 0 { return interest[0].revents == 0 ? .empty : .ended }
    }
    let target = try target()
    let room = Int(min(1 << 20, limit - taken))
    let moved = sortie_splice(readEnd.number, target, room, sortie_splice_without_waiting)
    if moved > 0 {
      size += Int64(moved)
      taken += Int64(moved)
      return .grew
    }
    if moved == 0 { return .ended }
    if errno == EAGAIN || errno == EINTR { return .empty }
    throw systemFault("splice", path)
  }

  private func redact() throws(Fault) -> Progress {
    let count = read(readEnd.number, &chunk, Int(min(Int64(chunk.count), limit - taken)))
    if count == 0 { return .ended }
    guard count > 0 else { return .empty }
    taken += Int64(count)
    try append(redactor.push(chunk[..<count]))
    return .grew
  }

  private func discard() -> Progress {
    if chunk.isEmpty { chunk = [UInt8](repeating: 0, count: 64 << 10) }
    let count = read(readEnd.number, &chunk, chunk.count)
    if count == 0 { return .ended }
    guard count > 0 else { return .empty }
    dropped += Int64(count)
    return .grew
  }

  private func append(_ bytes: [UInt8]) throws(Fault) {
    guard !bytes.isEmpty else { return }
    try writeAll(bytes, to: try target(), path)
    size += Int64(bytes.count)
  }

  private func target() throws(Fault) -> Int32 {
    if let file { return file.number }
    let opened = sortie_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard opened >= 0 else { throw systemFault("open", path) }
    file = Descriptor(opened)
    // A wide pipe saves switches when much is printed; the kernel may refuse, which is fine.
    _ = sortie_fcntl(readEnd.number, sortie_pipe_size_command, 1 << 20)
    return opened
  }
}
