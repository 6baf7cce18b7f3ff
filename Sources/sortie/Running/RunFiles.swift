import Coordination
import Foundation
import Journal
import Model
import Reporting
import Synchronization

/// Writes what grows with a run: the consolidated log and events.jsonl. Called from the run's loop only, in order; the
/// mutex is there because a sink may be called from anywhere.
final class RunFiles: Sendable {
  private struct State {
    var log = ConsolidatedLog()
    var console: FileHandle
    var events: FileHandle
    var buffer: [UInt8] = []
    var hasFailed = false
  }

  private let state: Mutex<State>

  /// Makes both files in a run's folder. Throws `.system`.
  init(_ folder: RunFolder) throws(Fault) {
    func make(_ path: String) throws(Fault) -> FileHandle {
      guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
        let handle = FileHandle(forWritingAtPath: path)
      else { throw Fault(.system, "\(path) cannot be made") }
      return handle
    }
    state = Mutex(State(console: try make(folder.console), events: try make(folder.events)))
  }

  /// Makes both files anew from what the journal and the raw logs of a run hold. Throws `.system`.
  convenience init(_ folder: RunFolder, after past: PastEvents) throws(Fault) {
    try self.init(folder)
    let logs = RawLogs(folder, past.events)
    var group: [Recorded] = []
    var size = 0
    for (event, line) in zip(past.events, past.lines) {
      let output = logs.bytes(of: event)
      group.append(Recorded(event: event, line: Array(line), output: output[...]))
      size += output.count + line.count
      guard size > 4 << 20 else { continue }
      take(group)
      group = []
      size = 0
    }
    take(group)
  }

  /// Whether the disk refused something: then both files lack it, and are to be made anew.
  var hasFailed: Bool { state.withLock { $0.hasFailed } }

  /// Takes a group in. A disk that refuses is the journal's to shout about: these files can be made anew from it.
  func take(_ group: [Recorded]) {
    state.withLock { state in
      state.buffer.removeAll(keepingCapacity: state.buffer.capacity < 4 << 20)
      var lines: [UInt8] = []
      for one in group where one.event.number > 0 {
        state.log.append(one.event, output: one.output, to: &state.buffer)
        lines += one.line
        lines.append(10)
      }
      do {
        try state.console.write(contentsOf: state.buffer)
        try state.events.write(contentsOf: lines)
      } catch {
        state.hasFailed = true
      }
    }
  }
}

/// What a run's attempts have printed, as it lies in their raw logs.
private final class RawLogs {
  private let folder: RunFolder
  private var owners: [AttemptID: CaseID] = [:]
  private var open: (attempt: AttemptID, handle: FileHandle)?

  init(_ folder: RunFolder, _ events: [Event]) {
    self.folder = folder
    for event in events {
      if case .attemptStarted(let start) = event.activity { owners[start.attempt] = start.id }
    }
  }

  /// The bytes that an event counts; none if it counts none, or if they are gone.
  func bytes(of event: Event) -> [UInt8] {
    guard case .output(let output) = event.activity, let handle = handle(output.attempt) else { return [] }
    guard (try? handle.seek(toOffset: UInt64(max(0, output.offset)))) != nil else { return [] }
    return (try? handle.read(upToCount: Int(clamping: output.length))).flatMap { $0.map(Array.init) } ?? []
  }

  private func handle(_ attempt: AttemptID) -> FileHandle? {
    if let open, open.attempt == attempt { return open.handle }
    guard let id = owners[attempt], let ordinal = attempt.ordinal,
      let handle = FileHandle(forReadingAtPath: folder.path + "/" + RunFolder.log(of: id, ordinal: ordinal))
    else { return nil }
    open = (attempt, handle)
    return handle
  }
}
