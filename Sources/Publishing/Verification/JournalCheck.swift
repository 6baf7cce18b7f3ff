import Journal
import Model

/// A run's journal read with a critical eye: does what it says agree with itself, and what must therefore lie in the
/// run's folder and on the servers? A value that takes in one event after the other.
public struct JournalCheck: Sendable {
  /// What is known of one attempt.
  struct Attempt: Sendable {
    let id: CaseID
    var verdict: Verdict?
    var isPublishable = true
    var outputEnd: Int64 = 0
    var isStarted = false
  }

  /// What the checks found so far.
  public internal(set) var findings = Findings()
  /// The run's first event; nil until it was seen.
  public private(set) var header: Activity.RunStarted?
  /// When the run started.
  public private(set) var started: Timestamp?
  /// Whether the run's work has ended.
  public private(set) var hasEnded = false
  /// How many events there were.
  public private(set) var count = 0

  private(set) var planned: [PlannedCase] = []
  private(set) var attempts: [AttemptID: Attempt] = [:]
  private(set) var finished: [CaseID: Activity.CaseFinished] = [:]
  private(set) var artifacts: [Activity.Artifact] = []
  private(set) var refusals: [CaseID: [String: String]] = [:]
  private var fences: [CaseID: UInt64] = [:]
  private var definitions: [CaseID: CaseDefinition] = [:]

  /// Nothing is known yet.
  public init() {}

  /// Takes in the next event.
  public mutating func take(_ event: Event) {
    count += 1
    findings.check(
      event.number == UInt64(count),
      Finding("journal", "event \(event.number) stands where \(count) should"))
    if count <= 2 { checkBeginning(event) }
    switch event.activity {
    case .attemptStarted(let value): take(value)
    case .output(let value): take(value)
    case .artifact(let value): artifacts.append(value)
    case .attemptFinished(let value): take(value)
    case .caseFinished(let value): take(value)
    case .published(let value): refusals[value.id, default: [:]][value.server] = value.refusal
    case .runFinished:
      findings.check(!hasEnded, Finding("journal", "event \(event.number) ends the run a second time"))
      hasEnded = true
    default: break
    }
  }

  private mutating func checkBeginning(_ event: Event) {
    switch (count, event.activity) {
    case (1, .runStarted(let value)):
      header = value
      started = event.time
    case (2, .planned(let plan)):
      planned = plan.cases
      definitions = Dictionary(plan.cases.map { ($0.id, $0.definition) }, uniquingKeysWith: { $1 })
    default:
      findings.note(Finding("journal", "event \(count) is \(event.activity.name), not how a run begins"))
    }
  }

  private mutating func take(_ start: Activity.AttemptStarted) {
    let highest = fences[start.id] ?? 0
    findings.check(
      start.fence > highest,
      Finding(
        start.attempt.rawValue, "began with fence \(start.fence), after \(highest) had been given out for its case"))
    fences[start.id] = max(highest, start.fence)
    findings.check(
      attempts[start.attempt]?.isStarted != true, Finding(start.attempt.rawValue, "began a second time"))
    attempts[start.attempt, default: Attempt(id: start.id)].isStarted = true
  }

  private mutating func take(_ output: Activity.Output) {
    let end = attempts[output.attempt]?.outputEnd ?? 0
    findings.check(
      output.offset == end && output.length > 0,
      Finding(output.attempt.rawValue, "output of \(output.length) bytes at \(output.offset), where \(end) comes next"))
    findings.check(
      attempts[output.attempt] != nil, Finding(output.attempt.rawValue, "printed something before it began"))
    attempts[output.attempt]?.outputEnd = output.offset + max(0, output.length)
  }

  private mutating func take(_ end: Activity.AttemptFinished) {
    var attempt = attempts[end.attempt] ?? Attempt(id: end.id)
    findings.check(
      attempt.verdict == nil,
      Finding(end.attempt.rawValue, "has two verdicts: \(attempt.verdict?.rawValue ?? ""), then \(end.outcome.verdict)")
    )
    attempt.verdict = attempt.verdict ?? end.outcome.verdict
    switch end.outcome.details {
    case nil, .null?, .object?: attempt.isPublishable = true
    default: attempt.isPublishable = false
    }
    attempts[end.attempt] = attempt
  }

  private mutating func take(_ end: Activity.CaseFinished) {
    findings.check(definitions[end.id] != nil, Finding(end.id.rawValue, "has a verdict and was never planned"))
    findings.check(finished[end.id] == nil, Finding(end.id.rawValue, "was finished twice"))
    finished[end.id] = finished[end.id] ?? end
    guard let decided = end.attempt else {
      findings.check(
        end.verdict == .skip || end.verdict == .error,
        Finding(end.id.rawValue, "ended as \(end.verdict), and no attempt says so"))
      return
    }
    let attempt = attempts[decided]
    findings.check(
      attempt?.verdict == end.verdict && attempt?.id == end.id,
      Finding(
        end.id.rawValue,
        "ended as \(end.verdict) by \(decided), which ended as \(attempt?.verdict?.rawValue ?? "nothing that is known")"
      ))
  }

  /// To be called once at the journal's end. `isAlive`: the run goes on, so that what is not there yet is no finding.
  public mutating func conclude(isAlive: Bool) {
    findings.check(header != nil || isAlive, Finding("journal", "holds no run", advice: "the run began nothing"))
    guard hasEnded else {
      if !isAlive, header != nil {
        findings.note(
          Finding(
            "journal", "ends before the run does",
            advice: "`sortie resume \(header?.run.rawValue ?? "")` goes on with it"))
      }
      return
    }
    for one in planned {
      findings.check(
        finished[one.id] != nil || one.disposition.reason != nil,
        Finding(one.id.rawValue, "was planned, and has no verdict"))
    }
  }
}
