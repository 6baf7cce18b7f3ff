import ArgumentParser
import Journal
import Model
import Reporting

struct StopVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "End a run: what runs is ended, tear-downs run.",
    discussion: """
      Examples:
        sortie stop 2026            as Ctrl-C in its terminal, and wait until it has ended
        sortie stop 2026 --now      without tear-downs
        sortie stop 2026 --no-wait  ask, and return

      A run whose process died is taken over, and ended on its nodes.
      """)

  @Argument(help: "The run, by any unique prefix.")
  var run: String

  @Flag(help: "Without tear-downs, and without waiting for what runs.")
  var now = false

  @Flag(help: "Do not wait until the run has ended.")
  var noWait = false

  @OptionGroup var lab: LabOptions
  @OptionGroup var state: StateOptions

  @Option(
    help: ArgumentHelp("The system under test, if its file has moved and the run's process is dead.", valueName: "file")
  )
  var sut: String?

  private var request: StopRequest { now ? .now : .orderly }

  func run() async throws {
    let folder = try RunFolder.find(run, in: state.folder)
    guard JournalWriter.isAlive(folder) else { return try await endDead(folder) }
    try DurableFile.write(Array((request.rawValue + "\n").utf8), to: folder.stop)
    Terminal.say("run \(folder.run) was asked to end" + (now ? " at once" : ""))
    if noWait { return }
    while JournalWriter.isAlive(folder) { try await Task.sleep(for: .milliseconds(200)) }
    // Its process may have died instead, or somebody held it only to record a delivery.
    if try hasEnded(folder) { return Terminal.say("run \(folder.run) has ended") }
    try await takeOver(folder)
  }

  /// Nobody coordinates the run: its nodes may still work on it.
  private func endDead(_ folder: RunFolder) async throws {
    guard try !hasEnded(folder) else {
      throw Fault(.usage, "run \(folder.run) has ended already", hint: "`sortie show \(folder.run)` shows how")
    }
    try await takeOver(folder)
  }

  private func takeOver(_ folder: RunFolder) async throws {
    Terminal.say("the process of run \(folder.run) is dead; ending the run in its place")
    throw try await Resumption(
      folder: folder, state: state.folder, sut: sut, publish: [], isPublishing: true, labFile: lab.existing,
      stop: request
    ).run()
  }

  private func hasEnded(_ folder: RunFolder) throws(Fault) -> Bool { try PastEvents(of: folder).ended != nil }
}

/// How somebody wants a run to end; as the run's `stop` file says it.
enum StopRequest: String {
  /// What runs is ended, tear-downs run.
  case orderly = "stop"
  /// Without tear-downs.
  case now
}
