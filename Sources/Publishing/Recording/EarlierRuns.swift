import CrashPoints
import Glibc
import Journal
import Model
import Threads

/// Writes deliveries into the journals of runs that have ended. A journal stays open, and its run locked, from the
/// first delivery of a batch until ``rest()`` or until another run's turn comes. Everything happens on a thread of its
/// own.
public actor EarlierRuns {
  private struct Open {
    let journal: JournalWriter
    /// What the journal says already: a delivery that a crash made us repeat is not written twice.
    var known: Set<Activity>
    var hasChanged = false
  }

  private let executor: ThreadExecutor
  private let state: String
  private let clock: @Sendable () -> Timestamp
  private let changed: @Sendable (RunFolder) -> Void
  private var open: Open?

  /// Everything about journals happens on a thread of its own.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// The runs of a state folder. `changed` is called, on this actor's thread and while the run is still locked, after
  /// something was added to its journal: its reports are to be made anew. Throws `.system` if there is no thread.
  public init(
    state: String, clock: @escaping @Sendable () -> Timestamp = Surroundings.real.wallClock,
    changed: @escaping @Sendable (RunFolder) -> Void
  ) throws(Fault) {
    self.state = state
    self.clock = clock
    self.changed = changed
    executor = try ThreadExecutor()
  }

  deinit { executor.stop() }

  /// Writes a delivery into its run's journal; it is durable when this returns. False: there is nothing to write into,
  /// because the run's folder is gone or its journal is damaged. Throws `.busy` if another process coordinates the run,
  /// `.system`; then the delivery is not written, and is to be tried again.
  public func record(_ delivery: Delivery) throws(Fault) -> Bool {
    guard isPathComponent(delivery.run.rawValue) else { return false }
    do throws(Fault) {
      try take(RunFolder(state: state, run: delivery.run))
    } catch  where error.code == .notFound || error.code == .damaged {
      return false
    }
    let activities =
      delivery.published.map(Activity.published) + [delivery.notice.map(Activity.notice)].compactMap(\.self)
    guard let open else { return true }
    let news = activities.filter { !open.known.contains($0) }
    guard !news.isEmpty else { return true }
    do throws(Fault) {
      for activity in news { _ = try open.journal.append(activity, at: clock()) }
      try open.journal.commit()
    } catch {
      // What was appended and not committed must not come with the next delivery.
      self.open = nil
      throw error
    }
    self.open?.known.formUnion(news)
    self.open?.hasChanged = true
    return true
  }

  /// Closes what is open, and lets others have the run.
  public func rest() {
    guard let open else { return }
    if open.hasChanged { changed(open.journal.folder) }
    self.open = nil
  }

  private func take(_ folder: RunFolder) throws(Fault) {
    if open?.journal.folder == folder { return }
    rest()
    // The journal is asked for first: taking the lock of a run that is gone would make its folder's lock anew.
    guard access(folder.journal, F_OK) == 0 else { throw Fault(.notFound, "run \(folder.run) is gone") }
    var known: Set<Activity> = []
    let journal = try JournalWriter(resuming: folder) { event in
      switch event.activity {
      case .published, .notice: known.insert(event.activity)
      default: break
      }
    }
    open = Open(journal: journal, known: known)
  }
}
