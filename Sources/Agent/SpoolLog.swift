import Model
import Wire

/// What a new agent finds of an attempt that a former one held.
struct Remnant: Hashable {
  /// A file that it left, whole when it was announced.
  struct Artifact: Hashable {
    var stream: UInt16
    var size: Int64
    var event: [UInt8]
  }

  /// How it ended.
  struct Ending: Hashable {
    var event: [UInt8]
    /// Bytes of output that it had then.
    var output: Int64
  }

  var attempt: AttemptID
  var id: CaseID
  var fence: UInt64
  /// When it began; nil: it never did.
  var began: Timestamp?
  var artifacts: [Artifact] = []
  /// Nil: its agent died while it ran.
  var ending: Ending?
  /// Bytes that its files have now, by stream.
  var sizes: [UInt16: Int64] = [:]
  /// Bytes of the spool that are about it.
  var spooled = 0
}

/// A spool's content, read back. Pure: the bytes come from the disk, or from a simulated one.
struct SpoolLog {
  /// What is held: finished attempts in the order of their ends, then those that had begun.
  private(set) var remnants: [Remnant] = []
  /// So many bytes are whole records; what stands behind them is torn or damaged.
  private(set) var length = 0

  /// Reads to the first record that is not whole.
  init(_ bytes: [UInt8]) {
    var running: [AttemptID: Remnant] = [:]
    var finished: [AttemptID: Remnant] = [:]
    var begun: [AttemptID] = []
    var ended: [AttemptID] = []
    while let (record, size) = SpoolRecord.first(in: bytes[length...]) {
      length += size
      switch record {
      case .started(let attempt, let id, let fence, let began):
        running[attempt] = Remnant(attempt: attempt, id: id, fence: fence, began: began, spooled: size)
        begun.append(attempt)
      case .artifact(let attempt, let stream, let content, let event):
        running[attempt]?.artifacts.append(Remnant.Artifact(stream: stream, size: content, event: event))
        running[attempt]?.spooled += size
      case .verdict(let attempt, let id, let fence, let output, let event):
        var remnant = running.removeValue(forKey: attempt) ?? Remnant(attempt: attempt, id: id, fence: fence)
        remnant.ending = Remnant.Ending(event: event, output: output)
        remnant.spooled += size
        if finished.updateValue(remnant, forKey: attempt) == nil { ended.append(attempt) }
      case .released(let attempts):
        for attempt in attempts { (running[attempt], finished[attempt]) = (nil, nil) }
      }
    }
    remnants = ended.compactMap { finished.removeValue(forKey: $0) }
    remnants += begun.compactMap { running.removeValue(forKey: $0) }
  }

  /// The records of some attempts, as a spool of their own.
  static func kept(_ bytes: [UInt8], of attempts: Set<AttemptID>) -> [UInt8] {
    var kept: [UInt8] = []
    var rest = bytes[...]
    while let (record, length) = SpoolRecord.first(in: rest) {
      if let attempt = record.attempt, attempts.contains(attempt) { kept.append(contentsOf: rest.prefix(length)) }
      rest = rest.dropFirst(length)
    }
    return kept
  }
}

extension SpoolRecord {
  /// The attempt that it is about; nil if it is about several.
  fileprivate var attempt: AttemptID? {
    switch self {
    case .started(let attempt, _, _, _), .artifact(let attempt, _, _, _), .verdict(let attempt, _, _, _, _): attempt
    case .released: nil
    }
  }
}
