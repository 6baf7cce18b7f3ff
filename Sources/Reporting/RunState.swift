import Model

/// Everything that reports need to know of a run, folded from its events one by one.
///
/// Each event costs constant time (but for the plan and the last event, which cost what they name). Events that come
/// twice, too late, or about things nobody planned change nothing that was already decided.
public struct RunState: Sendable {
  /// The run's first event; nil until it was seen.
  public private(set) var header: Activity.RunStarted?
  /// When the first event happened.
  public private(set) var started: Timestamp?
  /// When the latest event happened.
  public private(set) var latest: Timestamp?
  /// When the run's work ended; nil until then.
  public private(set) var finished: Timestamp?
  /// The last event of the run's work; nil until then.
  public private(set) var ending: Activity.RunFinished?
  /// Who asked the run to end; nil if nobody did.
  public private(set) var cancel: Activity.CancelRequested?
  /// Which share of a selection this run is; nil: all of it.
  public private(set) var slice: Slice?
  /// The planned cases in catalog order.
  public private(set) var cases: [CaseState] = []
  /// Set-ups, tear-downs, and whatever else ran without being a planned case, in order of appearance.
  public private(set) var hooks: [CaseState] = []
  /// The nodes in order of appearance.
  public private(set) var nodes: [NodeState] = []
  /// How often another process went on with the run.
  public private(set) var resumptions = 0
  /// Verdicts so far.
  public private(set) var counts = Counts()

  private enum Place { case planned(Int), hook(Int) }
  private var places: [CaseID: Place] = [:]
  private var attempts: [AttemptState] = []
  private var attemptPlaces: [AttemptID: Int] = [:]
  private var nodePlaces: [String: Int] = [:]
  private var runningPlaces: Set<Int> = []

  /// A run of which nothing is known yet.
  public init() {}

  /// Takes in one event.
  public mutating func apply(_ event: Event) {
    latest = max(latest ?? event.time, event.time)
    switch event.activity {
    case .runStarted(let value):
      guard header == nil else { return }
      header = value
      started = started ?? event.time
      for node in value.settings?.nodes ?? [] where !node.isDrained && nodePlaces[node.name] == nil {
        nodePlaces[node.name] = nodes.count
        nodes.append(NodeState(name: node.name, standing: .unreached))
      }
    case .planned(let plan): take(plan)
    case .nodeReady(let value):
      changeNode(value.node) {
        $0.facts = value.facts
        $0.become(.ready, because: nil)
      }
    case .nodeLost(let value): changeNode(value.node) { $0.become(.lost, because: value.reason) }
    case .nodeExcluded(let value): changeNode(value.node) { $0.become(.excluded, because: value.reason) }
    case .unitLeased(let value): lease(value)
    case .attemptStarted(let value): start(value, at: event.time)
    case .output(let value):
      guard let place = attemptPlaces[value.attempt] else { return }
      let (end, isTooFar) = value.offset.addingReportingOverflow(value.length)
      if !isTooFar { attempts[place].output = max(attempts[place].output, end) }
    case .artifact(let value):
      guard let place = attemptPlaces[value.attempt] else { return }
      attempts[place].keep(value)
    case .attemptFinished(let value): finish(value)
    case .caseFinished(let value): finish(value)
    case .cancelRequested(let value): cancel = value
    case .published(let value):
      guard case .planned(let index)? = places[value.id] else { return }
      cases[index].record(value)
    case .runFinished(let value):
      ending = ending ?? value
      finished = finished ?? event.time
      runningPlaces = []
    case .runResumed:
      resumptions += 1
      for node in nodes where node.standing == .ready {
        changeNode(node.name) { $0.become(.lost, because: "the coordinator died") }
      }
    case .artifactAnnounced, .notice, .unknown: break
    }
  }

  /// A planned case or hook by its id.
  public func state(of id: CaseID) -> CaseState? {
    switch places[id] {
    case .planned(let index)?: cases[index]
    case .hook(let index)?: hooks[index]
    case nil: nil
    }
  }

  /// True: this is a planned case, not a set-up or tear-down.
  public func isPlanned(_ id: CaseID) -> Bool { if case .planned? = places[id] { true } else { false } }

  /// An attempt by its id; nil if it was never heard of.
  public func attempt(_ id: AttemptID) -> AttemptState? { attemptPlaces[id].map { attempts[$0] } }

  /// The attempts of a case or hook, in order of appearance.
  public func attempts(of state: CaseState) -> [AttemptState] { state.attempts.map { attempts[$0] } }

  /// The attempt that decided a case, else its latest one.
  public func decidingAttempt(of state: CaseState) -> AttemptState? {
    state.decided.flatMap { attempt($0) } ?? state.attempts.last.map { attempts[$0] }
  }

  /// What runs now, the longest running first.
  public var running: [AttemptState] {
    runningPlaces.map { attempts[$0] }.sorted { ($0.seen, $0.id.rawValue) < ($1.seen, $1.id.rawValue) }
  }

  /// The cases that were planned and have no verdict, in plan order, and those that the run itself calls missing.
  public var missing: [CaseID] {
    let foreign = (ending?.missing ?? []).filter { places[$0] == nil }
    return cases.filter { $0.finalVerdict == nil }.map(\.id) + foreign
  }

  /// True: the run's work ended and every planned case has a verdict.
  public var isComplete: Bool { ending != nil && missing.isEmpty }
}

extension RunState {
  private mutating func take(_ plan: Plan) {
    slice = plan.slice
    cases.reserveCapacity(plan.cases.count)
    for planned in plan.cases where places[planned.id] == nil {
      places[planned.id] = .planned(cases.count)
      cases.append(CaseState(planned))
    }
  }

  private mutating func changeNode(_ name: String, _ change: (inout NodeState) -> Void) {
    let place = nodePlaces[name] ?? nodes.count
    if place == nodes.count {
      nodePlaces[name] = place
      nodes.append(NodeState(name: name))
    }
    change(&nodes[place])
  }

  private mutating func lease(_ value: Activity.UnitLeased) {
    for attempt in value.attempts {
      guard let id = owner(of: attempt), case .planned(let index)? = places[id] else { continue }
      cases[index].lease = LastLease(attempt: attempt, unit: value.unit, node: value.node)
    }
  }

  /// Whose attempt it is, by its name `RUN.CASE.N`; nil for a name of foreign shape.
  private func owner(of attempt: AttemptID) -> CaseID? {
    let name = attempt.rawValue.utf8
    let run = (header?.run.rawValue ?? "").utf8
    guard name.starts(with: run), let last = name.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let rest = name[..<last].dropFirst(run.count)
    guard rest.first == UInt8(ascii: ".") else { return nil }
    return CaseID(rawValue: String(Substring(rest.dropFirst())))
  }

  private mutating func start(_ value: Activity.AttemptStarted, at time: Timestamp) {
    let place = place(of: value.attempt, in: value.id, at: time)
    guard attempts[place].outcome == nil else { return }
    attempts[place].node = value.node
    attempts[place].fence = value.fence
    attempts[place].began = value.began
    // An older attempt of this case that is still counted as running was given up: the higher fence is the live one.
    for other in state(of: value.id)?.attempts ?? [] where attempts[other].fence < value.fence {
      runningPlaces.remove(other)
    }
    if ending == nil, state(of: value.id)?.verdict == nil { runningPlaces.insert(place) }
  }

  private mutating func finish(_ value: Activity.AttemptFinished) {
    let place = place(of: value.attempt, in: value.id, at: value.outcome.started)
    runningPlaces.remove(place)
    guard attempts[place].outcome == nil else { return }
    attempts[place].node = value.node ?? attempts[place].node
    attempts[place].outcome = value.outcome
    // Details belong to the published result and may be large.
    attempts[place].outcome?.details = nil
    if let node = attempts[place].node { changeNode(node) { $0.attempts += 1 } }
  }

  private mutating func finish(_ value: Activity.CaseFinished) {
    guard case .planned(let index)? = places[value.id], cases[index].verdict == nil else { return }
    cases[index].verdict = value.verdict
    cases[index].reason = value.reason
    cases[index].decided = value.attempt
    cases[index].attemptCount = max(value.attempts, cases[index].attempts.count)
    cases[index].flaky = flaky(cases[index])
    counts.add(value.verdict)
    if cases[index].flaky != nil { counts.flaky += 1 }
    runningPlaces.subtract(cases[index].attempts)
  }

  /// Whether a case that has just ended passed after failures: `2/3`.
  private func flaky(_ item: CaseState) -> String? {
    guard item.verdict == .pass, item.retries > 0 else { return nil }
    let failures = item.attempts.count { attempts[$0].outcome?.verdict == .fail }
    return failures > 0 ? "\(failures + 1)/\(item.retries + 1)" : nil
  }

  private mutating func place(of id: AttemptID, in owner: CaseID, at time: Timestamp) -> Int {
    if let known = attemptPlaces[id] { return known }
    let place = attempts.count
    attempts.append(AttemptState(id: id, owner: owner, seen: time))
    attemptPlaces[id] = place
    switch places[owner] {
    case .planned(let index)?: cases[index].add(place)
    case .hook(let index)?: hooks[index].add(place)
    case nil:
      places[owner] = .hook(hooks.count)
      hooks.append(CaseState(hook: owner))
      hooks[hooks.count - 1].add(place)
    }
    return place
  }
}
