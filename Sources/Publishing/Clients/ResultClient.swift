/// One server in one dialect, as the publisher sees it.
public protocol ResultClient: Sendable {
  /// Sends an entry.
  func send(_ entry: OutboxEntry) async -> SendResult
  /// Asks for an entry that may have arrived.
  func ask(_ entry: OutboxEntry) async -> AskResult
}
