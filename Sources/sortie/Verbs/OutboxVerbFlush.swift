import ArgumentParser
import Dialects
import Model

struct OutboxFlushVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flush", abstract: "Deliver what waits, now.",
    discussion: """
      Examples:
        sortie outbox flush                                             to all servers, trying for a minute
        sortie outbox flush --server http://host/api/v1 --seconds 10    to one

      Exits 5 if something remains or was refused, and says what and why.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: ArgumentHelp("Only what is meant for this server.", valueName: "url"))
  var server: String?

  @Option(help: ArgumentHelp("How long to try.", valueName: "seconds"))
  var seconds = 60.0

  func run() async throws {
    var servers = try Publication.servers([], isOff: false)
    var only: ServerAddress?
    if let server { only = try ServerAddress(parsing: server, token: variable("SORTIE_TOKEN")) }
    if let only { servers.append(only) }
    try await Flush(state: state.folder, servers: servers, seconds: seconds, only: only).run()
  }
}
