import CrashPoints
import GRDB
import Logging
import Model
import Synchronization

/// The one writer. Whoever comes while a transaction is being synced waits and goes into the next one together with all
/// others, so that a sync is shared by as many as there are. Each has a savepoint of its own: a row that is refused fails
/// only its sender. All are answered after COMMIT.
final class GroupCommit: Sendable {
  /// The most writes in one transaction; bounds how long the first one waits for the last.
  private static let groupLimit = 512

  private struct Queue {
    var waiting: [any PendingWrite] = []
    var isDraining = false
  }

  private let pool: DatabasePool
  private let files: OpenedFiles
  private let log: WriteAheadLog
  private let logger: Logger
  private let queue = Mutex(Queue())
  private let past = Mutex(WriterFigures())

  /// What was done so far, and what waits.
  var figures: WriterFigures {
    var figures = past.withLock { $0 }
    figures.waiting = queue.withLock { $0.waiting.count }
    return figures
  }

  init(pool: DatabasePool, files: OpenedFiles, logger: Logger) {
    self.pool = pool
    self.files = files
    log = WriteAheadLog(of: pool.path)
    self.logger = logger
  }

  /// Does the work in the next transaction, and returns what it returned once that is on disk.
  func perform<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let write = SavepointWrite(work, continuation)
      let isFirst = queue.withLock { queue in
        queue.waiting.append(write)
        defer { queue.isDraining = true }
        return !queue.isDraining
      }
      // Runs on GRDB's own writer queue, which is no thread of the cooperative pool.
      if isFirst { pool.asyncWriteWithoutTransaction { self.drain($0) } }
    }
  }

  private func drain(_ db: Database) {
    while let group = nextGroup() {
      commit(group, db)
      log.keepSmall(db)
    }
  }

  private func nextGroup() -> [any PendingWrite]? {
    queue.withLock { queue in
      guard !queue.waiting.isEmpty else {
        queue.isDraining = false
        return nil
      }
      let group = Array(queue.waiting.prefix(Self.groupLimit))
      queue.waiting.removeFirst(group.count)
      return group
    }
  }

  private func commit(_ group: [any PendingWrite], _ db: Database) {
    let start = ContinuousClock.now
    past.withLock { $0.busySince = start }
    do {
      if let loss = files.loss { throw loss }
      try db.inTransaction(.immediate) {
        for write in group {
          write.attempt(db)
          // A full disk takes the whole transaction back, and not just the savepoint.
          guard db.isInsideTransaction else { throw write.failure ?? Fault(.system, "the store rolled back") }
        }
        CrashPoint.storeWritten.reach()
        return .commit
      }
      CrashPoint.storeCommitted.reach()
      // Somebody may have taken them away while it was being written.
      if let loss = files.loss { throw loss }
      count(group.count, since: start, failure: nil)
      for write in group { write.answer(nil) }
    } catch {
      logger.error("a transaction failed", metadata: ["error": "\(error)", "writes": "\(group.count)"])
      count(group.count, since: start, failure: StoreFault.using(error))
      for write in group { write.answer(error) }
    }
  }

  private func count(_ writes: Int, since start: ContinuousClock.Instant, failure: Fault?) {
    let end = ContinuousClock.now
    past.withLock { figures in
      figures.groups.add(Double(writes))
      figures.commits.add((end - start) / .seconds(1))
      figures.busySince = nil
      figures.lastFailure = failure.map { ($0, end) }
      if failure != nil { figures.failures += 1 }
    }
  }
}

/// A write that waits for its transaction.
private protocol PendingWrite: Sendable {
  /// Does the work inside a savepoint and keeps what came of it.
  func attempt(_ db: Database)
  /// Why the attempt failed, if it did.
  var failure: (any Error)? { get }
  /// Tells the sender: what came of the attempt, or why the transaction failed.
  func answer(_ failure: (any Error)?)
}

private final class SavepointWrite<Value: Sendable>: PendingWrite {
  private let work: @Sendable (Database) throws -> Value
  private let sender: CheckedContinuation<Value, any Error>
  private let outcome = Mutex<Result<Value, any Error>?>(nil)

  init(_ work: @escaping @Sendable (Database) throws -> Value, _ sender: CheckedContinuation<Value, any Error>) {
    self.work = work
    self.sender = sender
  }

  func attempt(_ db: Database) {
    let result = Result { () throws -> Value in
      var value: Value?
      try db.inSavepoint {
        value = try work(db)
        return .commit
      }
      guard let value else { throw Fault(.system, "a write returned nothing") }
      return value
    }
    outcome.withLock { $0 = result }
  }

  var failure: (any Error)? {
    if case .failure(let error) = outcome.withLock({ $0 }) { error } else { nil }
  }

  func answer(_ failure: (any Error)?) {
    switch (failure, outcome.withLock { $0 }) {
    case (let failure?, _): sender.resume(throwing: failure)
    case (nil, let result?): sender.resume(with: result)
    case (nil, nil): sender.resume(throwing: Fault(.system, "a write was never attempted"))
    }
  }
}
