import CrashPoints
import FoundationEssentials
import Glibc
import Model

/// Appends events to a run's journal and bytes to its raw logs, and makes both durable in groups: first the bytes, then
/// the one record that counts them, so that no record ever speaks of bytes a crash has taken away, and a crash takes
/// the whole group or nothing of it.
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
  /// How many torn bytes were cut off behind the last whole record when the journal was opened.
  public let cut: Int64
  private let journal: Int32
  private let lock: RunLock?
  private let encoder = JSONEncoder()
  /// Whether a record may hold several events.
  private let isGrouped: Bool
  /// Records that are not durable yet, each with space for its head; the first one's place is `durableLength`.
  private var records: [[UInt8]] = []
  private var durableLength: Int64
  /// Raw bytes that are not durable yet.
  private var raw: [RawWrite] = []
  /// Files that are closed once their bytes are durable.
  private var closing: [Int32] = []
  /// A sync has failed: the kernel may have dropped what was written since the last one that did not.
  private var mustWriteAgain = false
  /// Where it all lies; a test may put one here that refuses.
  var disk: any Disk

  /// No group gets longer; a test may want less.
  var recordLimit = JournalFormat.recordLimit

  /// So many files wait to be closed at most.
  private static let closingLimit = 128

  /// Makes the folder of a new run and takes it.
  ///
  /// - Parameters:
  ///   - disk: Where the folder lies.
  ///   - isLocked: Whether the run's lock is taken; false only for a disk that is none of the machine's.
  /// - Throws: `.busy` if another process has the run, `.system`.
  public init(creating folder: RunFolder, disk: any Disk = SystemDisk(), isLocked: Bool = true) throws(Fault) {
    self.folder = folder
    self.disk = disk
    try DiskError.on(folder.path) { () throws(DiskError) in try disk.makeFolder(folder.path) }
    lock = isLocked ? try RunLock(folder) : nil
    journal = try DiskError.on(folder.journal) { () throws(DiskError) in
      let journal = try disk.open(folder.journal, for: .creating)
      do throws(DiskError) {
        try disk.write(JournalFormat.header[...], to: journal, at: 0)
        try disk.sync(journal)
        for path in folder.ancestry { try disk.syncFolder(path) }
      } catch {
        disk.close(journal)
        throw error
      }
      return journal
    }
    cut = 0
    isGrouped = true
    durableLength = Int64(JournalFormat.header.count)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// Takes a run that no process has and goes on with its journal behind its last whole record; a torn tail is cut off.
  ///
  /// - Parameters:
  ///   - disk: Where the folder lies.
  ///   - isLocked: Whether the run's lock is taken; false only for a disk that is none of the machine's.
  ///   - readLine: Is given each event that the journal holds, in order, and its JSON: its line in events.jsonl.
  /// - Throws: `.busy` if another process has the run, `.notFound` if it has no journal, `.damaged` with the offset if
  ///   the journal's middle is not what was written, `.system`, and what `readLine` throws. Then the journal is unchanged.
  public init(
    resuming folder: RunFolder, disk: any Disk = SystemDisk(), isLocked: Bool = true,
    readLine: (Event, ArraySlice<UInt8>) throws(Fault) -> Void
  ) throws(Fault) {
    self.folder = folder
    self.disk = disk
    lock = isLocked ? try RunLock(folder) : nil
    let reader = try JournalReader(folder, disk: disk)
    while let event = try reader.next() { try readLine(event, reader.line) }
    number = reader.number
    isGrouped = reader.isGrouped
    let (last, header) = (reader.lastRecord, JournalFormat.header)
    (journal, cut) = try DiskError.on(folder.journal) { () throws(DiskError) in
      let journal = try disk.open(folder.journal, for: .changing)
      do throws(DiskError) {
        let torn = try disk.size(of: journal) - last.upperBound
        if torn > 0 { try disk.truncate(journal, to: last.upperBound) }
        // The last record may have been read from memory only, after a sync that failed: it is written again.
        let bytes = try last.isEmpty ? header : disk.read(reader.file, at: last.lowerBound, count: last.count)
        try disk.write(bytes[...], to: journal, at: last.lowerBound)
        try disk.sync(journal)
        return (journal, max(0, torn))
      } catch {
        disk.close(journal)
        throw error
      }
    }
    durableLength = max(last.upperBound, Int64(header.count))
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// As ``init(resuming:disk:isLocked:readLine:)``, for whom the events will do.
  public convenience init(
    resuming folder: RunFolder, disk: any Disk = SystemDisk(), isLocked: Bool = true,
    read: (Event) throws(Fault) -> Void = { _ in }
  ) throws(Fault) {
    try self.init(resuming: folder, disk: disk, isLocked: isLocked) { (event, _) throws(Fault) in try read(event) }
  }

  deinit {
    for file in closing { disk.close(file) }
    disk.close(journal)
  }

  /// Whether some process coordinates the run.
  public static func isAlive(_ folder: RunFolder) -> Bool { RunLock.isHeld(folder) }

  /// Numbers an activity. It is durable after the next ``commit()``. Returns the event and its JSON, which is also its
  /// line in events.jsonl. Throws `.damaged` for values that JSON does not have, `.limit`.
  ///
  /// - Parameter sequence: The number of the node's record that says so, if one does.
  public func append(
    _ activity: Activity, at time: Timestamp, sequence: UInt64? = nil
  ) throws(Fault) -> (Event, [UInt8]) {
    let event = Event(number: number + 1, time: time, activity: activity, sequence: sequence)
    let bytes: [UInt8]
    do {
      bytes = Array(try encoder.encode(event))
    } catch {
      throw Fault(.damaged, "the activity \(activity.name) cannot be written: \(error)")
    }
    guard bytes.count <= JournalFormat.recordLimit else {
      throw Fault(.limit, "the activity \(activity.name) is \(bytes.count) bytes long")
    }
    number += 1
    put(bytes)
    return (event, bytes)
  }

  /// Adds an event to the last record, or begins another one.
  private func put(_ event: [UInt8]) {
    let last = records.count - 1
    if isGrouped, last >= 0, records[last].count + 1 + event.count <= recordLimit {
      records[last].append(JournalFormat.newline)
      records[last] += event
    } else {
      records.append(Array(repeating: 0, count: JournalFormat.headLength) + event)
    }
  }

  /// Opens a raw log or an artifact for writing, with the folders it needs. The caller closes it with ``close(file:)``.
  /// Throws `.definition` for a path that leaves the run's folder or that can be no file because of others there,
  /// `.system`.
  public func open(file path: String) throws(Fault) -> Int32 {
    guard isConfinedPath(path) else { throw Fault(.definition, "the path \(path) leaves the run's folder") }
    if closing.count >= JournalWriter.closingLimit { try settle() }
    do {
      if let slash = path.lastIndex(of: "/") { try disk.makeFolder(folder.path + "/" + path[..<slash]) }
      return try disk.open(folder.path + "/" + path, for: .writing)
    } catch {
      // A disk gets better; a name that is taken by a folder, or whose folder is a file, does not.
      if [ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG].contains(error.number) {
        throw Fault(.definition, "the path \(path) cannot be a file in the run's folder")
      }
      throw error.fault(path)
    }
  }

  /// Writes bytes at their place in a file. Throws `.system`.
  public func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(Fault) {
    try DiskError.on(folder.path) { () throws(DiskError) in try disk.write(bytes, to: file, at: offset) }
    raw.append(RawWrite(file: file, offset: offset, bytes: bytes))
  }

  /// Gives a file up: it is closed once its bytes are durable.
  public func close(file: Int32) { closing.append(file) }

  /// Cuts what a raw log or an artifact has beyond `size`: bytes that a crash left there before any event counted them.
  /// Durable after the next ``commit()``. A file that is not there has no bytes. Throws `.damaged` if it lacks bytes that
  /// the journal counts, `.system`.
  public func truncate(file path: String, to size: Int64) throws(Fault) {
    guard isConfinedPath(path) else { throw Fault(.definition, "the path \(path) leaves the run's folder") }
    let file: Int32
    do {
      file = try disk.open(folder.path + "/" + path, for: .changing)
    } catch {
      guard error.number == ENOENT else { throw error.fault(path) }
      guard size == 0 else { throw Fault(.damaged, "\(path) is gone; the journal counts \(size) bytes of it") }
      return
    }
    close(file: file)
    let found = try DiskError.on(path) { () throws(DiskError) in try disk.size(of: file) }
    guard found >= size else {
      throw Fault(.damaged, "\(path) has \(found) bytes; the journal counts \(size)")
    }
    guard found > size else { return }
    try DiskError.on(path) { () throws(DiskError) in try disk.truncate(file, to: size) }
    raw.append(RawWrite(file: file, offset: size, bytes: []))
  }

  /// Makes everything since the last call durable: raw bytes first, then the records. Throws `.system`; then nothing of
  /// it counts as durable, and the next call does all of it again at the same places.
  public func commit() throws(Fault) {
    try settle()
    // There is more than one only if they were too long for one: a crash may take the later ones.
    while !records.isEmpty {
      JournalFormat.seal(&records[0])
      let record = records[0]
      try DiskError.on(folder.journal) { () throws(DiskError) in
        try disk.write(record[...], to: journal, at: durableLength)
        CrashPoint.journalWritten.reach()
        try disk.sync(journal)
      }
      CrashPoint.journalSynced.reach()
      durableLength += Int64(record.count)
      records.removeFirst()
    }
  }

  /// Makes the raw bytes durable.
  private func settle() throws(Fault) {
    guard !raw.isEmpty || !closing.isEmpty else { return }
    CrashPoint.outputWritten.reach()
    try DiskError.on(folder.path) { () throws(DiskError) in
      if mustWriteAgain {
        for write in raw { try disk.write(write.bytes, to: write.file, at: write.offset) }
      }
      mustWriteAgain = true
      let files = Set(raw.map(\.file))
      if files.count > 2 {
        // One call for all files costs less than one call each.
        try disk.syncAll(around: journal)
      } else {
        for file in files { try disk.sync(file) }
      }
      mustWriteAgain = false
    }
    CrashPoint.outputSynced.reach()
    raw.removeAll(keepingCapacity: true)
    for file in closing { disk.close(file) }
    closing.removeAll(keepingCapacity: true)
  }
}
