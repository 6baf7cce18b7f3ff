import Model

/// A run as paddles sees it. The run is a run; a job is what one domain runs of one tier, however many leases on however
/// many nodes that takes; its status is what came of its cases. Contract: paddles, "Jobs" and "teuthology as a client".
public struct PaddlesMapping: EventMapping {
  /// Seconds without news after which a running job gives a sign of life, as teuthology's watchdog does.
  public static let heartbeat = 120.0

  private var header: Activity.RunStarted?
  private var started: Timestamp?
  private var name = ""
  private var units: [PaddlesUnit] = []
  private var places: [CaseID: Int] = [:]
  private var attempts = AttemptNotes()

  /// A run of which nothing is known yet.
  public init() {}

  /// All jobs as `queued` with the plan, `running` with their first case, and their end with the last one.
  public mutating func take(_ event: Event) -> [Submission] {
    attempts.take(event.activity)
    switch event.activity {
    case .runStarted(let value):
      guard header == nil else { return [] }
      header = value
      started = event.time
      return []
    case .planned(let plan): return begin(plan)
    case .attemptStarted(let start):
      guard let place = places[start.id], let header, units[place].begin(on: start.node, at: event.time) else {
        return []
      }
      return [units[place].running(header, at: event.time)]
    case .caseFinished(let end):
      guard let place = places[end.id] else { return [] }
      let note = attempts.finish(end.id).first { $0.attempt == end.attempt }
      guard units[place].finish(end, note?.outcome, at: event.time) else { return [] }
      return conclude(place)
    case .runFinished: return units.indices.flatMap { conclude($0, at: event.time) }
    default: return []
    }
  }

  /// A sign of life of each running job that was silent for two minutes.
  public mutating func tick(_ now: Timestamp) -> [Submission] {
    guard let started else { return [] }
    var beats: [Submission] = []
    for place in units.indices {
      guard let heard = units[place].heard, now.seconds(since: heard) >= Self.heartbeat else { continue }
      units[place].heard = now
      let number = Int64(max(0, now.seconds(since: started)))
      beats.append(units[place].heartbeat(number))
    }
    return beats
  }

  private mutating func begin(_ plan: Plan) -> [Submission] {
    guard let header, let started, units.isEmpty else { return [] }
    let run = PaddlesRunName(header, started: started, plan: plan)
    name = run.text
    var numbers: [[String]: Int] = [:]
    for one in plan.cases where one.disposition == .run && places[one.id] == nil {
      let kind = [one.definition.tier, one.definition.domain]
      let place = numbers[kind] ?? units.count
      if place == units.count {
        numbers[kind] = place
        units.append(
          PaddlesUnit(number: place + 1, tier: kind[0], domain: kind[1], run: header.run, name: run, started: started))
      }
      units[place].plan(one)
      places[one.id] = place
    }
    let make = SubmissionStep(
      "POST", "/runs/", .object(["name": .string(name)]), question: .init("/runs/\(name)/", ["name": .string(name)]))
    return [
      Submission(
        SubmissionID(rawValue: "\(header.run).paddles.jobs"), title: "jobs queued", link: "/runs/\(name)/",
        .steps([make] + units.map { $0.queued(header) }))
    ]
  }

  private mutating func conclude(_ place: Int, at time: Timestamp? = nil) -> [Submission] {
    guard let header, units[place].end(at: time) else { return [] }
    return [units[place].ended(header)]
  }
}
