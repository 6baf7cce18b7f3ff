import Journal
import Model

/// What the run's loop knows about the attempts that nodes have: whose they are, and the open files their bytes go to.
struct Ledger {
  /// One attempt.
  struct Entry {
    var id: CaseID
    var ordinal: Int
    var node: String
    var unit: UnitID
    var fence: UInt64
    var streams: [UInt16: Stream] = [:]
  }

  /// A file that grows.
  struct Stream {
    var path: String
    var file: Int32?
    var size: Int64 = 0
    /// The most bytes it may get; more than was announced is not believed.
    var limit: Int64
  }

  private var entries: [AttemptID: Entry] = [:]

  /// The attempt, if some node has it.
  subscript(_ attempt: AttemptID) -> Entry? { entries[attempt] }

  /// A node has the attempt from now on; its output has a raw log.
  mutating func open(_ attempt: AttemptID, id: CaseID, node: String, unit: UnitID, fence: UInt64) {
    let ordinal = attempt.ordinal ?? 1
    var entry = Entry(id: id, ordinal: ordinal, node: node, unit: unit, fence: fence)
    entry.streams[0] = Stream(path: RunFolder.log(of: id, ordinal: ordinal), limit: .max)
    entries[attempt] = entry
  }

  /// An artifact is going to come. False: its path leaves the attempt's folder, or the stream is taken.
  mutating func announce(_ stream: UInt16, of attempt: AttemptID, path: String, size: Int64) -> Bool {
    guard let entry = entries[attempt], isConfinedPath(path), entry.streams[stream] == nil, entry.streams.count < 4096
    else { return false }
    let full = RunFolder.artifacts(of: entry.id, ordinal: entry.ordinal) + "/" + path
    entries[attempt]?.streams[stream] = Stream(path: full, limit: size)
    return true
  }

  /// Writes bytes to a stream. Returns false when they do not belong there: unknown attempt or stream, a gap, or more
  /// than was announced. Bytes that are there already are passed over. Throws `.system`; then nothing has changed.
  mutating func write(
    _ bytes: [UInt8], to stream: UInt16, of attempt: AttemptID, at offset: Int64, _ journal: JournalWriter
  ) throws(Fault) -> Bool {
    guard var target = entries[attempt]?.streams[stream], offset == target.size,
      offset + Int64(bytes.count) <= target.limit
    else { return false }
    let file: Int32
    if let open = target.file { file = open } else { file = try journal.open(file: target.path) }
    target.file = file
    entries[attempt]?.streams[stream]?.file = file
    try journal.write(bytes[...], to: file, at: offset)
    target.size += Int64(bytes.count)
    entries[attempt]?.streams[stream] = target
    return true
  }

  /// The attempt has ended: its files are closed, and nothing more is taken for it. Throws `.system`.
  mutating func close(_ attempt: AttemptID, _ journal: JournalWriter) throws(Fault) -> Entry? {
    guard let entry = entries[attempt] else { return nil }
    for stream in entry.streams.values {
      if let file = stream.file { journal.close(file: file) }
    }
    entries[attempt] = nil
    return entry
  }

  /// The attempts that a node has.
  func attempts(on node: String) -> [AttemptID] { entries.filter { $0.value.node == node }.map(\.key) }
}
