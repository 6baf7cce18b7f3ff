import Journal
import Model

/// What a run's journal holds, with each event's line.
struct PastEvents {
  private(set) var events: [Event] = []
  private(set) var lines: [ArraySlice<UInt8>] = []

  init() {}

  /// All events of a run that nobody writes to. Throws as `JournalReader`.
  init(of folder: RunFolder) throws(Fault) {
    let reader = try JournalReader(folder)
    while let event = try reader.next() { append(event, reader.line) }
  }

  mutating func append(_ event: Event, _ line: ArraySlice<UInt8>) {
    events.append(event)
    lines.append(line)
  }

  /// The cases that have their verdict.
  var finished: Set<CaseID> {
    var finished: Set<CaseID> = []
    for case .caseFinished(let end) in events.lazy.map(\.activity) { finished.insert(end.id) }
    return finished
  }

  /// The run's first event, if the run's own work has ended.
  var ended: Activity.RunStarted? {
    guard case .runStarted(let header)? = events.first?.activity,
      events.contains(where: { if case .runFinished = $0.activity { true } else { false } })
    else { return nil }
    return header
  }
}
