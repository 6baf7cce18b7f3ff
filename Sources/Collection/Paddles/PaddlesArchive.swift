import Dialects
import Model
import Store

/// Takes jobs that were reported elsewhere by the rules of the server: as a POST would, and as a PUT where they are there.
public struct PaddlesArchive: Sendable {
  private let dialect: PaddlesDialect

  /// What came of a job.
  public enum Outcome: Hashable, Sendable {
    /// It is there now.
    case added
    /// It was there, and says now what the archive says.
    case present
    /// The server would have refused it, with this message.
    case refused(String)
  }

  /// Takes them into a store.
  public init(
    store: ResultStore, clock: @escaping @Sendable () -> Timestamp,
    secondsEast: @escaping @Sendable (Timestamp) -> Int = LocalZone.secondsEast
  ) {
    dialect = PaddlesDialect(store: store, clock: clock, secondsEast: secondsEast)
  }

  /// Adds or changes a job.
  /// - Parameters:
  ///   - job: the job.
  ///   - run: its run's name.
  ///   - updated: when it was last heard of; nil: now.
  public func add(_ job: TeuthologyJob, to run: String, updated: Timestamp?) async throws(Fault) -> Outcome {
    var change: Paddles.Job.Change
    let name: String
    do throws(Paddles.Refusal) {
      change = try Paddles.Job.Change(job.members, secondsEast: dialect.secondsEast)
      name = try Paddles.Run.name(.string(run))
    } catch {
      return .refused(error.message ?? "\(error.status)")
    }
    change.updated = updated ?? change.updated
    let (sent, now, store) = (change, dialect.clock(), dialect.store)
    let addition = try await store.addJob(job.id, to: RunRecord(dialect.newRun(name)), requestKey: nil) {
      JobWrite($0, $1, nil, sent, now: now)
    }
    if case .added = addition { return .added }
    _ = try await store.changeJob(job.id, of: name) { JobWrite($0, job.id, $1, sent, now: now) }
    return .present
  }
}
