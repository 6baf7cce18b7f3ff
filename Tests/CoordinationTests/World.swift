import Coordination
import FoundationEssentials
import Glibc
import Journal
import Model
import Scheduling
import Synchronization
import TestSupport
import Testing

/// A run over scripted nodes, with a folder of its own that goes with it.
final class World: Sendable {
  let state: String
  let folder: RunFolder
  let agents: [ScriptedAgent]
  let told = Mutex<[Recorded]>([])
  private let running = Mutex<Coordinator?>(nil)

  init(_ agents: ScriptedAgent...) throws {
    var template = Array("/tmp/sortie-coordination-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Fault(.system, "mkdtemp failed") }
    state = String(cString: made)
    folder = RunFolder(state: state, run: RunID(rawValue: "r"))
    self.agents = agents
  }

  deinit { try? Folder.remove(state) }

  /// The coordinator while the run goes on.
  var coordinator: Coordinator? { running.withLock { $0 } }

  /// Lines that time out are waited for only where a test is about that.
  func settings(
    lease: Double = 60, heartbeat: Double = 0.02, silence: Double = 20, policy: Policy = Policy()
  ) -> RunSettings {
    RunSettings(
      header: .init(run: folder.run, version: "1", host: "here", arguments: []),
      nodes: agents.map { Node(name: $0.name, address: .local) }, lease: lease, leaseMargin: 0, policy: policy,
      heartbeat: heartbeat, silence: silence, retryPause: 0.001)
  }

  /// Runs a plan to its end and checks what holds for every run.
  @discardableResult
  func run(
    _ plan: Plan, contents: Contents = Contents(), _ settings: RunSettings? = nil,
    journal: sending JournalWriter? = nil, watch: (@Sendable ([Recorded]) -> Void)? = nil
  ) async throws -> Observed {
    let sink: @Sendable ([Recorded]) -> Void = { [self] batch in
      told.withLock { $0 += batch }
      watch?(batch)
    }
    let coordinator = try Coordinator(
      settings: settings ?? self.settings(), plan: plan, contents: contents,
      journal: try journal ?? JournalWriter(creating: folder), connector: Lab(agents: agents), sinks: [sink], wall: wall
    )
    running.withLock { $0 = coordinator }
    defer { running.withLock { $0 = nil } }
    try await coordinator.run()
    let observed = Observed(events: try JournalReader.events(of: folder), world: self)
    observed.checkOrder(told: told.withLock { $0 }, plan)
    return observed
  }
}

/// The scripted nodes of a run.
struct Lab: Connector {
  let agents: [ScriptedAgent]

  func attach(to node: Node) async throws -> any NodeLine {
    guard let agent = agents.first(where: { $0.name == node.name }) else { throw Fault(.notFound, "no such node") }
    return try await agent.connect()
  }
}

/// What a run left.
struct Observed {
  let events: [Event]
  let world: World

  var verdicts: [String: Verdict] {
    Dictionary(finished.map { ($0.id.rawValue, $0.verdict) }, uniquingKeysWith: { first, _ in first })
  }
  var finished: [Activity.CaseFinished] {
    events.compactMap { if case .caseFinished(let end) = $0.activity { end } else { nil } }
  }
  var attempts: [Activity.AttemptFinished] {
    events.compactMap { if case .attemptFinished(let end) = $0.activity { end } else { nil } }
  }
  var starts: [Activity.AttemptStarted] {
    events.compactMap { if case .attemptStarted(let start) = $0.activity { start } else { nil } }
  }
  var artifacts: [Activity.Artifact] {
    events.compactMap { if case .artifact(let artifact) = $0.activity { artifact } else { nil } }
  }
  var notices: [String] {
    events.compactMap { if case .notice(let notice) = $0.activity { notice.text } else { nil } }
  }

  func log(_ id: String, _ ordinal: Int = 1) -> String {
    text(world.folder.path + "/" + RunFolder.log(of: CaseID(rawValue: id), ordinal: ordinal))
  }

  func artifact(_ id: String, _ path: String) -> String {
    text(world.folder.path + "/" + RunFolder.artifacts(of: CaseID(rawValue: id), ordinal: 1) + "/" + path)
  }

  /// What holds for every run, whatever the nodes did.
  func checkOrder(told: [Recorded], _ plan: Plan) {
    #expect(events.first?.activity.name == "run_started")
    #expect(events.last?.activity.name == "run_finished")
    #expect(finished.map(\.id).sorted() == plan.cases.map(\.id).sorted(), "each planned case has one verdict")
    #expect(Set(attempts.map(\.attempt)).count == attempts.count, "each attempt ends once")
    #expect(Set(starts.map(\.attempt)).count == starts.count, "each attempt starts once")
    let sane = told.filter { $0.event.number > 0 }
    let written = sane.map { try? JSONDecoder().decode(Event.self, from: Data($0.line)) }
    #expect((written == events) as Bool, "sinks hear each event once, in order, as it stands in the journal")
    #expect(sane.map(\.event.number) == events.map(\.number))
    for recorded in sane {
      guard case .output(let output) = recorded.event.activity else { continue }
      #expect(Int64(recorded.output.count) == output.length)
    }
  }

  /// Whether the logs of all attempts that passed are what the default script prints.
  func checkLogs() {
    for attempt in attempts where attempt.outcome.verdict == .pass {
      let expected = ScriptedAgent.output(of: attempt.attempt).joined()
      #expect(log(attempt.id.rawValue, attempt.attempt.ordinal ?? 0) == expected)
    }
  }

  private func text(_ path: String) -> String { String(decoding: content(of: path), as: UTF8.self) }
}

func wall() -> Timestamp {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Timestamp(nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
}

func makeFile(_ path: String, _ bytes: some Collection<UInt8>) throws {
  if let slash = path.lastIndex(of: "/") { try Folder.make(String(path[..<slash])) }
  try DurableFile.write(bytes, to: path)
}

/// A plan of cases that run something, one a name.
func plan(_ names: [String], _ change: (inout CaseDefinition) -> Void = { _ in }) -> Plan {
  var plan = Plan(cases: [], tiers: [Tier(name: "smoke")])
  for (order, name) in names.enumerated() {
    var definition = CaseDefinition(name: name, tier: "smoke", run: RunSpec(driver: "exec"), weight: 0.01)
    change(&definition)
    plan.cases.append(
      PlannedCase(id: CaseID(rawValue: name), definition: definition, order: order, expected: definition.weight))
  }
  return plan
}

func plan(_ count: Int) -> Plan { plan((1...count).map { "case\($0)" }) }
