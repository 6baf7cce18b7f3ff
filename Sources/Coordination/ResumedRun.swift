import Journal
import Model
import Scheduling
import Wire

/// A run as its journal has it, ready to go on.
public struct ResumedRun: Sendable {
  /// What holds for it.
  public let settings: RunSettings
  /// What it is going to do.
  public let plan: Plan
  /// When its first event was.
  public let started: Timestamp
  let replay: Replay
  let host: String

  /// Rebuilds a run from its events. `complete` adds what no journal holds: the environment and the secrets. Throws
  /// `.damaged` if the journal does not make sense, `.usage` for a run that has ended, and what `complete` throws.
  /// - Parameter host: the machine that coordinates from now on.
  public init(
    _ events: [Event], host: String, complete: (Activity.RunStarted) throws(Fault) -> RunSettings
  ) throws(Fault) {
    if let end = events.last(where: { if case .runFinished = $0.activity { true } else { false } }) {
      throw Fault(.usage, "the run ended at \(end.time)", hint: "`sortie show` shows how")
    }
    self.host = host
    replay = try Replay(events, settings: complete)
    settings = replay.machine.settings
    plan = replay.machine.plan
    started = events[0].time
  }
}

/// What the lanes of a resumed run begin with.
struct Resumption: Sendable {
  let activity: Activity.RunResumed
  let places: [String: Replay.Place]
  let cancelled: [AttemptID: Cancel]

  init(of run: ResumedRun) {
    activity = .init(version: sortieVersion, host: run.host)
    places = run.replay.places
    cancelled = run.replay.cancelled
  }
}

extension RunMachine {
  /// Makes the files of attempts that go on what the journal says of them: what a raw log has beyond that was never
  /// counted and comes again. Throws `.system`.
  mutating func meetFiles(of journal: JournalWriter) throws(Fault) {
    for entry in ledger.all {
      for (number, stream) in entry.streams.sorted(by: { $0.key < $1.key }) {
        if stream.artifact == nil {
          try journal.truncate(file: stream.path, to: stream.size)
        } else {
          ledger.found(try journal.size(of: stream.path), stream: number, of: entry.plan.attempt)
        }
      }
    }
  }
}
