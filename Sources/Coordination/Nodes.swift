import Model
import Scheduling
import Wire

/// What the loop knows about a node.
struct NodeView: Sendable {
  var facts: NodeFacts
  var isGone = false
  /// How often it sent nonsense.
  var complaints = 0
}

// What nodes do, as the run's loop takes it in.
extension Coordinator {
  func ready(_ name: String, _ facts: NodeFacts) async {
    let isBack = nodes[name] != nil
    nodes[name, default: NodeView(facts: facts)].facts = facts
    await record(.nodeReady(.init(node: name, facts: facts)))
    for warning in facts.warnings where !isBack { await record(.notice(.init(.warning, warning, node: name))) }
    let labels = settings.nodes.first { $0.name == name }?.labels ?? [:]
    await decide(.nodeReady(name, labels: labels, slots: facts.slots))
    if isBack { await decide(.nodeBack(name)) }
    await countNodes()
  }

  func gone(_ name: String, _ reason: String) async {
    nodes[name, default: NodeView(facts: NodeFacts())].isGone = true
    await record(.nodeExcluded(.init(node: name, reason: reason)))
    for attempt in ledger.attempts(on: name) {
      guard let entry = ledger.close(attempt, journal) else { continue }
      let outcome = Outcome.error("\(name) was lost: \(reason)", at: now)
      await record(.attemptFinished(.init(attempt: attempt, id: entry.id, node: name, outcome: outcome)))
    }
    await decide(.nodeLost(name, reason: reason, gone: true))
    await countNodes()
  }

  private func countNodes() async {
    if nodes.count == settings.nodes.count { await decide(.noMoreNodes) }
  }

  func take(_ record: NodeRecord, from node: String) async {
    switch record.content {
    case .data(let header, let bytes): await take(bytes, header, from: node)
    case .event(.started(let attempt, let began)): await start(attempt, began, on: node)
    case .event(.finished(let attempt, let outcome)):
      guard ledger[attempt]?.node == node else {
        return await complain(about: node, .warning, "\(attempt) ended too late: it had been given up")
      }
      await end(attempt, corrected(outcome, node), outcome.reason)
    case .event(.artifact(let attempt, let stream, let path, let size, let isCut)):
      guard ledger[attempt]?.node == node else { return }
      guard ledger.announce(stream, .init(attempt: attempt, path: path, size: size, isCut: isCut)) else {
        return await complain(about: node, .warning, "\(attempt) has an artifact that cannot be taken: \(path)")
      }
      if size == 0 { await write([], to: stream, of: attempt, at: 0, from: node) }
    case .event(.notice(var notice)):
      notice.node = node
      await self.record(.notice(notice))
    case .event(.unknown): return
    }
  }

  private func take(_ bytes: [UInt8], _ header: DataHeader, from node: String) async {
    guard !bytes.isEmpty, await write(bytes, to: header.stream, of: header.attempt, at: header.offset, from: node),
      header.stream == 0
    else { return }
    await record(
      .output(.init(attempt: header.attempt, offset: header.offset, length: Int64(bytes.count))), output: bytes[...])
  }

  /// False: the bytes do not belong there. An attempt that was given up elsewhere meanwhile is refused by silence; a
  /// node that sends nonsense about a live one is named.
  @discardableResult
  private func write(
    _ bytes: [UInt8], to stream: UInt16, of attempt: AttemptID, at offset: Int64, from node: String
  ) async -> Bool {
    guard ledger[attempt]?.node == node else { return false }
    var written = Ledger.Written.refused
    var nonsense: String?
    await durably { () throws(Fault) in
      do throws(Fault) {
        written = try ledger.write(bytes[...], to: stream, of: attempt, at: offset, journal)
      } catch  where error.code == .definition {
        nonsense = error.message
      }
    }
    switch written {
    case .taken: return true
    case .completed(let artifact):
      await record(.artifact(artifact))
      return true
    case .refused:
      let what = nonsense ?? "\(bytes.count) bytes at \(offset) do not follow what came before"
      await complain(about: node, .error, "\(attempt): \(what)")
      return false
    }
  }

  private func start(_ attempt: AttemptID, _ began: Timestamp, on node: String) async {
    guard let entry = ledger[attempt], entry.node == node, ledger.start(attempt) else { return }
    let offset = nodes[node]?.facts.clockOffset ?? 0
    await record(
      .attemptStarted(
        .init(
          attempt: attempt, id: entry.id, node: node, unit: entry.unit, fence: entry.fence,
          began: began.advanced(bySeconds: -offset / 1000))))
    await decide(.attemptStarted(attempt))
  }

  /// An attempt ended: its files are complete, the event says how, the dispatcher decides what follows.
  func end(_ attempt: AttemptID, _ outcome: Outcome, _ reason: String?) async {
    guard let entry = ledger.close(attempt, journal) else { return }
    await record(.attemptFinished(.init(attempt: attempt, id: entry.id, node: entry.node, outcome: outcome)))
    await decide(
      .attemptFinished(attempt, verdict: outcome.verdict, reason: reason, duration: outcome.duration))
  }

  /// Says that a node sent something it should not have, but not without end.
  private func complain(about node: String, _ level: Activity.Notice.Level, _ what: String) async {
    nodes[node]?.complaints += 1
    switch nodes[node]?.complaints ?? 0 {
    case ...100: await record(.notice(.init(level, what, node: node)))
    case 101: await record(.notice(.init(level, "\(node) goes on like this; no more is said about it", node: node)))
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

extension Outcome {
  /// The outcome of an attempt that no node can report about.
  static func error(_ reason: String, at time: Timestamp) -> Outcome {
    Outcome(verdict: .error, reason: reason, started: time, stopped: time)
  }
}
