import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import Model
import NIOCore
import Store

/// The collection API server: one port, every dialect, one store.
public struct CollectionServer: Sendable {
  private let listen: ListenAddress
  private let frontDoor: FrontDoor
  private let limits: Limits
  private let logger: Logger

  /// Makes a server; nothing listens yet.
  /// - Parameters:
  ///   - listen: where to listen: loopback only.
  ///   - store: where everything is kept; it stays open when the server ends.
  ///   - clock: the time that `period` counts back from.
  ///   - secondsEast: the zone of dates in answers, as seconds ahead of UTC at a time.
  ///   - matcher: reads the patterns of `name=`.
  ///   - limits: what a client may ask for.
  ///   - logger: hears what the server has to say about itself.
  /// - Throws: `usage` if the address is not a loopback one.
  public init(
    listen: ListenAddress, store: ResultStore, clock: @escaping @Sendable () -> Timestamp,
    secondsEast: @escaping @Sendable (Timestamp) -> Int = LocalZone.secondsEast,
    matcher: @escaping NameMatcher = literalNameMatcher, limits: Limits = Limits(), logger: Logger
  ) throws(Fault) {
    self.listen = try listen.loopback()
    let testAPI = TestAPIDialect(store: store, clock: clock, secondsEast: secondsEast, matcher: matcher)
    frontDoor = FrontDoor(
      mounts: [
        Mount(base: ["paddles"], dialect: PaddlesDialect(store: store, clock: clock, secondsEast: secondsEast)),
        Mount(base: ["avocado"], dialect: AvocadoDialect(store: store, clock: clock)),
        Mount(base: [], dialect: testAPI),
      ], limits: limits)
    self.limits = limits
    self.logger = logger
  }

  /// Serves until the task is cancelled, or the service group it runs in shuts down; the latter lets requests end.
  /// - Parameter onListening: told the port once connections are accepted.
  /// - Throws: `busy` if the port is taken, `system` if the server fails.
  public func run(onListening: @escaping @Sendable (Int) -> Void) async throws(Fault) {
    do {
      try await application(onListening).run()
    } catch is CancellationError {
      return
    } catch {
      throw fault(error)
    }
  }

  /// Serves until SIGTERM or SIGINT; requests that have begun are answered.
  /// - Parameter onListening: told the port once connections are accepted.
  /// - Throws: `busy` if the port is taken, `system` if the server fails.
  public func runUntilSignalled(onListening: @escaping @Sendable (Int) -> Void) async throws(Fault) {
    do { try await application(onListening).runService() } catch { throw fault(error) }
  }

  private func application(_ onListening: @escaping @Sendable (Int) -> Void) -> Application<FrontDoor> {
    let (limits, port) = (limits, listen.port)
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers, maxHeaderFieldCount: limits.headerFields)
    let channel = HTTP1Channel.Configuration(
      additionalChannelHandlers: [PipelineSetup(limits)], idleTimeout: TimeAmount(seconds: limits.idle),
      httpDecoderConfiguration: decoder)
    return Application(
      responder: frontDoor, server: .http1(configuration: channel),
      configuration: ApplicationConfiguration(
        address: .hostname(listen.host, port: listen.port), serverName: "sortie", backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
      onServerRunning: { onListening($0.localAddress?.port ?? port) }, logger: logger)
  }

  private func fault(_ error: any Error) -> Fault {
    if let error = error as? IOError, error.errnoCode == EADDRINUSE {
      return Fault(.busy, "\(listen) is taken", hint: "another server runs there; choose another port, or 0 for any")
    }
    return Fault(.system, "cannot serve on \(listen): \(error)")
  }
}
