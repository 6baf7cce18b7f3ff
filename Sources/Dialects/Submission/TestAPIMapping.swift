import Model

/// A run as a Test API sees it: one result for each case that passed or failed, when it has its verdict.
public struct TestAPIMapping: EventMapping {
  private var context: ResultSubmission.Context?
  private var definitions: [CaseID: CaseDefinition] = [:]
  private var attempts = AttemptNotes()
  private let utcOffset: @Sendable (Timestamp) -> Int

  /// - Parameter utcOffset: Seconds east of UTC at a time: clients send local times.
  public init(utcOffset: @escaping @Sendable (Timestamp) -> Int) { self.utcOffset = utcOffset }

  /// A result at the end of each case that an attempt decided.
  public mutating func take(_ event: Event) -> [Submission] {
    attempts.take(event.activity)
    switch event.activity {
    case .runStarted(let header): context = context ?? ResultSubmission.Context(header)
    case .planned(let plan):
      definitions = Dictionary(plan.cases.map { ($0.id, $0.definition) }, uniquingKeysWith: { $1 })
    case .caseFinished(let end):
      let notes = attempts.finish(end.id)
      guard let attempt = end.attempt, let definition = definitions[end.id], let context,
        let note = notes.first(where: { $0.attempt == attempt }), let outcome = note.outcome,
        let result = ResultSubmission(
          of: definition, outcome: outcome, attempt: attempt, node: note.node, context: context, utcOffset: utcOffset)
      else { return [] }
      return [Submission(result, of: end.id, attempt: attempt)]
    default: break
    }
    return []
  }
}

/// What is known of the attempts of cases that have no verdict yet.
struct AttemptNotes: Sendable {
  struct Note: Sendable {
    let attempt: AttemptID
    var node: String?
    var began: Timestamp?
    var outcome: Outcome?
  }

  private var notes: [CaseID: [Note]] = [:]

  mutating func take(_ activity: Activity) {
    switch activity {
    case .attemptStarted(let start):
      change(start.attempt, of: start.id) {
        $0.node = start.node
        $0.began = $0.began ?? start.began
      }
    case .attemptFinished(let end):
      change(end.attempt, of: end.id) {
        $0.node = end.node ?? $0.node
        $0.outcome = $0.outcome ?? end.outcome
      }
    default: break
    }
  }

  /// The attempts of a case that has its verdict, in order of appearance; they are forgotten here.
  mutating func finish(_ id: CaseID) -> [Note] { notes.removeValue(forKey: id) ?? [] }

  private mutating func change(_ attempt: AttemptID, of id: CaseID, _ change: (inout Note) -> Void) {
    var known = notes[id] ?? []
    let index = known.firstIndex { $0.attempt == attempt } ?? known.count
    if index == known.count { known.append(Note(attempt: attempt)) }
    change(&known[index])
    notes[id] = known
  }
}
