import Dialects

extension PaddlesDialect {
  /// Answers what lies under `/queue/`; `rest` is the path behind it.
  func queueReply(_ call: Call, _ rest: [String]) async throws -> Reply { throw Paddles.Refusal.noSuchPage }
}
