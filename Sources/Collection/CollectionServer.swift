import Logging
import Model
import ServiceLifecycle
import Store
import Synchronization
import UnixSignals

/// The collection API server: every dialect on one port, single ones on others beside it, one store.
public struct CollectionServer: Sendable {
  /// Where something is served.
  public struct Endpoint: Hashable, Sendable {
    /// The one dialect that is served at `/`; nil: the main port, which has all.
    public var dialect: DialectName?
    /// The port.
    public var port: Int
    /// The URL without a trailing slash.
    public var url: String
  }

  private let listening: [(address: ListenAddress, dialect: DialectName?)]
  private let mounts: [Mount]
  private let store: ResultStore
  private let protection: Protection
  private let book: TokenBook
  private let figures = ServerFigures()
  private let room: BodyRoom
  private let limits: Limits
  private let logger: Logger

  /// Makes a server; nothing listens yet.
  /// - Parameters:
  ///   - listen: where everything is served.
  ///   - beside: where single dialects are served at `/`.
  ///   - store: where everything is kept; it stays open when the server ends.
  ///   - clock: the time that `period` counts back from, and at which tokens expire.
  ///   - secondsEast: the zone of dates in answers, as seconds ahead of UTC at a time.
  ///   - testAPIBases: the base paths where the Test API is served beside the root.
  ///   - matcher: reads the patterns of `name=`.
  ///   - limits: what a client may ask for.
  ///   - protection: who may write, and how the bytes travel.
  ///   - logger: hears what the server has to say about itself.
  /// - Throws: `usage` if bytes would leave this machine unprotected.
  public init(
    listen: ListenAddress, beside: [DialectName: ListenAddress] = [:], store: ResultStore,
    clock: @escaping @Sendable () -> Timestamp,
    secondsEast: @escaping @Sendable (Timestamp) -> Int = LocalZone.secondsEast,
    testAPIBases: [String] = TestAPIBases.usual, matcher: @escaping NameMatcher = literalNameMatcher,
    limits: Limits = Limits(), protection: Protection = Protection(), logger: Logger
  ) throws(Fault) {
    let testAPI = TestAPIDialect(store: store, clock: clock, secondsEast: secondsEast, matcher: matcher)
    mounts =
      try [
        Mount(base: ["paddles"], dialect: PaddlesDialect(store: store, clock: clock, secondsEast: secondsEast)),
        Mount(base: ["avocado"], dialect: AvocadoDialect(store: store, clock: clock)),
      ] + TestAPIBases.mounts(testAPI, under: testAPIBases)
    listening =
      [(listen, nil)] + DialectName.allCases.compactMap { name in beside[name].map { ($0, name) } }
    for (address, _) in listening where !address.isLoopback {
      guard protection.certificate != nil || protection.allowsPlainHTTP else {
        throw Fault(
          .usage, "refusing to serve plain HTTP on \(address): tokens could be read on their way there",
          hint: "--tls-cert and --tls-key, or --insecure-http if something in between protects them")
      }
    }
    self.store = store
    self.limits = limits
    room = BodyRoom(limits.bodies)
    self.protection = protection
    self.logger = logger
    book = TokenBook(store: store, clock: clock)
  }

  /// Serves until the task is cancelled, or the service group it runs in shuts down; the latter lets requests end.
  /// - Parameter onListening: told the endpoints, the main one first, once connections are accepted on all.
  /// - Throws: `busy` if a port is taken, `usage` if nobody could write on it, `system` if the server fails.
  public func run(onListening: @escaping @Sendable ([Endpoint]) -> Void) async throws(Fault) {
    try await run(until: [], onListening)
  }

  /// Serves until SIGTERM or SIGINT; requests that have begun are answered.
  /// - Parameter onListening: told the endpoints, the main one first, once connections are accepted on all.
  /// - Throws: `busy` if a port is taken, `usage` if nobody could write on it, `system` if the server fails.
  public func runUntilSignalled(onListening: @escaping @Sendable ([Endpoint]) -> Void) async throws(Fault) {
    try await run(until: [.sigterm, .sigint], onListening)
  }

  private func run(until signals: [UnixSignal], _ onListening: @escaping @Sendable ([Endpoint]) -> Void)
    async throws(Fault)
  {
    try await mustHaveTokens()
    let arrivals = Arrivals(listening.count, onListening)
    let services = listening.indices.map { place in
      listener(place) { port in arrivals.add(endpoint(place, port), at: place) }
    }
    do {
      try await ServiceGroup(services: services, gracefulShutdownSignals: signals, logger: logger).run()
    } catch is CancellationError {
      return
    } catch {
      throw error as? Fault ?? Fault(.system, "the server failed: \(error)")
    }
  }

  /// Beyond loopback somebody must be able to write, or the server is not what its user takes it for.
  private func mustHaveTokens() async throws(Fault) {
    guard let (address, _) = listening.first(where: { !$0.address.isLoopback }), try await book.isEmpty() else {
      return
    }
    throw Fault(
      .usage, "refusing to listen on \(address): beyond this machine every write needs a token, and there is none",
      hint: "sortie token add NAME --store FILE")
  }

  private func listener(_ place: Int, _ onListening: @escaping @Sendable (Int) -> Void) -> Listener {
    let (address, dialect) = listening[place]
    let served = dialect.map { name in
      mounts.filter { $0.dialect.name == name }.prefix(1).map { Mount(base: [], dialect: $0.dialect) }
    }
    let needsToken = protection.requiresToken || !address.isLoopback
    return Listener(
      address: address.bound,
      frontDoor: FrontDoor(
        mounts: served ?? mounts, limits: limits, scheme: scheme, gate: Gate(book: needsToken ? book : nil),
        desk: ServerDesk(
          store: store, figures: figures, limits: limits, mounts: served ?? mounts, isMain: served == nil),
        room: room),
      certificate: protection.certificate, logger: logger, onListening: onListening)
  }

  private func endpoint(_ place: Int, _ port: Int) -> Endpoint {
    let (address, dialect) = listening[place]
    return Endpoint(
      dialect: dialect, port: port, url: "\(scheme)://\(ListenAddress(host: address.host, port: port))")
  }

  private var scheme: String { protection.certificate == nil ? "http" : "https" }
}

/// Waits until every listener has said where it listens.
private final class Arrivals: Sendable {
  private let endpoints: Mutex<[CollectionServer.Endpoint?]>
  private let onComplete: @Sendable ([CollectionServer.Endpoint]) -> Void

  init(_ count: Int, _ onComplete: @escaping @Sendable ([CollectionServer.Endpoint]) -> Void) {
    endpoints = Mutex(Array(repeating: nil, count: count))
    self.onComplete = onComplete
  }

  func add(_ endpoint: CollectionServer.Endpoint, at place: Int) {
    let all: [CollectionServer.Endpoint]? = endpoints.withLock { endpoints in
      endpoints[place] = endpoint
      let known = endpoints.compactMap { $0 }
      return known.count == endpoints.count ? known : nil
    }
    if let all { onComplete(all) }
  }
}
