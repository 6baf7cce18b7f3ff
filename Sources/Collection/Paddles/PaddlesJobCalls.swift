import Dialects

extension PaddlesDialect {
  /// Answers what lies under `/jobs/`; `rest` is the path behind it.
  func jobReply(_ call: Call, _ rest: [String]) async throws -> Reply { throw Paddles.Refusal.noSuchPage }
}
