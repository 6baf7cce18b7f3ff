import Dialects

extension PaddlesDialect {
  /// Answers what lies under `/runs/`; `rest` is the path behind it.
  func runReply(_ call: Call, _ rest: [String]) async throws -> Reply { throw Paddles.Refusal.noSuchPage }
}
