import Journal
import Model
import Scheduling
import Wire

/// What the run's loop knows about the attempts that nodes have: whose they are, and the files that their bytes go to.
/// A value; the files themselves are the journal's.
struct Ledger: Sendable {
  /// One attempt.
  struct Entry: Sendable {
    var plan: AttemptPlan
    var ordinal: Int
    var node: String
    var unit: UnitID
    var hasStarted = false
    fileprivate(set) var streams: [UInt16: Stream]
    fileprivate var paths: [String: UInt16] = [:]
    /// Folders that artifacts lie in: none of these can be a file.
    fileprivate var folders: Set<String> = []

    var id: CaseID { plan.id }
  }

  /// A file that grows.
  struct Stream: Sendable {
    var path: String
    var size: Int64 = 0
    /// The most bytes it may get; more than was announced is not believed.
    var limit: Int64
    /// What it is when it is complete; nil for the output.
    var artifact: Activity.Artifact?
    var isComplete = false
  }

  /// What is to be done with bytes.
  enum Taken {
    /// They do not belong there: unknown attempt or stream, a gap, or more than was announced.
    case refused
    /// They are here already.
    case known
    /// These of them are new, and go there. `completes`: they were the last ones of this file.
    case write(ArraySlice<UInt8>, file: String, offset: Int64, completes: Activity.Artifact?)
  }

  /// The mark that an agent puts where it cut the output is no part of the limit.
  private static let markLimit: Int64 = 64 << 10
  fileprivate static let streams = 4096

  private var entries: [AttemptID: Entry] = [:]

  /// The attempt, if some node has it.
  subscript(_ attempt: AttemptID) -> Entry? { entries[attempt] }

  /// A node has the attempt from now on; its output has a raw log.
  mutating func open(_ plan: AttemptPlan, node: String, unit: UnitID, outputLimit: Int64 = .max) {
    let ordinal = plan.attempt.ordinal ?? 1
    let limit = outputLimit > .max - Ledger.markLimit ? .max : outputLimit + Ledger.markLimit
    let log = Stream(path: RunFolder.log(of: plan.id, ordinal: ordinal), limit: limit)
    entries[plan.attempt] = Entry(plan: plan, ordinal: ordinal, node: node, unit: unit, streams: [0: log])
  }

  /// A slot began the attempt. False: it had begun already.
  mutating func start(_ attempt: AttemptID) -> Bool {
    guard entries[attempt]?.hasStarted == false else { return false }
    entries[attempt]?.hasStarted = true
    return true
  }

  /// What an announced file means.
  enum Announced {
    /// Its path leaves the attempt's folder or is taken, its size is absurd, or the stream is taken.
    case refused
    case new
    /// An agent that began anew says it again; its bytes come again, too.
    case again
  }

  /// A file is going to come on a stream.
  mutating func announce(_ stream: UInt16, _ artifact: Activity.Artifact) -> Announced {
    guard isConfinedPath(artifact.path), artifact.size >= 0, stream > 0, let entry = entries[artifact.attempt] else {
      return .refused
    }
    if let known = entry.streams[stream] {
      guard known.artifact == artifact else { return .refused }
      if !known.isComplete { entries[artifact.attempt]?.streams[stream]?.size = 0 }
      return .again
    }
    return entries[artifact.attempt]?.announce(stream, artifact) == true ? .new : .refused
  }

  /// Takes bytes of a stream. What is here already is passed over, except in files that are being brought back: their
  /// bytes are in no journal, so after a crash they are believed only once they have come again.
  mutating func take(_ bytes: ArraySlice<UInt8>, stream: UInt16, of attempt: AttemptID, at offset: Int64) -> Taken {
    guard let target = entries[attempt]?.streams[stream], offset >= 0, offset <= target.size,
      Int64(bytes.count) <= target.limit - offset
    else { return .refused }
    if target.isComplete { return .known }
    let end = offset + Int64(bytes.count)
    guard let artifact = target.artifact else {
      guard end > target.size else { return .known }
      entries[attempt]?.streams[stream]?.size = end
      let new = bytes.dropFirst(Int(target.size - offset))
      return .write(new, file: target.path, offset: target.size, completes: nil)
    }
    entries[attempt]?.streams[stream]?.size = max(end, target.size)
    entries[attempt]?.streams[stream]?.isComplete = end == target.limit
    return .write(bytes, file: target.path, offset: offset, completes: end == target.limit ? artifact : nil)
  }

  /// From a journal: the output has grown.
  mutating func count(_ output: Activity.Output) {
    entries[output.attempt]?.streams[0]?.size = output.offset + output.length
  }

  /// From a journal: the file is complete.
  mutating func complete(_ artifact: Activity.Artifact) {
    guard let stream = entries[artifact.attempt]?.paths[artifact.path] else { return }
    entries[artifact.attempt]?.streams[stream]?.size = artifact.size
    entries[artifact.attempt]?.streams[stream]?.isComplete = true
  }

  /// After a crash: a file that is being brought back has so many bytes on disk.
  mutating func found(_ size: Int64, stream: UInt16, of attempt: AttemptID) {
    guard let known = entries[attempt]?.streams[stream], known.artifact != nil, !known.isComplete else { return }
    entries[attempt]?.streams[stream]?.size = max(0, min(size, known.limit))
  }

  /// The attempt has ended: nothing more is taken for it.
  mutating func close(_ attempt: AttemptID) -> Entry? { entries.removeValue(forKey: attempt) }

  /// The attempts that a node has, in the order in which it got them.
  func attempts(on node: String) -> [Entry] {
    entries.values.filter { $0.node == node }.sorted { $0.plan.fence < $1.plan.fence }
  }

  /// What is here of the attempts that a node has; also of those of which nothing is, so that their node can say what it
  /// has lost.
  func held(on node: String) -> [HeldAttempt] {
    attempts(on: node).map { HeldAttempt(attempt: $0.plan.attempt, output: $0.streams[0]?.size ?? 0) }
  }

  /// All attempts that nodes have, in the order in which they were leased.
  var all: [Entry] { entries.values.sorted { $0.plan.fence < $1.plan.fence } }
}

extension Ledger.Entry {
  fileprivate mutating func announce(_ stream: UInt16, _ artifact: Activity.Artifact) -> Bool {
    guard streams.count < Ledger.streams, paths[artifact.path] == nil, !folders.contains(artifact.path) else {
      return false
    }
    // No file where another one has a folder, and no folder where another one is a file.
    var above = artifact.path[...]
    var parents: [String] = []
    while let slash = above.lastIndex(of: "/") {
      above = above[..<slash]
      guard paths[String(above)] == nil else { return false }
      parents.append(String(above))
    }
    folders.formUnion(parents)
    paths[artifact.path] = stream
    let path = RunFolder.artifacts(of: id, ordinal: ordinal) + "/" + artifact.path
    streams[stream] = Ledger.Stream(path: path, limit: artifact.size, artifact: artifact)
    return true
  }
}
