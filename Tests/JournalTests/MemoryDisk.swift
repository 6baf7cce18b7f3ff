import Glibc
import Journal
import TestSupport

/// A disk in memory that loses power: of what was not synced, each block of 64 bytes is there afterwards or not, in any
/// mixture, as on real ones.
final class MemoryDisk: Disk {
  private struct File {
    var content: [UInt8] = []
    var durable: [UInt8] = []
    var isNamed = false
  }

  private var files: [File] = []
  private var paths: [String: Int] = [:]
  private var random: Seeded
  /// So many more bytes are taken.
  var room = Int.max
  /// Syncs that fail: what was written since the last one may be lost although a later one succeeds.
  var refusesToSync = false

  init(seed: UInt64) { random = Seeded(seed) }

  private static let block = 64

  func makeFolder(_ path: String) {}
  func syncFolder(_ path: String) { for index in files.indices { files[index].isNamed = true } }
  func close(_ file: Int32) {}

  func open(_ path: String, for purpose: DiskPurpose) throws(DiskError) -> Int32 {
    if let index = paths[path] {
      if case .creating = purpose { throw DiskError("open", EEXIST) }
      return Int32(index)
    }
    switch purpose {
    case .reading, .changing: throw DiskError("open", ENOENT)
    case .creating, .writing: break
    }
    files.append(File())
    paths[path] = files.count - 1
    return Int32(files.count - 1)
  }

  func size(of file: Int32) -> Int64 { Int64(files[Int(file)].content.count) }

  func read(_ file: Int32, at offset: Int64, count: Int) -> [UInt8] {
    Array(files[Int(file)].content.dropFirst(Int(offset)).prefix(count))
  }

  func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(DiskError) {
    let taken = bytes.prefix(room)
    put(taken, Int(offset), &files[Int(file)].content)
    if room < .max { room -= taken.count }
    guard taken.count == bytes.count else { throw DiskError("write", ENOSPC) }
  }

  private func put(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ content: inout [UInt8]) {
    if content.count < offset + bytes.count {
      content += Array(repeating: 0, count: offset + bytes.count - content.count)
    }
    content.replaceSubrange(offset..<offset + bytes.count, with: bytes)
  }

  func truncate(_ file: Int32, to size: Int64) { files[Int(file)].content.removeSubrange(Int(size)...) }

  func sync(_ file: Int32) throws(DiskError) {
    if refusesToSync {
      // The kernel drops what it could not write, and says so only once.
      files[Int(file)].content = mixed(files[Int(file)])
      files[Int(file)].durable = files[Int(file)].content
      throw DiskError("fdatasync", EIO)
    }
    files[Int(file)].durable = files[Int(file)].content
    files[Int(file)].isNamed = true
  }

  func syncAll(around file: Int32) throws(DiskError) {
    for index in files.indices { try sync(Int32(index)) }
  }

  /// A whole file; empty if it is not there.
  func content(of path: String) -> [UInt8] { paths[path].map { files[$0].content } ?? [] }

  /// Puts a durable file there.
  func put(_ content: [UInt8], at path: String) {
    paths[path] = files.count
    files.append(File(content: content, durable: content, isNamed: true))
  }

  /// The power goes: what is left.
  func crash() {
    for (path, index) in paths {
      if !files[index].isNamed, random.chance(50) { paths[path] = nil }
      files[index].content = mixed(files[index])
      files[index].durable = files[index].content
    }
    (room, refusesToSync) = (.max, false)
  }

  /// Some of the old blocks and some of the new ones.
  private func mixed(_ file: File) -> [UInt8] {
    guard file.content != file.durable else { return file.content }
    let (shorter, longer) = (
      min(file.content.count, file.durable.count), max(file.content.count, file.durable.count)
    )
    let length = [file.content.count, file.durable.count, shorter + random.below(longer - shorter + 1)]
    var mixed = [UInt8](repeating: 0, count: random.pick(length) ?? 0)
    for start in stride(from: 0, to: mixed.count, by: MemoryDisk.block) {
      let source = random.chance(50) ? file.content : file.durable
      for index in start..<min(start + MemoryDisk.block, mixed.count) where index < source.count {
        mixed[index] = source[index]
      }
    }
    return mixed
  }
}
