import Dispatch
import GRDB
import Model
import Synchronization

extension ResultStore {
  /// How long a failed transaction is held against the store if none succeeds after it, in seconds: whoever sends
  /// requests elsewhere while it is not ready must try again some time, or it would stay so for ever.
  private static let memory = 30.0

  /// What the writer has done and what waits for it.
  public var figures: WriterFigures { writer.figures }

  /// Whether the store can be used: it answers a read that touches its file, its writer does not hang, and its last
  /// transaction did not fail, and its files are where they were. Writes nothing.
  /// - Parameter bound: how many seconds the read may take, and a transaction may have been at work.
  /// - Returns: why it cannot be used; nil if it can.
  public func obstacle(within bound: Double) async -> Fault? {
    if let fault = files.loss { return fault }
    let figures = writer.figures
    if let (fault, time) = figures.lastFailure, (ContinuousClock.now - time) < .seconds(Self.memory) { return fault }
    if let since = figures.busySince, (ContinuousClock.now - since) > .seconds(bound) {
      return Fault(.system, "a transaction has been at work for more than \(bound) s")
    }
    return await withCheckedContinuation { continuation in
      let answer = Answer(continuation)
      pool.asyncRead { result in
        do {
          _ = try String.fetchOne(try result.get().cachedStatement(sql: "SELECT identity FROM store"))
          answer.give(nil)
        } catch {
          answer.give(StoreFault.using(error))
        }
      }
      DispatchQueue.global().asyncAfter(deadline: .now() + bound) {
        answer.give(Fault(.system, "the store did not answer within \(bound) s"))
      }
    }
  }
}

/// An answer that is given once, by whoever comes first.
private final class Answer: Sendable {
  private let waiting: Mutex<CheckedContinuation<Fault?, Never>?>

  init(_ continuation: CheckedContinuation<Fault?, Never>) { waiting = Mutex(continuation) }

  func give(_ fault: Fault?) {
    let continuation = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    continuation?.resume(returning: fault)
  }
}
