import Model
import Scheduling
import Wire

/// A run as its journal has it: the machine that went through the same, and what it still owes.
///
/// Events that a node or a person caused are inputs; the others must follow from them by the machine's own rules, in the same
/// order. What follows and is not in the journal was cut off by the crash: nobody has heard of it, and it is done now.
struct Replay {
  /// How far a node's records had come.
  struct Place: Hashable, Sendable {
    var life: String?
    var received: UInt64 = 0
  }

  private(set) var machine: RunMachine
  /// By node.
  private(set) var places: [String: Place] = [:]
  /// Attempts that were told to end and have not.
  private(set) var cancelled: [AttemptID: Cancel] = [:]
  /// When the latest event happened.
  private(set) var latest: Timestamp
  private var started: Timestamp
  private var expected: [Effect] = []
  private var matched = 0
  private var version = ""

  /// Goes through all events of a run that has not ended. Throws `.damaged` if the first two are not there, or if an event
  /// does not follow from those before it: then another version's rules wrote it.
  init(_ events: [Event], settings: (Activity.RunStarted) throws(Fault) -> RunSettings) throws(Fault) {
    guard events.count >= 2, case .runStarted(let header) = events[0].activity,
      case .planned(let plan) = events[1].activity
    else { throw Fault(.damaged, "the journal does not begin with run_started and planned: the run never began") }
    started = events[0].time
    latest = started
    version = header.version
    machine = RunMachine(settings: try settings(header), plan: plan)
    expect(machine.begin(at: moment(events[0])))
    for event in events { try follow(event) }
    let last = (expected, matched)
    while matched < expected.count {
      passEffects()
      matched += 1
    }
    (expected, matched) = last
  }

  /// What is to be done now, as if the last input had just come in. Orders that were owed before are not among it: a
  /// node is asked what it has.
  var owed: [Effect] {
    expected[matched...].filter { if case .record = $0 { true } else { false } }
  }

  private mutating func follow(_ event: Event) throws(Fault) {
    latest = max(latest, event.time)
    passEffects()
    if matched == expected.count, let input = try input(of: event) {
      expect(machine.take(input, at: moment(event)))
      passEffects()
    }
    guard matched < expected.count, case .record(let activity, _, _) = expected[matched],
      activity.agrees(with: event.activity)
    else {
      throw Fault(
        .damaged, "event \(event.number), \(event.activity.name), does not follow from those before it",
        hint: "Sortie \(version) began the run; go on with it by that version, this one is \(sortieVersion)")
    }
    matched += 1
    note(event)
  }

  private mutating func expect(_ effects: [Effect]) {
    expected = effects
    matched = 0
  }

  /// Effects that leave no event: files are written, acknowledgements were sent or will be.
  private mutating func passEffects() {
    while matched < expected.count {
      switch expected[matched] {
      case .record: return
      case .cancel(_, let cancel):
        for attempt in cancel.attempts ?? machine.ledger.all.map(\.plan.attempt) {
          cancelled[attempt] = Cancel(attempts: [attempt], now: cancel.now)
        }
      case .write, .close, .acknowledge, .run: break
      }
      matched += 1
    }
  }

  /// Remembers how far the node's records have come.
  private mutating func note(_ event: Event) {
    if case .nodeReady(let ready) = event.activity, places[ready.node]?.life != ready.life {
      places[ready.node] = Place(life: ready.life)
    }
    if case .attemptFinished(let end) = event.activity { cancelled[end.attempt] = nil }
    guard let sequence = event.sequence, let node = node(of: event.activity) else { return }
    places[node, default: Place()].received = max(places[node]?.received ?? 0, sequence)
  }

  private func node(of activity: Activity) -> String? {
    switch activity {
    case .attemptStarted(let value): value.node
    case .attemptFinished(let value): value.node
    case .notice(let value): value.node
    case .output(let value): machine.ledger[value.attempt]?.node
    case .artifactAnnounced(let value): machine.ledger[value.artifact.attempt]?.node
    case .artifact(let value): machine.ledger[value.attempt]?.node
    default: nil
    }
  }

  private func moment(_ event: Event) -> Moment {
    Moment(elapsed: Double(event.time.nanoseconds - started.nanoseconds) / 1e9, wall: event.time)
  }

  /// What came in when this event was written. Throws `.damaged` if it is none that comes in.
  private func input(of event: Event) throws(Fault) -> Input? {
    switch event.activity {
    case .nodeReady(let value): .ready(value.node, value.facts, life: value.life)
    case .nodeLost(let value): .down(value.node, reason: value.reason)
    case .nodeExcluded(let value):
      value.isGone == true ? .gone(value.node, reason: value.reason) : .drained(value.node, reason: value.reason)
    case .attemptStarted(let value):
      .records(value.node, epoch: 0, [record(event, .event(.started(value.attempt, began: value.began)))])
    case .attemptFinished(let value):
      if let node = value.node, event.sequence != nil {
        .records(node, epoch: 0, [record(event, .event(.finished(value.attempt, value.outcome)))])
      } else {
        .perished(value.attempt, reason: value.outcome.reason ?? "no reason given")
      }
    case .output(let value): .counted(value, sequence: event.sequence)
    case .artifactAnnounced(let value):
      .records(
        machine.ledger[value.artifact.attempt]?.node ?? "", epoch: 0,
        [
          record(
            event,
            .event(
              .artifact(
                value.artifact.attempt, stream: value.stream, path: value.artifact.path, size: value.artifact.size,
                isCut: value.artifact.isCut)))
        ])
    case .artifact(let value): .kept(value, sequence: event.sequence)
    case .cancelRequested(let value): .cancel(by: value.by, now: value.now)
    case .notice(let value): .notice(value)
    case .published, .unknown: .activity(event.activity)
    case .runResumed(let value): .resumed(value)
    case .runStarted, .planned, .unitLeased, .caseFinished, .runFinished: nil
    }
  }

  private func record(_ event: Event, _ content: NodeRecord.Content) -> NodeRecord {
    NodeRecord(sequence: event.sequence ?? 0, content: content)
  }
}

extension Activity {
  /// Whether this, which follows by the rules, is what the journal has; times apart.
  fileprivate func agrees(with other: Activity) -> Bool {
    switch (self, other) {
    case (.unitLeased(let left), .unitLeased(let right)): left == right
    case (.caseFinished(let left), .caseFinished(let right)):
      left.id == right.id && left.verdict == right.verdict && left.attempt == right.attempt
    case (.attemptFinished(let left), .attemptFinished(let right)):
      left.attempt == right.attempt && left.outcome.verdict == right.outcome.verdict
    case (.attemptStarted(let left), .attemptStarted(let right)):
      left.attempt == right.attempt && left.fence == right.fence
    case (.nodeExcluded(let left), .nodeExcluded(let right)): left.node == right.node && left.isGone == right.isGone
    default: name == other.name
    }
  }
}
