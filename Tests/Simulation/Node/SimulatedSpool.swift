import Journal
import Model

@testable import Agent

/// A run's spool as the agent's shell keeps it, on a simulated disk; the format is the real one.
final class SimulatedSpool {
  private let path: String
  private let disk: ProcessDisk
  private let isCareless: Bool
  private var size = 0
  private var isDirty = false

  init(_ path: String, on disk: ProcessDisk, sabotage: Sabotage?) {
    self.path = path
    self.disk = disk
    isCareless = sabotage == .spoolUnsynced
  }

  /// What a former agent left, its size, and how many damaged bytes were cut off behind it.
  func load() -> (log: SpoolLog, size: Int, damaged: Int) {
    let bytes = disk.disk.content(path) ?? []
    let log = SpoolLog(bytes)
    size = log.length
    isDirty = size > 0
    if bytes.count > size { try? cut() }
    return (log, size, bytes.count - size)
  }

  private func with(_ body: (Int32) throws(DiskError) -> Void) throws(DiskError) {
    let file = try disk.open(path, for: .writing)
    defer { disk.close(file) }
    try body(file)
  }

  private func cut() throws(DiskError) {
    try with { file throws(DiskError) in try disk.truncate(file, to: Int64(size)) }
  }

  func append(_ bytes: [UInt8]) throws(DiskError) {
    do throws(DiskError) {
      try with { file throws(DiskError) in try disk.write(bytes[...], to: file, at: Int64(size)) }
    } catch {
      try? cut()
      throw error
    }
    size += bytes.count
    isDirty = true
  }

  func sync() throws(DiskError) {
    guard isDirty, !isCareless else { return }
    try with { file throws(DiskError) in try disk.sync(file) }
    isDirty = false
  }

  func clear() {
    do throws(DiskError) {
      try with { file throws(DiskError) in try disk.truncate(file, to: 0) }
      (size, isDirty) = (0, false)
    } catch {
      return
    }
  }

  func compact(keeping attempts: Set<AttemptID>) {
    let kept = SpoolLog.kept(disk.disk.content(path) ?? [], of: attempts)
    do throws(DiskError) {
      try disk.writeWhole(kept, to: path)
      (size, isDirty) = (kept.count, false)
    } catch {
      return
    }
  }

  /// Whether the disk takes something again.
  var isWritable: Bool { disk.disk.room.map { $0 > 4096 } ?? true }
}
