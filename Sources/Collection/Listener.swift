import Glibc
import HummingbirdCore
import HummingbirdTLS
import Logging
import Model
import NIOCore
import NIOPosix
import ServiceLifecycle

/// One port and what is served there.
struct Listener: Service {
  let address: ListenAddress
  let frontDoor: FrontDoor
  let certificate: Certificate?
  let logger: Logger
  /// Told the port once connections are accepted.
  let onListening: @Sendable (Int) -> Void

  /// Serves until the service group it runs in shuts down; requests that have begun are answered then.
  /// - Throws: `busy` if the port is taken, `system` if the server fails.
  func run() async throws {
    do {
      try await server().run()
    } catch is CancellationError {
      return
    } catch {
      throw fault(error)
    }
  }

  private func server() throws -> any Service {
    let (limits, figures) = (frontDoor.limits, frontDoor.desk.figures)
    let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
      maxHeaderFieldSize: limits.headers, maxHeaderListSize: limits.headers, maxHeaderFieldCount: limits.headerFields)
    let channel = HTTP1Channel.Configuration(
      additionalChannelHandlers: [PipelineSetup(limits, figures)], idleTimeout: TimeAmount(seconds: limits.idle),
      httpDecoderConfiguration: decoder)
    var builder = HTTPServerBuilder.http1(configuration: channel)
    if let certificate { builder = try .tls(builder, tlsConfiguration: certificate.configuration) }
    return try builder.buildServer(
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: address.port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger,
      responder: { [frontDoor] request, writer, _ in try await frontDoor.serve(request, writer) },
      onServerRunning: { [address, onListening] in onListening($0.localAddress?.port ?? address.port) })
  }

  private func fault(_ error: any Error) -> Fault {
    if let error = error as? IOError, error.errnoCode == EADDRINUSE {
      return Fault(.busy, "\(address) is taken", hint: "another server runs there; choose another port, or 0 for any")
    }
    return Fault(.system, "cannot serve on \(address): \(error)")
  }
}
