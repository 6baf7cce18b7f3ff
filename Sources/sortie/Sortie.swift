import ArgumentParser
import Definitions
import Glibc
import Model
import Reporting

/// The command line. Everything meets here and nowhere else; one file a verb.
@main
struct Sortie: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sortie",
    abstract: "Runs tiers of test cases on lab nodes, side by side, and loses nothing.",
    discussion: """
      Examples:
        sortie lab up && sortie run --lab .sortie/lab/lab.yaml   three nodes on this machine, and everything on them
        sortie plan healthcheck,smoke                            what would run, and why not the rest
        sortie run -t smoke --exclude 'vping_*' --sut pod.yaml   one tier, without some of its cases
        sortie logs 2026 vping_ssh -f                            follow one case of a run
        sortie serve --listen 127.0.0.1:8000 --store results.db  the collection API
        sortie doctor                                            is everything here that is needed?
      """,
    version: sortieVersion,
    groupedSubcommands: [
      CommandGroup(
        name: "Running:", subcommands: [RunVerb.self, PlanVerb.self, ResumeVerb.self, StopVerb.self]),
      CommandGroup(name: "Publishing:", subcommands: [PublishVerb.self, OutboxVerb.self]),
      CommandGroup(name: "Looking:", subcommands: [RunsVerb.self, ShowVerb.self, LogsVerb.self, VerifyVerb.self]),
      CommandGroup(name: "Catalog:", subcommands: [CheckVerb.self, TierVerb.self, CaseVerb.self]),
      CommandGroup(name: "Nodes:", subcommands: [NodeVerb.self, LabVerb.self, DoctorVerb.self]),
      CommandGroup(name: "Serving:", subcommands: [ServeVerb.self, TokenVerb.self, StoreVerb.self]),
    ])

  static func main() async {
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Glibc.exit(report(error))
    }
  }

  /// Says what went wrong, and returns the exit status: 2 for what people wrote, 3 for what the world did.
  private static func report(_ error: any Error) -> Int32 {
    switch error {
    case let status as ExitStatus: return status.rawValue
    case let diagnostics as Diagnostics:
      Terminal.say(diagnostics.text, newline: false)
      return ExitStatus.usage.rawValue
    case let fault as Fault:
      Terminal.say("sortie: \(fault)")
      return fault.isTheUsers ? ExitStatus.usage.rawValue : ExitStatus.infrastructure.rawValue
    case is CancellationError: return ExitStatus.interrupted.rawValue
    default:
      let code = exitCode(for: error)
      let text = fullMessage(for: error)
      if code.isSuccess { Terminal.write(text + "\n") } else { Terminal.say(text) }
      return code.isSuccess ? 0 : ExitStatus.usage.rawValue
    }
  }
}

extension ExitStatus: Error {}

extension Fault {
  /// Whether somebody has to change what they wrote.
  var isTheUsers: Bool { [.usage, .definition, .notFound, .busy].contains(code) }
}
