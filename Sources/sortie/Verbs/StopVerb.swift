import ArgumentParser
import Foundation
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

  func run() async throws {
    let folder = try RunFolder.find(run, in: state.folder)
    guard JournalWriter.isAlive(folder) else { return try await endDead(folder) }
    try DurableFile.write(Array((now ? "now\n" : "stop\n").utf8), to: folder.stop)
    Terminal.say("run \(folder.run) was asked to end" + (now ? " at once" : ""))
    if noWait { return }
    while JournalWriter.isAlive(folder) { try await Task.sleep(for: .milliseconds(200)) }
    Terminal.say("run \(folder.run) has ended")
  }

  /// Nobody coordinates the run: its nodes may still work on it.
  private func endDead(_ folder: RunFolder) async throws {
    let events = try JournalReader.events(of: folder)
    guard !events.contains(where: { if case .runFinished = $0.activity { true } else { false } }) else {
      throw Fault(.usage, "run \(folder.run) has ended already", hint: "`sortie show \(folder.run)` shows how")
    }
    throw try await Resumption(
      folder: folder, state: state.folder, sut: nil, publish: [], isPublishing: true, labFile: lab.existing,
      isStopping: true
    ).run()
  }
}
