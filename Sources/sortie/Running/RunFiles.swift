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
      try? state.console.write(contentsOf: state.buffer)
      try? state.events.write(contentsOf: lines)
    }
  }
}
