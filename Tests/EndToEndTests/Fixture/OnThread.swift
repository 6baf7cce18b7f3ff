import Foundation

/// Runs what blocks on a thread of its own, so that it takes no thread from Swift's pool.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}

/// What a test waited for did not come.
struct Overdue: Error, CustomStringConvertible {
  let description: String
}

/// How long anything may take that is not measured: long enough for a busy machine.
let patience = Duration.seconds(90)

extension Duration {
  /// Whole milliseconds, as poll(2) takes them.
  var milliseconds: Int32 { Int32(clamping: Int64(max(0, self / .milliseconds(1)))) }
}
