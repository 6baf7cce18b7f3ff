import CSpawn
import FoundationEssentials
import Glibc
import Model

/// Appends events to a run's journal and bytes to its raw logs, and makes both durable in groups: first the bytes, then
/// the records that count them, so that no record ever speaks of bytes a crash has taken away.
///
/// Not Sendable: it blocks, and belongs to the one thread of the run's loop.
public final class JournalWriter {
  /// The run's folder.
  public let folder: RunFolder
  /// The last number given out.
  public private(set) var number: UInt64 = 0
  private let journal: Int32
  private let lock: Int32
  private var pending: [UInt8] = []
  private var dirty: Set<Int32> = []
  private let encoder: JSONEncoder

  /// What a journal file begins with.
  static let header = Array("SORTIE-JOURNAL 1\n".utf8)
  /// No record is longer than this.
  static let recordLimit = 64 << 20

  /// Makes the folder of a new run and takes it. Throws `.busy` if another process has it, `.system`.
  public init(creating folder: RunFolder) throws(Fault) {
    self.folder = folder
    try Folder.make(folder.path)
    lock = try JournalWriter.take(folder)
    journal = Glibc.open(folder.journal, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard journal >= 0 else {
      let fault = Fault.system("open", folder.journal)
      Glibc.close(lock)
      throw fault
    }
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    pending = JournalWriter.header
  }

  deinit {
    Glibc.close(journal)
    Glibc.close(lock)
  }

  private static func take(_ folder: RunFolder) throws(Fault) -> Int32 {
    let lock = Glibc.open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw Fault.system("open", folder.lock) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      Glibc.close(lock)
      throw Fault(.busy, "run \(folder.run) is alive: another process coordinates it")
    }
    return lock
  }

  /// Whether some process coordinates the run.
  public static func isAlive(_ folder: RunFolder) -> Bool {
    let lock = Glibc.open(folder.lock, O_RDWR | O_CLOEXEC)
    guard lock >= 0 else { return false }
    defer { Glibc.close(lock) }
    return flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Numbers an activity. It is durable after the next ``commit()``. Returns the event and its JSON, which is also its
  /// line in events.jsonl. Throws `.damaged` for values that JSON does not have.
  public func append(_ activity: Activity, at time: Timestamp) throws(Fault) -> (Event, [UInt8]) {
    let event = Event(number: number + 1, time: time, activity: activity)
    let bytes: [UInt8]
    do {
      bytes = Array(try encoder.encode(event))
    } catch {
      throw Fault(.damaged, "the activity \(activity.name) cannot be written: \(error)")
    }
    guard bytes.count <= JournalWriter.recordLimit else {
      throw Fault(.limit, "the activity \(activity.name) is \(bytes.count) bytes long")
    }
    number += 1
    append(UInt32(bytes.count))
    append(CRC32.of(bytes))
    pending += bytes
    return (event, bytes)
  }

  private func append(_ value: UInt32) {
    for shift in stride(from: 0, to: 32, by: 8) { pending.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
  }

  /// Opens a raw log or an artifact for writing, with the folders it needs. The caller closes it with ``close(file:)``.
  /// Throws `.definition` for a path that leaves the run's folder, `.system`.
  public func open(file path: String) throws(Fault) -> Int32 {
    guard isConfinedPath(path) else { throw Fault(.definition, "the path \(path) leaves the run's folder") }
    if let slash = path.lastIndex(of: "/") { try Folder.make(folder.path + "/" + path[..<slash]) }
    let file = Glibc.open(folder.path + "/" + path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw Fault.system("open", path) }
    return file
  }

  /// Writes bytes at their place in a file. Throws `.system`.
  public func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(Fault) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes {
        pwrite(file, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(offset) + off_t(done))
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw Fault.system("write", folder.path)
      }
      done += written
    }
    dirty.insert(file)
  }

  /// Closes a file; its bytes are durable after the next ``commit()`` all the same.
  public func close(file: Int32) throws(Fault) {
    if dirty.contains(file) {
      guard fdatasync(file) == 0 else { throw Fault.system("fdatasync", folder.path) }
      dirty.remove(file)
    }
    Glibc.close(file)
  }

  /// Makes everything since the last call durable: raw bytes first, then the records. Throws `.system`; what was not
  /// written stays pending, and the next call tries it again.
  public func commit() throws(Fault) {
    if dirty.count > 2 {
      // One call for all files costs less than one call each.
      guard syncfs(journal) == 0 else { throw Fault.system("syncfs", folder.path) }
    } else {
      for file in dirty {
        guard fdatasync(file) == 0 else { throw Fault.system("fdatasync", folder.path) }
      }
    }
    dirty.removeAll()
    guard !pending.isEmpty else { return }
    var done = 0
    while done < pending.count {
      let written = pending.withUnsafeBytes { Glibc.write(journal, $0.baseAddress.map { $0 + done }, $0.count - done) }
      if written < 0 {
        if errno == EINTR { continue }
        let fault = Fault.system("write", folder.journal)
        pending.removeFirst(done)
        throw fault
      }
      done += written
    }
    pending.removeAll(keepingCapacity: pending.count < 1 << 20)
    guard fdatasync(journal) == 0 else { throw Fault.system("fdatasync", folder.journal) }
  }
}
