import Model

@testable import Reporting

/// Writes the events of a run by hand, with numbers and times that go up by themselves.
struct Script {
  static let start = Timestamp(nanoseconds: 1_795_000_000_000_000_000)

  let run = RunID(rawValue: "20261118-000640-abcd")
  private(set) var events: [Event] = []
  /// Bytes that belong to the event of the same place; empty for all but output.
  private(set) var bytes: [[UInt8]] = []
  private var outputs: [AttemptID: [UInt8]] = [:]

  mutating func add(_ activity: Activity, bytes: [UInt8] = []) {
    let number = UInt64(events.count + 1)
    events.append(Event(number: number, time: Script.start.advanced(bySeconds: Double(number)), activity: activity))
    self.bytes.append(bytes)
  }

  mutating func begin(
    _ cases: [PlannedCase], servers: [String] = [], slice: Slice? = nil, tiers: [Tier] = [], nodes: [Node]? = nil
  ) {
    add(
      .runStarted(
        .init(
          run: run, version: "0.1.0", host: "jump", arguments: ["run", "all"], pod: "pod-1", installer: "apex",
          scenario: "os-nosdn", buildTag: "daily-master-7", servers: servers,
          settings: nodes.map {
            .init(nodes: $0, lease: 900, leaseMargin: 30, timeout: 3600, policy: Policy())
          })))
    add(.planned(Plan(cases: cases, tiers: tiers, slice: slice)))
  }

  func attempt(_ id: String, _ ordinal: Int) -> AttemptID {
    AttemptID(run: run, case: CaseID(rawValue: id), ordinal: ordinal)
  }

  /// An attempt from beginning to end.
  mutating func attempt(
    _ id: String, _ ordinal: Int = 1, on node: String, _ verdict: Verdict, result: Double? = nil,
    reason: String? = nil, duration: Double = 3, leaked: [String] = [], output: String = ""
  ) {
    start(id, ordinal, on: node)
    if !output.isEmpty { print(id, ordinal: ordinal, Array(output.utf8)) }
    let began = Script.start.advanced(bySeconds: Double(events.count))
    add(
      .attemptFinished(
        .init(
          attempt: attempt(id, ordinal), id: CaseID(rawValue: id), node: node,
          outcome: Outcome(
            verdict: verdict, result: result, reason: reason, ending: .exited(0), started: began,
            stopped: began.advanced(bySeconds: min(duration, 1e6)), duration: duration, details: ["large": "thing"],
            leaked: leaked))))
  }

  mutating func start(_ id: String, _ ordinal: Int = 1, on node: String, began: Timestamp? = nil) {
    add(
      .attemptStarted(
        .init(
          attempt: attempt(id, ordinal), id: CaseID(rawValue: id), node: node, unit: UnitID(rawValue: "u1"),
          fence: UInt64(ordinal), began: began ?? Script.start.advanced(bySeconds: Double(events.count)))))
  }

  mutating func lease(_ ids: String..., to node: String, unit: String = "u1", ordinal: Int = 1) {
    add(
      .unitLeased(
        .init(
          unit: UnitID(rawValue: unit), tier: "smoke", domain: "smoke", node: node,
          attempts: ids.map { attempt($0, ordinal) })))
  }

  mutating func print(_ id: String, ordinal: Int = 1, _ output: [UInt8]) {
    let attempt = attempt(id, ordinal)
    let offset = Int64(outputs[attempt]?.count ?? 0)
    outputs[attempt, default: []] += output
    add(.output(.init(attempt: attempt, offset: offset, length: Int64(output.count))), bytes: output)
  }

  mutating func finish(_ id: String, _ verdict: Verdict, _ reason: String? = nil, attempts: Int = 1) {
    add(
      .caseFinished(
        .init(
          id: CaseID(rawValue: id), verdict: verdict, reason: reason,
          attempt: attempts > 0 ? attempt(id, attempts) : nil, attempts: attempts)))
  }

  mutating func end(cancelled: Bool = false, missing: [String] = []) {
    add(.runFinished(.init(isCancelled: cancelled, missing: missing.map(CaseID.init), duration: 83.5)))
  }

  func tail(_ attempt: AttemptID) -> [UInt8] { outputs[attempt] ?? [] }

  var state: RunState {
    var state = RunState()
    for event in events { state.apply(event) }
    return state
  }

  var report: Report { Report(of: state) }

  /// The consolidated log.
  func log(limit: Int64 = 64 << 20) -> String {
    var log = ConsolidatedLog(limit: limit)
    var buffer: [UInt8] = []
    for (event, bytes) in zip(events, bytes) { log.append(event, output: bytes[...], to: &buffer) }
    return String(decoding: buffer, as: UTF8.self)
  }

  /// All that a console says.
  func say(_ console: some Console) -> String {
    var console = console
    var state = RunState()
    var said = ""
    for event in events {
      state.apply(event)
      said += console.render(event, in: state, tail: tail)
      said += console.tick(state, now: event.time, width: 100, height: 24)
    }
    return said + console.finish(Report(of: state), folder: ".sortie/runs/\(run)")
  }
}

func planned(
  _ tier: String, _ name: String, node: String? = nil, project: String = "functest", domain: String? = nil,
  criteria: Criteria = .percentage(100), skip: String? = nil, expected: Double? = nil,
  gate: Bool = false, retries: Int? = nil
) -> PlannedCase {
  PlannedCase(
    id: CaseID(rawValue: node.map { "\(name)@\($0)" } ?? name),
    definition: CaseDefinition(
      name: name, project: project, tier: tier, domain: domain, criteria: criteria, isBlocking: gate, retries: retries),
    disposition: skip.map { .skip(reason: $0) } ?? .run, order: 0, node: node, expected: expected)
}
