import Dialects

extension PaddlesDialect {
  /// Answers what lies under `/nodes/`; `rest` is the path behind it.
  func nodeReply(_ call: Call, _ rest: [String]) async throws -> Reply { throw Paddles.Refusal.noSuchPage }
}
