import Journal
import Model

/// What the run's loop knows about the attempts that nodes have: whose they are, and the files their bytes go to.
struct Ledger {
  /// One attempt.
  struct Entry {
    var id: CaseID
    var ordinal: Int
    var node: String
    var unit: UnitID
    var fence: UInt64
    var hasStarted = false
    /// The raw log, once something was printed.
    fileprivate var log: Int32?
    fileprivate var streams: [UInt16: Stream]
    fileprivate var paths: Set<String> = []
  }

  /// A file that grows.
  fileprivate struct Stream {
    var path: String
    var size: Int64 = 0
    /// The most bytes it may get; more than was announced is not believed.
    var limit: Int64
    /// What it is when it is complete; nil for the output.
    var artifact: Activity.Artifact?
  }

  /// What became of bytes.
  enum Written {
    /// They do not belong there: unknown attempt or stream, a gap, or more than was announced.
    case refused
    case taken
    /// They were the last ones of an artifact.
    case completed(Activity.Artifact)
  }

  /// The mark that an agent puts where it cut the output is no part of the limit.
  private static let markLimit: Int64 = 64 << 10
  fileprivate static let streamLimit = 4096

  private var entries: [AttemptID: Entry] = [:]

  /// The attempt, if some node has it.
  subscript(_ attempt: AttemptID) -> Entry? { entries[attempt] }

  /// A node has the attempt from now on; its output has a raw log.
  mutating func open(
    _ attempt: AttemptID, id: CaseID, node: String, unit: UnitID, fence: UInt64, outputLimit: Int64 = .max
  ) {
    let ordinal = attempt.ordinal ?? 1
    let limit = outputLimit > .max - Ledger.markLimit ? .max : outputLimit + Ledger.markLimit
    let log = Stream(path: RunFolder.log(of: id, ordinal: ordinal), limit: limit)
    entries[attempt] = Entry(id: id, ordinal: ordinal, node: node, unit: unit, fence: fence, streams: [0: log])
  }

  /// A slot began the attempt. False: it had begun already.
  mutating func start(_ attempt: AttemptID) -> Bool {
    guard entries[attempt]?.hasStarted == false else { return false }
    entries[attempt]?.hasStarted = true
    return true
  }

  /// An artifact is going to come on a stream. False: its path leaves the attempt's folder or is taken, its size is
  /// absurd, or the stream is taken.
  mutating func announce(_ stream: UInt16, _ artifact: Activity.Artifact) -> Bool {
    guard isConfinedPath(artifact.path), artifact.size >= 0 else { return false }
    return entries[artifact.attempt]?.announce(stream, artifact) ?? false
  }

  /// Writes bytes to a stream. Throws `.system`, and `.definition` for a path that can be no file; then nothing has
  /// changed.
  mutating func write(
    _ bytes: ArraySlice<UInt8>, to stream: UInt16, of attempt: AttemptID, at offset: Int64, _ journal: JournalWriter
  ) throws(Fault) -> Written {
    guard let target = entries[attempt]?.streams[stream], offset == target.size,
      Int64(bytes.count) <= target.limit - offset
    else { return .refused }
    if stream == 0 {
      let file: Int32
      if let open = entries[attempt]?.log { file = open } else { file = try journal.open(file: target.path) }
      entries[attempt]?.log = file
      try journal.write(bytes, to: file, at: offset)
    } else {
      // Open no longer than it takes: a node may send thousands at a time.
      let file = try journal.open(file: target.path)
      defer { journal.close(file: file) }
      try journal.write(bytes, to: file, at: offset)
    }
    let size = offset + Int64(bytes.count)
    entries[attempt]?.streams[stream]?.size = size
    guard let artifact = target.artifact, size == target.limit else { return .taken }
    return .completed(artifact)
  }

  /// The attempt has ended: its files are closed, and nothing more is taken for it.
  mutating func close(_ attempt: AttemptID, _ journal: JournalWriter) -> Entry? {
    guard let entry = entries.removeValue(forKey: attempt) else { return nil }
    if let log = entry.log { journal.close(file: log) }
    return entry
  }

  /// The attempts that a node has, in the order in which it got them.
  func attempts(on node: String) -> [AttemptID] {
    entries.filter { $0.value.node == node }.sorted { $0.value.fence < $1.value.fence }.map(\.key)
  }

  /// All attempts that nodes have.
  var attempts: [AttemptID] { Array(entries.keys) }
}

extension Ledger.Entry {
  fileprivate mutating func announce(_ stream: UInt16, _ artifact: Activity.Artifact) -> Bool {
    guard streams[stream] == nil, streams.count < Ledger.streamLimit, paths.insert(artifact.path).inserted else {
      return false
    }
    let path = RunFolder.artifacts(of: id, ordinal: ordinal) + "/" + artifact.path
    streams[stream] = Ledger.Stream(path: path, limit: artifact.size, artifact: artifact)
    return true
  }
}
