import ArgumentParser
import Collection
import Definitions
import Glibc
import Logging
import Model
import Store

struct ServeVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the collection API: OPNFV Test API, paddles, Avocado.",
    discussion: """
      Examples:
        sortie serve                                               on 127.0.0.1:8000, stored in sortie.db
        sortie serve --listen 127.0.0.1:0 --store results.db       on a free port; the first line on stdout says which
        sortie serve --paddles-listen 127.0.0.1:8080               paddles also at the root of a port of its own
        sortie serve --listen 0.0.0.0:443 --tls-cert c.pem --tls-key k.pem
                                                                   for others; `sortie token add` says who may write
        curl http://127.0.0.1:8000/api/v1/results?build_tag=…

      Beyond loopback every write needs a token. docs/collection-api.md says what is served.
      """)

  @Option(help: ArgumentHelp("Where everything is served.", valueName: "host:port"))
  var listen = "127.0.0.1:8000"

  @Option(help: ArgumentHelp("Where paddles is served at /, too.", valueName: "host:port"))
  var paddlesListen: String?

  @Option(help: ArgumentHelp("Where Avocado Server's API is served at /, too.", valueName: "host:port"))
  var avocadoListen: String?

  @Option(help: ArgumentHelp("The SQLite database.", valueName: "file"))
  var store = "sortie.db"

  @Option(
    help: ArgumentHelp(
      "Another base path of the Test API; more than one may be given. It is always at /, /test and /testapi.",
      valueName: "path"))
  var testapiBase: [String] = []

  @Option(
    help: ArgumentHelp("Serve HTTPS with this certificate (PEM, with those that lead up to it).", valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The certificate's key (PEM).", valueName: "file"))
  var tlsKey: String?

  @Flag(help: "Ask for a token for every write on loopback, too.")
  var requireToken = false

  @Flag(help: "Serve plain HTTP beyond loopback. Tokens can be read on their way.")
  var insecureHttp = false

  func validate() throws {
    guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert and --tls-key go together.") }
    if insecureHttp, tlsCert != nil { throw ValidationError("--insecure-http and --tls-cert exclude each other.") }
  }

  func run() async throws {
    let address = try ListenAddress(parsing: listen)
    var beside: [DialectName: ListenAddress] = [:]
    if let paddlesListen { beside[.paddles] = try ListenAddress(parsing: paddlesListen) }
    if let avocadoListen { beside[.avocado] = try ListenAddress(parsing: avocadoListen) }
    let protection = try protection()
    let logger = Logger(label: "sortie.serve")
    Self.takeWhatTheSystemGives()
    let results = try ResultStore(path: store, clock: wallClock, logger: logger)
    let server = try CollectionServer(
      listen: address, beside: beside, store: results, clock: wallClock,
      testAPIBases: TestAPIBases.usual + testapiBase, matcher: ServeVerb.matcher, protection: protection, logger: logger
    )
    try await server.runUntilSignalled { endpoints in
      Terminal.write(endpoints.map { "\($0.dialect.map { "\($0.rawValue) " } ?? "")\($0.url)\n" }.joined())
    }
    try results.close()
  }

  /// Many systems begin with 1024 files where far more may be had, and each connection is one. A file that may not grow
  /// is an error of that write, and not the server's end.
  private static func takeWhatTheSystemGives() {
    var files = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 {
      files.rlim_cur = min(files.rlim_max, 65_536)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
    }
    signal(SIGXFSZ, SIG_IGN)
  }

  private func protection() throws(Fault) -> Protection {
    var protection = Protection()
    protection.requiresToken = requireToken
    protection.allowsPlainHTTP = insecureHttp
    if let tlsCert, let tlsKey { protection.certificate = try Certificate(certificates: tlsCert, key: tlsKey) }
    return protection
  }

  /// `name=` filters are regular expressions, as MongoDB has them; an expensive one matches nothing more.
  @Sendable private static func matcher(_ pattern: String) throws(Fault) -> @Sendable (String) -> Bool {
    let compiled = try Pattern("(?i)" + pattern)
    return { subject in
      if case .matched = compiled.search(subject) { true } else { false }
    }
  }
}
