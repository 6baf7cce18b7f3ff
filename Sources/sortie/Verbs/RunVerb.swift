import ArgumentParser
import Coordination
import Dialects
import Journal
import Model
import Publishing
import Reporting
import Scheduling
import Synchronization

struct RunVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run tiers and cases on the lab's nodes.",
    discussion: """
      Examples:
        sortie run                                       everything in tiers/, on the nodes of agents/lab.yaml
        sortie run smoke,features --exclude 'vping_*'    two tiers, without some cases
        sortie run -t all --slice 2/5                    the second of five CI jobs
        sortie run --sut pod.yaml --publish http://127.0.0.1:8000/api/v1
        sortie run --dry-run                             what would run; the same as `sortie plan`

      Ctrl-C ends running cases and runs the tear-downs; a second one ends everything at once. docs/exit-codes.md says
      what the exit status means.
      """)

  @OptionGroup var selection: SelectionOptions
  @OptionGroup var lab: LabOptions
  @OptionGroup var state: StateOptions

  @Option(
    help: ArgumentHelp(
      "A collection API to publish to; may be given again. (default: $TEST_DB_URL, else none)", valueName: "url"))
  var publish: [String] = []

  @Flag(help: "Publish nothing, whatever the environment says.")
  var noPublish = false

  @Option(help: ArgumentHelp("Seconds that a node works on without a link.", valueName: "seconds"))
  var lease = 900.0

  @Option(help: ArgumentHelp("Seconds for a case that names no timeout of its own.", valueName: "seconds"))
  var timeout = 3600.0

  @Flag(help: "Show what would run, and run nothing.")
  var dryRun = false

  func validate() throws {
    guard lease >= 5, lease <= 1e6 else { throw ValidationError("--lease takes 5 to 1000000 seconds") }
    guard timeout > 0, timeout <= 1e6 else { throw ValidationError("--timeout takes up to 1000000 seconds") }
  }

  func run() async throws {
    let preparation = try Preparation(selection, lab: lab, state: state)
    if dryRun { return try PlanVerb.show(preparation, as: .table) }
    let servers = try Publication.servers(publish, isOff: noPublish)
    if !servers.isEmpty, preparation.sut.name == nil {
      throw Fault(
        .usage, "results are to be published, but no pod is named", hint: "set NODE_NAME, or `name:` in the SUT file")
    }
    guard preparation.hasWork else {
      Terminal.say("nothing would run: \(preparation.reasonForNothing)")
      throw preparation.plan.slice == nil || preparation.isEmptySelection ? ExitStatus.nothing : ExitStatus.passed
    }
    throw try await RunCommand(
      preparation: preparation, servers: servers, isPublishing: !noPublish, state: state.folder, lease: lease,
      timeout: timeout
    ).run()
  }
}

/// A run from its first event to its exit status.
struct RunCommand {
  let preparation: Preparation
  let servers: [ServerAddress]
  /// False: not even what earlier runs left in the outbox is delivered.
  let isPublishing: Bool
  let state: String
  let lease: Double
  let timeout: Double

  /// Seconds that a finished run waits for servers before it leaves the rest to the outbox.
  private static let deliverySeconds = 15.0

  func run() async throws -> ExitStatus {
    let agent = try AgentBinary.find()
    let contents = try preparation.contents()
    let folder = RunFolder(state: state, run: RunCommand.newRun(at: wallClock()))
    let journal = try JournalWriter(creating: folder)
    let files = try RunFiles(folder)
    let relay = Relay()
    let publication = try publication(folder, relay)
    let nodeOf = NodeTable()
    let reporter = try Reporter(folder) { end, outcome in
      do throws(Fault) {
        try await publication.enqueue(end, outcome, node: end.attempt.flatMap(nodeOf.node))
      } catch {
        relay.coordinator?.note(.notice(.init(.error, "\(end.id) cannot be put into the outbox: \(error)")))
      }
    }
    let connector = AgentConnector(agent: agent) { warning, node in
      relay.coordinator?.note(.notice(.init(.warning, warning, node: node.name)))
    }
    let coordinator = try Coordinator(
      settings: settings(folder.run), plan: preparation.plan, contents: contents, journal: journal,
      connector: connector, sinks: [files.take, nodeOf.take, reporter.take], wall: wallClock)
    relay.set(coordinator)
    Terminal.say("run \(folder.run) in \(folder.path)")
    let signals = Signals { count in coordinator.cancel(by: "interrupt", now: count > 1) }
    defer { withExtendedLifetime(signals) {} }

    async let shown: Void = reporter.run()
    try await coordinator.run()
    reporter.finish()
    await shown
    return try await conclude(coordinator, reporter, publication)
  }

  /// Delivers what can be delivered now, then writes the reports.
  private func conclude(
    _ coordinator: Coordinator, _ reporter: Reporter, _ publication: Publication
  ) async throws -> ExitStatus {
    if isPublishing {
      let summary = try await Publication.deliver(publication.publisher, seconds: RunCommand.deliverySeconds)
      for pending in summary.pending {
        let why = pending.reason.map { ": \($0)" } ?? ""
        Terminal.say("\(pending.count) results wait for \(pending.server)\(why)")
      }
    }
    // What was delivered after the run's last event still has to reach the reporter.
    await coordinator.conclude([])
    reporter.finish()
    await reporter.run()
    return try await reporter.close(state: state)
  }

  private func publication(_ folder: RunFolder, _ relay: Relay) throws(Fault) -> Publication {
    let run = folder.run
    let publisher = Publisher(
      try Publication.outbox(state), servers: servers,
      record: { delivery in
        guard delivery.run == run else { return }
        await relay.coordinator?.conclude([.published(delivery.activity)])
      })
    return Publication(
      publisher: publisher, servers: servers, context: ResultSubmission.Context(header(run)), run: run,
      definitions: Dictionary(preparation.plan.cases.map { ($0.id, $0.definition) }, uniquingKeysWith: { $1 }))
  }

  private func settings(_ run: RunID) -> RunSettings {
    RunSettings(
      header: header(run), nodes: preparation.lab.nodes.filter { !$0.isDrained },
      environment: preparation.environment, secrets: preparation.sut.secretValues, lease: lease,
      timeout: timeout)
  }

  private func header(_ run: RunID) -> Activity.RunStarted {
    Activity.RunStarted(
      run: run, version: sortieVersion, host: hostName(), arguments: RunCommand.shownArguments(),
      pod: preparation.sut.name, installer: preparation.sut.installer, scenario: preparation.sut.scenario,
      buildTag: preparation.buildTag, servers: servers.map(\.displayName))
  }

  /// The command line, with the credentials of URLs left out.
  private static func shownArguments() -> [String] {
    CommandLine.arguments.map { argument in
      guard let scheme = argument.firstRange(of: "://"), let at = argument[scheme.upperBound...].firstIndex(of: "@"),
        !argument[scheme.upperBound..<at].contains("/")
      else { return argument }
      return argument[..<scheme.upperBound] + "***" + argument[at...]
    }
  }

  private static func newRun(at time: Timestamp) -> RunID {
    let digits = time.spaced.filter(\.isNumber)
    let letters = (0..<4).map { _ in "abcdefghjkmnpqrstuvwxyz".randomElement() ?? "x" }
    return RunID(rawValue: digits.prefix(8) + "-" + digits.suffix(6) + "-" + String(letters))
  }
}

/// Lets parts that are made before the coordinator speak to it.
final class Relay: Sendable {
  private let held = Mutex<Coordinator?>(nil)
  var coordinator: Coordinator? { held.withLock { $0 } }
  func set(_ coordinator: Coordinator) { held.withLock { $0 = coordinator } }
}

/// Which node ran which attempt, for the results' details.
final class NodeTable: Sendable {
  private let nodes = Mutex<[AttemptID: String]>([:])

  func take(_ group: [Recorded]) {
    nodes.withLock { nodes in
      for one in group {
        if case .attemptStarted(let start) = one.event.activity { nodes[start.attempt] = start.node }
      }
    }
  }

  func node(of attempt: AttemptID) -> String? { nodes.withLock { $0[attempt] } }
}
