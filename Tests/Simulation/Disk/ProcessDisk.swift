import Glibc
import Journal

/// A disk as one process sees it: each operation that changes something is a step at which the process may die, and a
/// dead process changes nothing more.
struct ProcessDisk: Disk {
  let disk: SimulatedDisk
  /// False: the process is dead, perhaps from this moment on.
  let step: () -> Bool
  /// Deliberate bugs.
  let sabotage: Sabotage?
  private let tail = UncutTail()

  init(disk: SimulatedDisk, step: @escaping () -> Bool, sabotage: Sabotage?) {
    self.disk = disk
    self.step = step
    self.sabotage = sabotage
  }

  private func take() throws(DiskError) {
    guard step() else { throw DiskError("crash", EIO) }
  }

  func makeFolder(_ path: String) throws(DiskError) {}

  func syncFolder(_ path: String) throws(DiskError) {
    try take()
    disk.syncFolder(path)
  }

  func open(_ path: String, for purpose: DiskPurpose) throws(DiskError) -> Int32 {
    if case .reading = purpose { return try disk.open(path, for: purpose) }
    try take()
    return try disk.open(path, for: purpose)
  }

  func close(_ file: Int32) { disk.close(file) }

  func size(of file: Int32) throws(DiskError) -> Int64 { Int64(try disk.file(file).bytes.count) }

  func read(_ file: Int32, at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
    Array(try disk.file(file).bytes.dropFirst(Int(offset)).prefix(count))
  }

  func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(DiskError) {
    try take()
    let file = try disk.file(file)
    try disk.write(bytes, to: file, at: Int(offset) + tail.shift(of: file, at: Int(offset)))
  }

  func truncate(_ file: Int32, to size: Int64) throws(DiskError) {
    try take()
    if sabotage == .tornTailStays { return tail.leave(try disk.file(file), from: Int(size)) }
    disk.truncate(try disk.file(file), to: Int(size))
  }

  func sync(_ file: Int32) throws(DiskError) {
    try take()
    let file = try disk.file(file)
    if sabotage == .rawBytesUnsynced, !file.path.hasSuffix("/journal") { return }
    try disk.sync(file)
  }

  func syncAll(around file: Int32) throws(DiskError) {
    try take()
    if sabotage == .rawBytesUnsynced { return }
    try disk.syncAll()
  }
}

/// For ``Sabotage/tornTailStays``: a tail that should have been cut off, behind which is written now.
private final class UncutTail {
  private var file: SimulatedFile?
  private var start = 0
  private var length = 0

  func leave(_ file: SimulatedFile, from start: Int) {
    (self.file, self.start, length) = (file, start, file.bytes.count - start)
  }

  func shift(of file: SimulatedFile, at offset: Int) -> Int { file === self.file && offset >= start ? length : 0 }
}

/// Whole files, as the outbox handles them: written beside, synced, renamed, the folder synced.
extension ProcessDisk {
  func writeWhole(_ bytes: [UInt8], to path: String) throws(DiskError) {
    let beside = path + ".part"
    disk.remove(beside)
    let file = try open(beside, for: .writing)
    defer { close(file) }
    do throws(DiskError) {
      try write(bytes[...], to: file, at: 0)
      try sync(file)
    } catch {
      if step() { disk.remove(beside) }
      throw error
    }
    try rename(beside, to: path)
    try syncFolder(ProcessDisk.folder(of: path))
  }

  func rename(_ from: String, to path: String) throws(DiskError) {
    try take()
    try disk.rename(from, to: path)
  }

  func remove(_ path: String) throws(DiskError) {
    try take()
    disk.remove(path)
    try syncFolder(ProcessDisk.folder(of: path))
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}
