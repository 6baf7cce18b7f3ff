import Glibc
import Synchronization

/// The steps of Sortie's programs between which a crash must lose nothing, by name. A test names one in `SORTIE_CRASH`, as
/// `journal-synced:3`, and the program is killed (KILL, as by the kernel or a power cut) when it reaches it for the third
/// time. Without the variable a step costs one comparison.
public enum CrashPoint: String, CaseIterable, Sendable {
  // The run's loop and its journal.
  /// Output stands in the raw logs, not synced.
  case outputWritten = "output-written"
  /// Output is durable, the records that count it are not written.
  case outputSynced = "output-synced"
  /// Records are written, not synced.
  case journalWritten = "journal-written"
  /// Records are durable; nobody has been told.
  case journalSynced = "journal-synced"
  /// Reports and outbox have been told; nodes are not acknowledged, orders not sent.
  case sinksTold = "sinks-told"
  /// Acknowledgements and orders are on their way.
  case ordersPassed = "orders-passed"
  /// The run's last event is durable; nothing is delivered or reported yet.
  case runFinished = "run-finished"
  /// Some of the reports are written.
  case reportWritten = "report-written"

  // The outbox.
  /// An entry is written beside its place.
  case entryWritten = "entry-written"
  /// An entry is durable.
  case entryDurable = "entry-durable"
  /// An entry is marked as sent; it is not sent.
  case entryMarked = "entry-marked"
  /// The server has answered; nothing of it is written down.
  case resultAnswered = "result-answered"
  /// The delivery is in the journal; the entry is still there.
  case deliveryRecorded = "delivery-recorded"

  // The agent.
  /// An order was taken in; nothing of it is on disk.
  case orderTaken = "order-taken"
  /// A slot has begun an attempt.
  case attemptBegun = "attempt-begun"
  /// A verdict is written to the spool, not synced.
  case verdictWritten = "verdict-written"
  /// A verdict is durable, not sent.
  case verdictSynced = "verdict-synced"
  /// An acknowledgement was taken in; what it releases is still there.
  case acknowledgementTaken = "acknowledgement-taken"

  // The collector.
  /// A group of requests is carried out, not committed.
  case storeWritten = "store-written"
  /// It is committed; nobody has been answered.
  case storeCommitted = "store-committed"

  /// Ends the process here if a test wants that.
  public func reach() {
    guard let armed = Armed.shared, armed.point == self, armed.isDue() else { return }
    kill(getpid(), SIGKILL)
  }
}

/// Where this process is to die.
private final class Armed: Sendable {
  let point: CrashPoint
  private let left: Atomic<Int>

  /// Nil: nowhere, as always but in tests.
  static let shared: Armed? = getenv("SORTIE_CRASH").flatMap { Armed(String(cString: $0)) }

  private init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard let name = parts.first, let point = CrashPoint(rawValue: String(name)) else { return nil }
    self.point = point
    left = Atomic(parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
  }

  func isDue() -> Bool { left.subtract(1, ordering: .relaxed).newValue == 0 }
}
