import Model

/// A run as an Avocado server sees it. The run is a job; a case is a test; what happens is an activity of the job, and
/// each attempt an activity of its test. Contract: Avocado, "Endpoints".
///
/// A test is made when its case has its verdict, because a test cannot be without a status; until then the job's
/// activities tell of it.
public struct AvocadoMapping: EventMapping {
  private var header: Activity.RunStarted?
  private var started: Timestamp?
  private var job = AvocadoSubmissions(RunID(rawValue: ""))
  private var open: [CaseID: PlannedCase] = [:]
  private var order: [CaseID] = []
  private var verdicts: [Verdict: Int] = [:]
  private var attempts = AttemptNotes()
  private let log: @Sendable (CaseID, AttemptID) -> String?

  /// - Parameter log: The path of an attempt's raw log, relative to its run's folder.
  public init(log: @escaping @Sendable (CaseID, AttemptID) -> String?) { self.log = log }

  /// The job with the plan, an activity for each step, a test with each verdict, and the job's end with the run's.
  public mutating func take(_ event: Event) -> [Submission] {
    attempts.take(event.activity)
    switch event.activity {
    case .runStarted(let value):
      guard header == nil else { return [] }
      (header, started, job) = (value, event.time, AvocadoSubmissions(value.run))
      return []
    case .planned(let plan): return begin(plan)
    case .runResumed: return [note("RESUMED", event)]
    case .nodeReady(let value): return [note("NODE_READY \(value.node)", event)]
    case .nodeLost(let value), .nodeExcluded(let value): return [note("NODE_LOST \(value.node)", event)]
    case .unitLeased(let value):
      return [note("UNIT_LEASED \(value.unit) \(value.tier)/\(value.domain) \(value.node)", event)]
    case .attemptStarted(let value):
      guard open[value.id] != nil else { return [] }
      return [note("TEST_STARTED \(value.id)", event, subject: job.subject(of: value.id))]
    case .caseFinished(let end):
      guard open.removeValue(forKey: end.id) != nil else { return [] }
      return [finish(end, at: event.time)]
    case .cancelRequested(let value): return [note("CANCELLED by \(value.by)", event)]
    case .runFinished(let end): return conclude(end, at: event.time)
    default: return []
    }
  }

  private func note(_ text: String, _ event: Event, subject: String = "job") -> Submission {
    job.note(text, at: event.time, number: event.number, subject: subject)
  }

  private mutating func begin(_ plan: Plan) -> [Submission] {
    guard let header, let started, order.isEmpty else { return [] }
    var skipped: [Submission] = []
    for one in plan.cases where open[one.id] == nil {
      order.append(one.id)
      if let reason = one.disposition.reason {
        let end = Activity.CaseFinished(id: one.id, verdict: .skip, reason: reason)
        skipped.append(finish(end, at: started))
      } else {
        open[one.id] = one
      }
    }
    return [job.begin(header, at: started)] + skipped
  }

  private mutating func finish(_ end: Activity.CaseFinished, at time: Timestamp) -> Submission {
    verdicts[end.verdict, default: 0] += 1
    return job.test(end, attempts.finish(end.id), at: time, log: log)
  }

  private mutating func conclude(_ end: Activity.RunFinished, at time: Timestamp) -> [Submission] {
    var submissions: [Submission] = []
    for id in order where open.removeValue(forKey: id) != nil {
      submissions.append(finish(.init(id: id, verdict: .error, reason: "no verdict"), at: time))
    }
    let status: Avocado.JobStatus =
      if verdicts[.fail] != nil { .fail } else if verdicts[.error] != nil { .error } else if verdicts[.pass] != nil {
        .pass
      } else { .testNA }
    return submissions + [job.end(status, end.duration, at: time)]
  }
}
