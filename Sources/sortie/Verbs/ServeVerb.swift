import ArgumentParser
import Collection
import Definitions
import Logging
import Model
import Store

struct ServeVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the collection API (OPNFV Test API at /api/v1).",
    discussion: """
      Examples:
        sortie serve                                               on 127.0.0.1:8000, stored in sortie.db
        sortie serve --listen 127.0.0.1:0 --store results.db       on a free port; the first line on stdout says which
        curl http://127.0.0.1:8000/api/v1/results?build_tag=…
      """)

  @Option(help: ArgumentHelp("Where to listen; loopback only.", valueName: "host:port"))
  var listen = "127.0.0.1:8000"

  @Option(help: ArgumentHelp("The SQLite database.", valueName: "file"))
  var store = "sortie.db"

  func run() async throws {
    let address = try ListenAddress(parsing: listen)
    let logger = Logger(label: "sortie.serve")
    let results = try ResultStore(path: store, clock: wallClock, logger: logger)
    let server = try CollectionServer(
      listen: address, store: results, clock: wallClock, matcher: ServeVerb.matcher, logger: logger)
    try await server.runUntilSignalled { port in Terminal.write("http://\(address.host):\(port)\n") }
    try results.close()
  }

  /// `name=` filters are regular expressions, as MongoDB has them; an expensive one matches nothing more.
  @Sendable private static func matcher(_ pattern: String) throws(Fault) -> @Sendable (String) -> Bool {
    let compiled = try Pattern("(?i)" + pattern)
    return { subject in
      if case .matched = compiled.search(subject) { true } else { false }
    }
  }
}
