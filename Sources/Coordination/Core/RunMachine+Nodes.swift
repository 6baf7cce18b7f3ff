import Model
import Scheduling
import Wire

// What nodes do, as the run's loop takes it in.
extension RunMachine {
  mutating func ready(_ name: String, _ facts: NodeFacts, _ life: String?) {
    let isBack = nodes[name] != nil
    nodes[name, default: NodeView(facts: facts)].facts = facts
    nodes[name]?.life = life
    record(.nodeReady(.init(node: name, facts: facts, life: life)))
    for warning in facts.warnings where !isBack { record(.notice(.init(.warning, warning, node: name))) }
    let labels = settings.nodes.first { $0.name == name }?.labels ?? [:]
    decide(.nodeReady(name, labels: labels, slots: facts.slots))
    if isBack { decide(.nodeBack(name)) }
    countNodes()
  }

  mutating func gone(_ name: String, _ reason: String) {
    nodes[name, default: NodeView(facts: NodeFacts())].isGone = true
    record(.nodeExcluded(.init(node: name, reason: reason, isGone: true)))
    for entry in ledger.attempts(on: name) {
      let attempt = entry.plan.attempt
      close(attempt)
      let outcome = Outcome.error("\(name) was lost: \(reason)", at: moment.wall)
      record(.attemptFinished(.init(attempt: attempt, id: entry.id, node: name, outcome: outcome)))
    }
    decide(.nodeLost(name, reason: reason, gone: true))
    countNodes()
  }

  private mutating func countNodes() {
    if nodes.count == settings.nodes.count { decide(.noMoreNodes) }
  }

  mutating func take(_ record: NodeRecord, from node: String) {
    let sequence = record.sequence
    switch record.content {
    case .data(let header, let bytes): take(bytes[...], header, from: node, sequence)
    case .event(.started(let attempt, let began)): start(attempt, began, on: node, sequence)
    case .event(.finished(let attempt, let outcome)):
      guard ledger[attempt]?.node == node else { return refuse(attempt, outcome.verdict, from: node) }
      ended[attempt] = (node, outcome.verdict)
      end(attempt, corrected(outcome, node), outcome.reason, sequence)
    case .event(.artifact(let attempt, let stream, let path, let size, let isCut)):
      guard ledger[attempt]?.node == node else { return }
      announce(stream, .init(attempt: attempt, path: path, size: size, isCut: isCut), from: node, sequence)
    case .event(.notice(var notice)):
      notice.node = node
      self.record(.notice(notice), sequence)
    case .event(.unknown): return
    }
  }

  /// The fence: an attempt that was given up, and perhaps given to another node, has no say any more.
  private mutating func refuse(_ attempt: AttemptID, _ verdict: Verdict, from node: String) {
    if let known = ended[attempt], known.node == node {
      // An agent that did not hear the acknowledgement says it again.
      if known.verdict == verdict { return }
      return complain(about: node, .warning, "\(attempt) ended as \(known.verdict.rawValue) and cannot end again")
    }
    complain(about: node, .warning, "\(attempt) ended too late and does not count: it had been given up")
  }

  private mutating func announce(
    _ stream: UInt16, _ artifact: Activity.Artifact, from node: String, _ sequence: UInt64
  ) {
    switch ledger.announce(stream, artifact) {
    case .refused:
      return complain(
        about: node, .warning, "\(artifact.attempt) has an artifact that cannot be taken: \(artifact.path)")
    case .again: break
    case .new: record(.artifactAnnounced(.init(stream: stream, artifact: artifact)), sequence)
    }
    if artifact.size == 0 { write([], to: stream, of: artifact.attempt, at: 0, from: node, sequence) }
  }

  private mutating func take(
    _ bytes: ArraySlice<UInt8>, _ header: DataHeader, from node: String, _ sequence: UInt64
  ) {
    guard !bytes.isEmpty else { return }
    write(bytes, to: header.stream, of: header.attempt, at: header.offset, from: node, sequence)
  }

  /// An attempt that was given up elsewhere meanwhile is refused by silence; a node that sends nonsense about a live one
  /// is named.
  private mutating func write(
    _ bytes: ArraySlice<UInt8>, to stream: UInt16, of attempt: AttemptID, at offset: Int64, from node: String,
    _ sequence: UInt64
  ) {
    guard ledger[attempt]?.node == node else { return }
    switch ledger.take(bytes, stream: stream, of: attempt, at: offset) {
    case .refused:
      complain(about: node, .error, "\(attempt): \(bytes.count) bytes at \(offset) do not follow what came before")
    case .known: return
    case .write(let new, let file, let offset, let completed):
      perform(.write(new, file: file, offset: offset, staysOpen: stream == 0))
      if stream == 0 {
        record(.output(.init(attempt: attempt, offset: offset, length: Int64(new.count))), sequence, output: new)
      } else if let completed {
        record(.artifact(completed), sequence)
      }
    }
  }

  private mutating func start(_ attempt: AttemptID, _ began: Timestamp, on node: String, _ sequence: UInt64) {
    guard let entry = ledger[attempt], entry.node == node, ledger.start(attempt) else { return }
    let offset = nodes[node]?.facts.clockOffset ?? 0
    record(
      .attemptStarted(
        .init(
          attempt: attempt, id: entry.id, node: node, unit: entry.unit, fence: entry.plan.fence,
          began: began.advanced(bySeconds: -offset / 1000))), sequence)
    decide(.attemptStarted(attempt))
  }

  /// An attempt ended: its files are complete, the event says how, the dispatcher decides what follows.
  mutating func end(_ attempt: AttemptID, _ outcome: Outcome, _ reason: String?, _ sequence: UInt64? = nil) {
    guard let entry = close(attempt) else { return }
    record(
      .attemptFinished(.init(attempt: attempt, id: entry.id, node: entry.node, outcome: outcome)), sequence)
    decide(.attemptFinished(attempt, verdict: outcome.verdict, reason: reason, duration: outcome.duration))
  }

  /// Says that a node sent something it should not have, but not without end.
  private mutating func complain(about node: String, _ level: Activity.Notice.Level, _ what: String) {
    nodes[node]?.complaints += 1
    switch nodes[node]?.complaints ?? 0 {
    case ...100: record(.notice(.init(level, what, node: node)))
    case 101: record(.notice(.init(level, "\(node) goes on like this; no more is said about it", node: node)))
    default: return
    }
  }

  private func corrected(_ outcome: Outcome, _ node: String) -> Outcome {
    var outcome = outcome
    let offset = (nodes[node]?.facts.clockOffset ?? 0) / 1000
    outcome.started = outcome.started.advanced(bySeconds: -offset)
    outcome.stopped = outcome.stopped.advanced(bySeconds: -offset)
    return outcome
  }
}
