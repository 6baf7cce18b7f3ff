import Model
import Wire

// What agent and slot say to each other over their socket pair, in frames of the wire with kinds of their own.
extension Frame.Kind {
  /// To the slot: ``SlotContext``, JSON.
  static let slotContext = Frame.Kind(rawValue: 128)
  /// To the slot: ``Wire/AttemptOrder``, JSON, as the coordinator sent it.
  static let slotRun = Frame.Kind(rawValue: 129)
  /// To the slot: end the attempt; one byte, 1 for KILL at once.
  static let slotCancel = Frame.Kind(rawValue: 130)
  /// To the agent: an encoded ``Wire/NodeEvent`` to pass on.
  static let slotEvent = Frame.Kind(rawValue: 131)
  /// To the agent: the size of the output (64 bits).
  static let slotGrew = Frame.Kind(rawValue: 132)
  /// To the agent: the encoded ``Wire/NodeEvent/finished(_:_:)``; the slot is free.
  static let slotFinished = Frame.Kind(rawValue: 133)
  /// To the agent: a file stands whole on the disk: its stream (16 bits), its size (64 bits), the encoded
  /// ``Wire/NodeEvent/artifact(_:stream:path:size:isCut:)``.
  static let slotKept = Frame.Kind(rawValue: 134)
  /// To the agent: the disk cannot be written; the words that say which file and why.
  static let slotRefused = Frame.Kind(rawValue: 135)
}

/// What holds for all attempts of a run.
struct SlotContext: Codable {
  var run: RunID
  var environment: [String: String]
  var secrets: [String]
  var python: String?
}

extension SlotContext {
  init(_ attach: Attach) {
    self.init(run: attach.run, environment: attach.environment, secrets: attach.secrets, python: attach.python)
  }
}
