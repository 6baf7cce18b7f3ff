import ArgumentParser
import Coordination
import Definitions
import Dialects
import Foundation
import Journal
import Model
import Publishing
import Reporting

struct ResumeVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run whose process died.",
    discussion: """
      Examples:
        sortie resume                            the latest run that has not ended
        sortie resume 2026 --sut pod.yaml        another one; its SUT file has moved
        sortie resume 2026 --publish http://user:password@host/api/v1

      What is finished stays finished; what nodes have reported meanwhile is taken in; what they still run, runs on.
      Credentials stand in no journal: name servers that want some again. docs/resuming.md says more.
      """)

  @Argument(help: "The run, by any unique prefix. (default: the latest one that has not ended)")
  var run: String?

  @Option(help: ArgumentHelp("The system under test, if its file has moved.", valueName: "file"))
  var sut: String?

  @Option(help: ArgumentHelp("Where results go, instead of where the run began to send them.", valueName: "url"))
  var publish: [String] = []

  @Flag(help: "Publish nothing.")
  var noPublish = false

  @OptionGroup var lab: LabOptions
  @OptionGroup var state: StateOptions

  func run() async throws {
    let folder = try run.map { prefix throws(Fault) in try RunFolder.find(prefix, in: state.folder) } ?? latest()
    throw try await Resumption(
      folder: folder, state: state.folder, sut: sut, publish: publish, isPublishing: !noPublish, labFile: lab.existing
    ).run()
  }

  /// The latest run that has not ended and that nobody coordinates. Throws `.notFound`.
  private func latest() throws(Fault) -> RunFolder {
    for folder in RunFolder.all(in: state.folder).reversed() where !JournalWriter.isAlive(folder) {
      // The report is written last.
      guard !FileManager.default.fileExists(atPath: folder.report) else { continue }
      if let first = try? JournalReader(folder).next(), first.number == 1 { return folder }
    }
    throw Fault(.notFound, "no run in \(state.folder) is unfinished", hint: "`sortie runs` lists them all")
  }
}

/// A run that is taken over from a process that died.
struct Resumption {
  let folder: RunFolder
  let state: String
  let sut: String?
  let publish: [String]
  let isPublishing: Bool
  let labFile: String?
  /// Only to end it.
  var stop: StopRequest?

  func run() async throws -> ExitStatus {
    var past = PastEvents()
    do {
      let journal = try JournalWriter(resuming: folder) { event, line in past.append(event, line) }
      if past.ended == nil { return try await goOn(past, journal) }
    }
    // The journal is let go: whoever delivers takes it for each delivery.
    guard let header = past.ended else { throw Fault(.damaged, "run \(folder.run) has no events") }
    return try await Completion(
      folder: folder, state: state, servers: try servers(header), isPublishing: isPublishing
    ).run(past)
  }

  private func goOn(_ past: PastEvents, _ journal: sending JournalWriter) async throws -> ExitStatus {
    if journal.cut > 0 { Terminal.say("\(journal.cut) torn bytes were cut off behind the journal's last whole record") }
    var secrets = SUT()
    let resumed = try ResumedRun(past.events, host: hostName()) { header throws(Fault) in
      guard let settings = header.settings else {
        throw Fault(.damaged, "Sortie \(header.version) began the run and did not write down what going on needs")
      }
      secrets = try readSUT(sut ?? settings.sut)
      return RunSettings(
        header: header, nodes: settings.nodes, environment: environment(header, settings, secrets),
        secrets: secrets.secretValues, lease: settings.lease, leaseMargin: settings.leaseMargin,
        timeout: settings.timeout, policy: settings.policy)
    }
    let command = RunCommand(
      folder: folder, state: state, settings: resumed.settings, plan: resumed.plan,
      // Nothing more is sent to nodes in a run that is only ended, but for its tear-downs.
      contents: stop == nil ? try Preparation.contents(of: resumed.plan, without: past.finished) : Contents(),
      servers: try servers(resumed.settings.header),
      isPublishing: isPublishing, labFile: labFile)
    return try await command.resume(resumed, after: past, journal: journal, stop: stop)
  }

  private func servers(_ header: Activity.RunStarted) throws(Fault) -> [ServerAddress] {
    let asked = publish.isEmpty ? header.servers : publish
    return try Publication.servers(asked, isOff: !isPublishing || asked.isEmpty)
  }

  private func readSUT(_ path: String?) throws(Fault) -> SUT {
    guard let path else { return SUT() }
    do {
      let (read, diagnostics) = try SUTReader.read(path: path, environment: processEnvironment)
      Terminal.say(diagnostics.text, newline: false)
      return read
    } catch {
      throw Fault(.definition, error.text, hint: "--sut names another file")
    }
  }

  /// What every case finds in its environment, as when the run began.
  private func environment(
    _ header: Activity.RunStarted, _ settings: Activity.Settings, _ sut: SUT
  ) -> [String: String] {
    var own = sut.environment
    own["INSTALLER_TYPE"] = header.installer
    own["DEPLOY_SCENARIO"] = header.scenario
    own["NODE_NAME"] = header.pod
    own["BUILD_TAG"] = header.buildTag
    own["CI_LOOP"] = settings.loop
    return own
  }
}
