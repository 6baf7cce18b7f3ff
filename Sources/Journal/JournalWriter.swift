import CSpawn
import FoundationEssentials
import Glibc
import Model

/// Appends events to a run's journal and bytes to its raw logs, and makes both durable in groups: first the bytes, then
/// the records that count them, so that no record ever speaks of bytes a crash has taken away.
///
/// Not Sendable: it blocks, and belongs to the one thread of the run's loop.
public final class JournalWriter {
  private struct RawWrite {
    var file: Int32
    var offset: Int64
    var bytes: ArraySlice<UInt8>
  }

  /// The run's folder.
  public let folder: RunFolder
  /// The last number given out.
  public private(set) var number: UInt64 = 0
  private let journal: Int32
  private let lock: Int32
  private let encoder: JSONEncoder
  /// Records that are not durable yet; their place in the journal is `durableLength`.
  private var pending = JournalWriter.header
  private var durableLength: Int64 = 0
  /// Raw bytes that are not durable yet.
  private var raw: [RawWrite] = []
  /// Files that are closed once their bytes are durable.
  private var closing: [Int32] = []
  /// A sync has failed: the kernel may have dropped what was written since the last one that did not.
  private var mustWriteAgain = false
  /// `fdatasync(2)`; a test puts a disk here that refuses.
  var synchronize: (Int32) -> Int32 = { fdatasync($0) }

  /// What a journal file begins with.
  static let header = Array("SORTIE-JOURNAL 1\n".utf8)
  /// Bytes before each record: its length, its checksum, and the checksum of these two.
  static let headLength = 12
  /// No record is longer than this.
  static let recordLimit = 64 << 20
  /// So many files wait to be closed at most.
  private static let closingLimit = 128

  /// Makes the folder of a new run and takes it. Throws `.busy` if another process has it, `.system`.
  public init(creating folder: RunFolder) throws(Fault) {
    self.folder = folder
    try Folder.make(folder.path)
    lock = try RunLock.take(folder)
    journal = Glibc.open(folder.journal, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard journal >= 0 else {
      let fault = Fault.system("open", folder.journal)
      Glibc.close(lock)
      throw fault
    }
    encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try DurableFile.syncFolder(of: folder.journal)
    try DurableFile.syncFolder(of: folder.path)
  }

  deinit {
    for file in closing { Glibc.close(file) }
    Glibc.close(journal)
    Glibc.close(lock)
  }

  /// Whether some process coordinates the run.
  public static func isAlive(_ folder: RunFolder) -> Bool { RunLock.isHeld(folder) }

  /// Numbers an activity. It is durable after the next ``commit()``. Returns the event and its JSON, which is also its
  /// line in events.jsonl. Throws `.damaged` for values that JSON does not have, `.limit`.
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
    let head = pending.count
    append(UInt32(bytes.count))
    append(CRC32.of(bytes))
    append(CRC32.of(pending[head...]))
    pending += bytes
    return (event, bytes)
  }

  private func append(_ value: UInt32) {
    for shift in stride(from: 0, to: 32, by: 8) { pending.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
  }

  /// Opens a raw log or an artifact for writing, with the folders it needs. The caller closes it with ``close(file:)``.
  /// Throws `.definition` for a path that leaves the run's folder or that can be no file because of others there,
  /// `.system`.
  public func open(file path: String) throws(Fault) -> Int32 {
    guard isConfinedPath(path) else { throw Fault(.definition, "the path \(path) leaves the run's folder") }
    if closing.count >= JournalWriter.closingLimit { try settle() }
    if let slash = path.lastIndex(of: "/") { try Folder.make(folder.path + "/" + path[..<slash]) }
    let file = Glibc.open(folder.path + "/" + path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else {
      // A disk gets better; a name that is taken by a folder, or whose folder is a file, does not.
      if [ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG].contains(errno) {
        throw Fault(.definition, "the path \(path) cannot be a file in the run's folder")
      }
      throw Fault.system("open", path)
    }
    return file
  }

  /// Writes bytes at their place in a file. Throws `.system`.
  public func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(Fault) {
    try put(bytes, to: file, at: offset)
    raw.append(RawWrite(file: file, offset: offset, bytes: bytes))
  }

  /// Gives a file up: it is closed once its bytes are durable.
  public func close(file: Int32) { closing.append(file) }

  /// Makes everything since the last call durable: raw bytes first, then the records. Throws `.system`; then nothing of
  /// it counts as durable, and the next call does all of it again at the same places.
  public func commit() throws(Fault) {
    try settle()
    guard !pending.isEmpty else { return }
    try put(pending[...], to: journal, at: durableLength)
    guard synchronize(journal) == 0 else { throw Fault.system("fdatasync", folder.journal) }
    durableLength += Int64(pending.count)
    pending.removeAll(keepingCapacity: pending.count < 1 << 20)
  }

  /// Makes the raw bytes durable.
  private func settle() throws(Fault) {
    if mustWriteAgain {
      for write in raw { try put(write.bytes, to: write.file, at: write.offset) }
      mustWriteAgain = false
    }
    let files = Set(raw.map(\.file))
    do throws(Fault) {
      if files.count > 2 {
        // One call for all files costs less than one call each.
        guard syncfs(journal) == 0 else { throw Fault.system("syncfs", folder.path) }
      } else {
        for file in files {
          guard synchronize(file) == 0 else { throw Fault.system("fdatasync", folder.path) }
        }
      }
    } catch {
      mustWriteAgain = true
      throw error
    }
    raw.removeAll(keepingCapacity: true)
    for file in closing { Glibc.close(file) }
    closing.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(Fault) {
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
  }
}
