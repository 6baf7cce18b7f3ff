import Model

/// A result that a server must have: what a run published.
public struct ExpectedResult: Hashable, Sendable {
  /// The attempt that decided the case.
  public var attempt: AttemptID
  /// The case within the run.
  public var caseID: CaseID
  /// The case's name in the catalog.
  public var name: String
  /// Its project.
  public var project: String
  /// `PASS` or `FAIL`.
  public var criteria: String
  /// False: its details are no object, so that no server can be asked for it.
  public var isAskable: Bool
}

/// How far a run has come.
public enum RunStage: Hashable, Sendable {
  /// A process coordinates it.
  case alive
  /// Its process died before it was done.
  case cutOff
  /// It is done.
  case over
}

/// A result as a server has it.
public struct StoredResult: Hashable, Sendable {
  /// Where it can be seen.
  public var link: String
  /// `details.sortie_id`; nil: it has none.
  public var attempt: AttemptID?
  /// The case's name; nil if it is no text.
  public var name: String?
  /// Its project; nil if it is no text.
  public var project: String?
  /// `PASS` or `FAIL`; nil if it is no text.
  public var criteria: String?

  /// Makes a stored result.
  public init(link: String, attempt: AttemptID?, name: String?, project: String?, criteria: String?) {
    self.link = link
    self.attempt = attempt
    self.name = name
    self.project = project
    self.criteria = criteria
  }
}

extension JournalCheck {
  /// What the run published to each of its servers: every pass and fail of a planned case that an attempt decided.
  public var expected: [ExpectedResult] {
    guard header?.pod != nil else { return [] }
    return planned.compactMap { one in
      guard let end = finished[one.id], let attempt = end.attempt, end.verdict == .pass || end.verdict == .fail else {
        return nil
      }
      return ExpectedResult(
        attempt: attempt, caseID: one.id, name: one.definition.name, project: one.definition.project,
        criteria: end.verdict == .pass ? "PASS" : "FAIL", isAskable: attempts[attempt]?.isPublishable ?? true)
    }
  }

  /// Holds what a server has of this run against what it should have. `stored`: its results with an attempt's id of
  /// this run, and maybe others. `waiting`: what the outbox says of this run and server, by attempt.
  public func results(
    on server: String, stored: [StoredResult], waiting: [AttemptID: OutboxRow], stage: RunStage
  ) -> Findings {
    var findings = Findings()
    let prefix = (header?.run.rawValue ?? "") + "."
    let mine = stored.filter { $0.attempt?.rawValue.hasPrefix(prefix) == true }
    let found = Dictionary(grouping: Set(mine), by: \.attempt)
    let expected = expected
    for one in expected {
      guard one.isAskable else {
        findings.note(
          Finding(
            one.caseID.rawValue, "cannot be asked for on \(server): its details are no object", kind: .information))
        continue
      }
      let hits = (found[one.attempt] ?? []).sorted { $0.link < $1.link }
      switch hits.count {
      case 0: findings.check(false, missing(one, on: server, waiting[one.attempt], stage))
      case 1: findings.check(hits[0].agrees(with: one), different(hits[0], from: one))
      default:
        findings.check(
          false,
          Finding(
            one.caseID.rawValue, "is there \(hits.count) times: \(hits.map(\.link).joined(separator: ", "))",
            advice: "delete all but one there: a request that had been given up arrived late"))
      }
    }
    let known = Set(expected.map(\.attempt))
    for (attempt, hits) in found.sorted(by: { ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "") }) {
      guard let attempt, !known.contains(attempt), stage != .alive else { continue }
      let what = attempts[attempt] == nil ? "of which the journal knows nothing" : "which decided no case"
      findings.check(
        false,
        Finding(
          attempt.rawValue, "has a result on \(server): \(hits.map(\.link).sorted().joined(separator: ", ")), \(what)",
          advice: "delete it there"))
    }
    return findings
  }

  private func missing(_ one: ExpectedResult, on server: String, _ row: OutboxRow?, _ stage: RunStage) -> Finding {
    let name = one.caseID.rawValue
    let why = row?.reason.map { ": \($0)" } ?? ""
    switch row?.state {
    case .waits?, .mayHaveArrived?:
      return Finding(
        name, "is not on \(server) yet; it waits in the outbox\(why)", kind: .pending,
        advice: "`sortie outbox flush` tries now")
    case .refused?:
      return Finding(
        name, "is not on \(server), which refused it\(why)",
        advice: "`sortie outbox retry \(one.attempt)` sends it again")
    case .damaged?, nil: break
    }
    if let refusal = refusals[one.caseID]?[server] {
      return Finding(name, "is not on \(server), which refused it: \(refusal)")
    }
    switch stage {
    case .alive: return Finding(name, "is not on \(server) yet; the run is alive", kind: .pending)
    case .cutOff:
      return Finding(
        name, "is not on \(server) yet; the run was cut off", kind: .pending,
        advice: "`sortie resume \(header?.run.rawValue ?? "")` publishes it")
    case .over:
      return Finding(
        name, "is missing on \(server), and does not wait in the outbox",
        advice: "somebody dropped it, deleted it there, or the server lost it")
    }
  }

  private func different(_ stored: StoredResult, from one: ExpectedResult) -> Finding {
    let text: (String?) -> String = { $0 ?? "none" }
    return Finding(
      one.caseID.rawValue,
      "is \(text(stored.project))/\(text(stored.name)) \(text(stored.criteria)) at \(stored.link); it was "
        + "\(one.project)/\(one.name) \(one.criteria)")
  }
}

extension StoredResult {
  fileprivate func agrees(with one: ExpectedResult) -> Bool {
    name == one.name && project == one.project && criteria?.uppercased() == one.criteria
  }
}
