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
        sortie run --publish paddles+http://host/paddles --publish avocado+http://host/avocado
        sortie run --dry-run                             what would run; the same as `sortie plan`

      Ctrl-C ends running cases and runs the tear-downs; a second one ends everything at once. `sortie resume` goes on with
      a run whose process died. docs/exit-codes.md says what the exit status means.
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

  @Option(
    help: ArgumentHelp(
      "Seconds beyond the lease until a lost node's cases go to others.", valueName: "seconds"))
  var leaseMargin = 15.0

  @Option(help: ArgumentHelp("The run's name; it must be new. (default: the time and four letters)", valueName: "name"))
  var runID: String?

  @Option(help: ArgumentHelp("Seconds for a case that names no timeout of its own.", valueName: "seconds"))
  var timeout = 3600.0

  @Flag(help: "Show what would run, and run nothing.")
  var dryRun = false

  func validate() throws {
    guard lease >= 5, lease <= 1e6 else { throw ValidationError("--lease takes 5 to 1000000 seconds") }
    guard leaseMargin >= 0, leaseMargin <= 1e6 else {
      throw ValidationError("--lease-margin takes 0 to 1000000 seconds")
    }
    if let runID, !isPathComponent(runID) || runID.utf8.count > 80 {
      throw ValidationError("--run-id takes a name of 1 to 80 bytes without / and control characters")
    }
    guard timeout > 0, timeout <= 1e6 else { throw ValidationError("--timeout takes up to 1000000 seconds") }
  }

  func run() async throws {
    let preparation = try Preparation(selection, lab: lab, state: state)
    if dryRun { return try PlanVerb.show(preparation, as: .table) }
    let servers = try Publication.servers(publish, isOff: noPublish)
    if servers.contains(where: \.needsPod), preparation.sut.name == nil {
      throw Fault(
        .usage, "results are to be published, but no pod is named", hint: "set NODE_NAME, or `name:` in the SUT file")
    }
    guard preparation.hasWork else {
      Terminal.say("nothing would run: \(preparation.reasonForNothing)")
      throw preparation.plan.slice == nil || preparation.isEmptySelection ? ExitStatus.nothing : ExitStatus.passed
    }
    let folder = RunFolder(state: state.folder, run: try newRun())
    let settings = settings(preparation, folder.run, servers)
    let command = RunCommand(
      folder: folder, state: state.folder, settings: settings, plan: preparation.plan,
      contents: try preparation.contents(), servers: servers, isPublishing: !noPublish, labFile: lab.existing)
    throw try await command.begin()
  }

  /// A name that no run of this state folder has. Throws `.busy` for one that is alive, `.usage` for one that is there.
  private func newRun() throws(Fault) -> RunID {
    guard let runID else { return RunID.new(at: wallClock()) }
    let folder = RunFolder(state: state.folder, run: RunID(rawValue: runID))
    guard Folder.names(state.folder + "/runs").contains(runID) else { return folder.run }
    if JournalWriter.isAlive(folder) {
      throw Fault(
        .busy, "run \(runID) is alive: another process coordinates it", hint: "`sortie stop \(runID)` ends it")
    }
    throw Fault(
      .usage, "run \(runID) is there already", hint: "`sortie resume \(runID)` goes on with it if it has not ended")
  }

  private func settings(_ preparation: Preparation, _ run: RunID, _ servers: [ServerAddress]) -> RunSettings {
    let nodes = preparation.lab.nodes.filter { !$0.isDrained }
    let policy = Policy()
    let header = Activity.RunStarted(
      run: run, version: sortieVersion, host: hostName(), arguments: shownArguments(),
      pod: preparation.sut.name, installer: preparation.sut.installer, scenario: preparation.sut.scenario,
      buildTag: preparation.buildTag, servers: servers.map(\.displayName),
      settings: .init(
        nodes: nodes, sut: selection.sut.map(absolute), loop: preparation.environment["CI_LOOP"], lease: lease,
        leaseMargin: leaseMargin, timeout: timeout, policy: policy))
    return RunSettings(
      header: header, nodes: nodes, environment: preparation.environment, secrets: preparation.sut.secretValues,
      lease: lease, leaseMargin: leaseMargin, timeout: timeout, policy: policy)
  }

  /// The command line, with the credentials of URLs left out.
  private func shownArguments() -> [String] {
    CommandLine.arguments.map { argument in
      guard let scheme = argument.firstRange(of: "://") else { return argument }
      let authority = argument[scheme.upperBound...].prefix { $0 != "/" }
      guard let at = authority.lastIndex(of: "@") else { return argument }
      return argument[..<scheme.upperBound] + "***" + argument[at...]
    }
  }
}

extension RunID {
  /// A name for a run that begins now.
  static func new(at time: Timestamp) -> RunID {
    let digits = time.spaced.filter(\.isNumber)
    let letters = (0..<4).map { _ in "abcdefghjkmnpqrstuvwxyz".randomElement() ?? "x" }
    return RunID(rawValue: digits.prefix(8) + "-" + digits.suffix(6) + "-" + String(letters))
  }
}
