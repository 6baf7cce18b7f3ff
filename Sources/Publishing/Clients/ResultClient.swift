/// One server in one dialect, as the publisher sees it.
public protocol ResultClient: Sendable {
  /// Sends an entry.
  func send(_ entry: OutboxEntry) async -> SendResult
  /// Asks for an entry that may have arrived.
  func ask(_ entry: OutboxEntry) async -> AskResult
  /// Whether the server may have a part of an entry that it does not have whole. Such an entry is to be asked for by
  /// whoever takes it up later, also when its last request certainly did not arrive.
  func mayHavePart(of entry: OutboxEntry) async -> Bool
}

extension ResultClient {
  /// No: most entries are one request.
  public func mayHavePart(of entry: OutboxEntry) async -> Bool { false }
}
