import Model
import Wire

// What slots do with a run's attempts.
extension HostState {
  /// The slot is free: it gets the next attempt that waits, if there is one.
  mutating func begin(on slot: Int, at now: HostMoment) -> [HostEffect] {
    guard refusal == nil, let attempt = session.dequeue(for: slot), let job = jobs[attempt] else { return [] }
    running[slot] = attempt
    claims[job.id]?.running = attempt
    jobs[attempt]?.order = []
    jobs[attempt]?.due = awake + job.limit + HostState.patience
    let mark = SpoolRecord.started(attempt, case: job.id, fence: job.fence, began: now.wall)
    let entry = SpoolEntry(kind: .mark, attempt: attempt, bytes: mark.encoded)
    count(entry)
    return [.start(attempt, slot: slot, order: job.order, mark: entry)]
  }

  /// The slot says something about its attempt: an encoded ``Wire/NodeEvent``.
  mutating func slotSaid(_ slot: Int, _ event: ArraySlice<UInt8>) {
    guard running[slot] != nil else { return }
    session.record(Array(event))
  }

  /// An artifact of the slot's attempt stands whole on the disk.
  mutating func slotKept(_ slot: Int, stream: UInt16, size: Int64, event: ArraySlice<UInt8>) -> [HostEffect] {
    guard let attempt = running[slot] else { return [] }
    session.record(Array(event))
    hasFile(attempt, stream)
    session.record(attempt, stream: stream, grownTo: size)
    let record = SpoolRecord.artifact(attempt, stream: stream, size: size, event: Array(event))
    return spool(SpoolEntry(kind: .artifact, attempt: attempt, bytes: record.encoded))
  }

  /// The output of the slot's attempt has so many bytes now.
  mutating func slotGrew(_ slot: Int, to size: Int64) {
    guard let attempt = running[slot] else { return }
    hasFile(attempt, 0)
    session.record(attempt, stream: 0, grownTo: size)
  }

  private mutating func hasFile(_ attempt: AttemptID, _ stream: UInt16) {
    let highest = jobs[attempt]?.highest ?? 0
    jobs[attempt]?.highest = max(highest, stream)
  }

  /// The slot is done: the encoded ``Wire/NodeEvent/finished(_:_:)``. After the lease's end it says why.
  mutating func slotFinished(_ slot: Int, with event: ArraySlice<UInt8>) -> [HostEffect] {
    guard let attempt = running[slot] else { return [] }
    return finish(attempt, with: isExpired ? explained(event) : Array(event))
  }

  /// The slot's process is gone, with all that it had started.
  mutating func slotDied(_ slot: Int, at now: HostMoment, reason: String = "its slot died") -> [HostEffect] {
    guard let attempt = running[slot] else { return [] }
    let isOverdue = jobs[attempt]?.isOverdue ?? false
    return conclude(
      attempt, .error,
      isOverdue ? "its slot on \(node) did not report an end in time and was ended" : reason, at: now)
  }

  /// The slot knows only that it was told to end the attempt.
  private func explained(_ event: ArraySlice<UInt8>) -> [UInt8] {
    guard case .finished(let attempt, var outcome)? = try? Payload.decode(NodeEvent.self, from: event),
      outcome.ending == .cancelled
    else { return Array(event) }
    outcome.reason = HostState.leaseEnded
    return (try? Payload.encode(NodeEvent.finished(attempt, outcome))) ?? Array(event)
  }

  /// Ends an attempt that no slot can report about.
  mutating func conclude(
    _ attempt: AttemptID, _ verdict: Verdict, _ reason: String, at now: HostMoment, began: Timestamp? = nil
  ) -> [HostEffect] {
    let ending: Ending? = reason == HostState.cancelled ? .cancelled : nil
    let outcome = Outcome(
      verdict: verdict, reason: reason, ending: ending, started: began ?? now.wall, stopped: now.wall)
    return finish(attempt, with: (try? Payload.encode(NodeEvent.finished(attempt, outcome))) ?? [])
  }

  private mutating func finish(_ attempt: AttemptID, with event: [UInt8]) -> [HostEffect] {
    guard let job = jobs[attempt] else { return [] }
    let output = session.size(of: attempt, stream: 0)
    if case .running(let slot)? = session.attempts[attempt] { running[slot] = nil }
    session.finish(attempt, with: event)
    jobs[attempt]?.order = []
    jobs[attempt]?.successor = nil
    if claims[job.id]?.running == attempt { claims[job.id]?.running = nil }
    if let successor = job.successor { session.enqueue(successor) }
    let record = SpoolRecord.verdict(attempt, case: job.id, fence: job.fence, output: output, event: event)
    return spool(SpoolEntry(kind: .verdict, attempt: attempt, bytes: record.encoded))
  }
}
