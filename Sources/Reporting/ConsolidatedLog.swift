import Model

/// All output and all activities of a run in one log, `console.log`, one line each, in the order of the events:
///
///     2026-11-21T00:36:34.123456Z n1 vping_ssh | 64 bytes from 10.0.0.2
///
/// The marks are documented in `docs/reports.md`. Bytes in, bytes out; who calls writes them to the file.
public struct ConsolidatedLog: Sendable {
  private let limit: Int64
  private var clock = LogClock()
  private var attempts: [AttemptID: OutputLines] = [:]

  /// Makes a log. `limit` is how many bytes of one attempt's output it takes in; the rest stands in the raw log only.
  public init(limit: Int64 = 16 << 20) { self.limit = limit }

  /// Takes in an event, for `output` with its bytes, and appends the lines that it completes to `buffer`.
  public mutating func append(_ event: Event, output: ArraySlice<UInt8> = [], to buffer: inout [UInt8]) {
    clock.set(event.time)
    switch event.activity {
    case .output(let value):
      output.withUnsafeBytes { add($0, of: value.attempt, to: &buffer) }
      return
    case .attemptStarted(let value):
      attempts[value.attempt] = OutputLines(
        node: value.node, owner: value.id.rawValue, log: attemptLog(value.attempt, of: value.id), limit: limit)
    case .attemptFinished(let value):
      end(value.attempt, to: &buffer)
    case .runFinished:
      for id in attempts.keys.sorted(by: { $0.rawValue < $1.rawValue }) { end(id, to: &buffer) }
    default: break
    }
    for line in ActivityLine.lines(event.activity) {
      buffer += clock.bytes
      buffer += Array(line.utf8)
      buffer.append(10)
    }
  }

  private mutating func add(_ output: UnsafeRawBufferPointer, of id: AttemptID, to buffer: inout [UInt8]) {
    if let index = attempts.index(forKey: id) {
      attempts.values[index].add(output, time: clock.bytes, to: &buffer)
      return
    }
    // Late output of an attempt that was never announced, or has ended: under the attempt's own name.
    var lines = OutputLines(node: "", owner: id.rawValue, log: "its raw log", limit: limit)
    lines.add(output, time: clock.bytes, to: &buffer)
    lines.flush(time: clock.bytes, to: &buffer)
  }

  private mutating func end(_ id: AttemptID, to buffer: inout [UInt8]) {
    guard var lines = attempts.removeValue(forKey: id) else { return }
    lines.flush(time: clock.bytes, to: &buffer)
  }
}
