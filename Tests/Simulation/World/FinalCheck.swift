import Journal
import Model

/// What must hold when everything is over.
struct FinalCheck {
  private let world: World
  private let folder: RunFolder
  private var witness: Witness { world.witness }

  init(_ world: World, _ folder: RunFolder) {
    self.world = world
    self.folder = folder
  }

  func run() {
    let events: [Event]
    do throws(Fault) {
      let disk = ProcessDisk(disk: world.disk, step: { true }, sabotage: nil)
      events = try JournalReader.events(of: folder, disk: disk)
    } catch {
      return witness.violate("the journal at the end: \(error)")
    }
    witness.resumed(events)
    checkCases(events)
    checkAttempts(events)
    checkFiles(events)
    checkServers(events)
    for tree in witness.living { witness.violate("\(tree.attempt) is still alive on \(tree.node)") }
  }

  /// Each planned case has one verdict, from an attempt that counts.
  private func checkCases(_ events: [Event]) {
    var ends: [CaseID: Activity.CaseFinished] = [:]
    var isOver = false
    for event in events {
      switch event.activity {
      case .caseFinished(let end):
        if ends.updateValue(end, forKey: end.id) != nil { witness.violate("\(end.id) has two verdicts") }
      case .runFinished(let end):
        if isOver { witness.violate("the run ended twice") }
        isOver = true
        if !end.missing.isEmpty { witness.violate("missing at the end: \(end.missing)") }
      default: continue
      }
    }
    if !isOver { witness.violate("the run has no end") }
    for one in world.scenario.plan.cases where ends[one.id] == nil { witness.violate("\(one.id) has no verdict") }
    for (id, end) in ends {
      guard let attempt = end.attempt, end.verdict == .pass || end.verdict == .fail else { continue }
      if witness.truths[attempt] != end.verdict {
        let truth = witness.truths[attempt].map(\.rawValue) ?? "nothing"
        witness.violate("\(id) is shown as \(end.verdict), but \(attempt) ended with \(truth)", always: true)
      }
    }
  }

  /// Each attempt has one verdict, the true one, and fences rise.
  private func checkAttempts(_ events: [Event]) {
    var verdicts: [AttemptID: Verdict] = [:]
    var fences: [CaseID: UInt64] = [:]
    for event in events {
      switch event.activity {
      case .attemptStarted(let start):
        if start.fence <= fences[start.id] ?? 0 { witness.violate("\(start.attempt) starts under an old fence") }
        fences[start.id] = start.fence
      case .attemptFinished(let end):
        if verdicts.updateValue(end.outcome.verdict, forKey: end.attempt) != nil {
          witness.violate("\(end.attempt) has two verdicts")
        }
        if end.outcome.verdict == .pass || end.outcome.verdict == .fail,
          witness.truths[end.attempt] != end.outcome.verdict
        {
          witness.violate("\(end.attempt) is recorded as \(end.outcome.verdict), which it was not")
        }
      default: continue
      }
    }
    for sent in witness.acknowledged where verdicts[sent.attempt] != sent.verdict {
      // Given up before, it is refused and acknowledged. An agent that died over a full disk told the truth once, and
      // its successor does not know it.
      guard let known = verdicts[sent.attempt], known == .error || known == witness.truths[sent.attempt] else {
        witness.violate("\(sent.attempt)'s end was acknowledged as \(sent.verdict) and is not in the journal")
        continue
      }
    }
    checkAcknowledged(events, verdicts)
  }

  /// A verdict that a node was told to forget is in the journal under the node's number, unless it had been given up.
  private func checkAcknowledged(_ events: [Event], _ verdicts: [AttemptID: Verdict]) {
    var reported: Set<AttemptID> = []
    for event in events {
      if case .attemptFinished(let end) = event.activity, event.sequence != nil { reported.insert(end.attempt) }
    }
    var excluded: Set<String> = []
    for case .nodeExcluded(let node) in events.map(\.activity) where node.isGone == true { excluded.insert(node.node) }
    for sent in witness.acknowledged where !reported.contains(sent.attempt) && !excluded.contains(sent.node) {
      guard !witness.isCancelledNow, verdicts[sent.attempt] != nil else { continue }
      witness.violate("\(sent.attempt)'s end was acknowledged, but the journal has another one")
    }
  }

  /// Logs of what ran to its end, and files that were brought back, are what was printed and left.
  private func checkFiles(_ events: [Event]) {
    var sizes: [AttemptID: Int64] = [:]
    let lossy = Set(
      events.compactMap { event -> String? in
        if case .notice(let notice) = event.activity, notice.text.contains("lost on") { notice.text } else { nil }
      })
    for event in events {
      switch event.activity {
      case .output(let output):
        if output.offset != sizes[output.attempt] ?? 0 { witness.violate("\(output.attempt)'s output has a gap") }
        sizes[output.attempt] = output.offset + output.length
      case .artifact(let artifact): check(artifact)
      case .attemptFinished(let end) where [.pass, .fail].contains(end.outcome.verdict):
        checkLog(end, lossy)
      default: continue
      }
    }
    for (attempt, size) in sizes {
      guard let ordinal = attempt.ordinal else { continue }
      let id = caseID(of: attempt)
      let found = content(RunFolder.log(of: id, ordinal: ordinal)).count
      if found != size { witness.violate("\(attempt)'s log has \(found) bytes; \(size) were counted") }
    }
  }

  private func checkLog(_ end: Activity.AttemptFinished, _ lossy: Set<String>) {
    guard let ordinal = end.attempt.ordinal else { return }
    let found = content(RunFolder.log(of: end.id, ordinal: ordinal))
    let printed = world.behaviour(of: end.id, end.attempt).output
    // What was killed at its timeout has printed a beginning; what a node lost with its power, it names.
    if case .timedOut = end.outcome.ending {
      if !printed.starts(with: found) { witness.violate("\(end.attempt)'s log is not what it printed") }
      return
    }
    if found == printed || lossy.contains(where: { $0.contains(end.attempt.rawValue) }) && printed.starts(with: found) {
      return
    }
    witness.violate("\(end.attempt)'s log has \(found.count) bytes, and is not the \(printed.count) that it printed")
  }

  private func check(_ artifact: Activity.Artifact) {
    guard let ordinal = artifact.attempt.ordinal else { return }
    let id = caseID(of: artifact.attempt)
    let left = world.behaviour(of: id, artifact.attempt).artifacts.first { $0.path == artifact.path }
    if content(RunFolder.artifacts(of: id, ordinal: ordinal) + "/" + artifact.path) != left?.bytes {
      witness.violate("\(artifact.attempt)'s \(artifact.path) is not what it left")
    }
  }

  /// Every pass and fail is at every server, once, or was refused; the journal says so.
  private func checkServers(_ events: [Event]) {
    var published: [CaseID: Set<String>] = [:]
    for case .published(let value) in events.map(\.activity) { published[value.id, default: []].insert(value.server) }
    for server in world.servers {
      for case .caseFinished(let end) in events.map(\.activity) {
        guard let attempt = end.attempt, end.verdict == .pass || end.verdict == .fail else { continue }
        if published[end.id]?.contains("http://\(server.name)/api/v1") != true {
          witness.violate("nobody says that \(end.id) reached \(server.name)")
        }
        let count = server.stored[attempt] ?? 0
        if count == 0, !server.refused.contains(attempt) { witness.violate("\(attempt) never reached \(server.name)") }
        if count > 1, !server.landedLate.contains(attempt) {
          witness.violate("\(attempt) reached \(server.name) \(count) times")
        }
      }
    }
  }

  private func caseID(of attempt: AttemptID) -> CaseID {
    CaseID(rawValue: attempt.rawValue.split(separator: ".").dropFirst().dropLast().joined(separator: "."))
  }

  private func content(_ path: String) -> [UInt8] { world.disk.content(folder.path + "/" + path) ?? [] }
}
