import CLibSSH
import CSpawn
import Glibc
import Model
import Threads

/// A node over SSH. One libssh session, which only this actor's thread ever touches; it never blocks there: what
/// cannot go on is tried again when the socket is ready, so that calls on several streams share the link.
public actor SSHConnection: NodeConnection {
  nonisolated let executor: ThreadExecutor
  /// Who is connected to, for messages.
  let name: String
  let configuration: SSHConfiguration
  let session: OpaquePointer
  private let counters: UnsafeMutablePointer<ssh_counter_struct>
  var channels: [Int: SSHChannel] = [:]
  var opened = 0
  var proxy: Child?
  private(set) var isClosed = false
  var hostKey: HostKey?
  /// What authentication has tried, for its message.
  var tried: [String] = []

  /// A session that is not connected yet.
  init(name: String, configuration: SSHConfiguration) throws(Fault) {
    executor = try ThreadExecutor()
    guard let session = ssh_new() else {
      executor.stop()
      throw Fault(.system, "no memory for an SSH session")
    }
    self.name = name
    self.configuration = configuration
    self.session = session
    counters = .allocate(capacity: 1)
    counters.initialize(to: ssh_counter_struct())
  }

  isolated deinit {
    shut()
    ssh_free(session)
    counters.deallocate()
    executor.stop()
  }

  /// The thread that it all happens on.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Connects, checks the host key against the node's pin, and authenticates; 10 s for the connection and its
  /// handshake unless `ConnectTimeout` says otherwise, 20 s for authentication. Throws ``Model/Fault`` `.link`,
  /// `.hostKey` (with both fingerprints), `.authentication` (naming what was tried), or `CancellationError`.
  public static func connect(to node: Node) async throws -> SSHConnection {
    let configuration = try await SSHConfiguration.resolve(node)
    guard let text = node.hostKey else { throw try await HostKeyProbe.unknown(node, configuration) }
    let pin = try HostKey(pin: text, of: node.name)
    let connection = try SSHConnection(name: node.name, configuration: configuration)
    do {
      try await connection.check(pin)
      try await connection.authenticate()
      return connection
    } catch {
      await connection.close()
      throw error
    }
  }

  /// What of the user's SSH configuration is not honoured, one sentence each.
  public var warnings: [String] { configuration.warnings }

  /// The fingerprint of the node's host key, `SHA256:…`.
  public var hostKeyFingerprint: String? { hostKey?.fingerprint }

  /// Ends the link and everything that was opened over it.
  public func close() async {
    shut()
    executor.wakeAll()
  }

  private func shut() {
    guard !isClosed else { return }
    isClosed = true
    for channel in channels.values { channel.free() }
    channels = [:]
    ssh_disconnect(session)
    if let proxy {
      proxy.closeDescriptors(except: proxy.socket)  // libssh owns the socket, and has closed it
      Child.end(proxy.process)
    }
    proxy = nil
  }

  /// Has libssh count what comes in, from the moment that it has a socket.
  func startCounting() { ssh_set_counters(session, counters, nil) }

  /// Bytes that have come in.
  var received: UInt64 { counters.pointee.in_bytes }

  /// Tries `step` until it has an answer; in between waits for the socket. A step that let packets in may have taken in
  /// what another call is waiting for: then all try again.
  func retry<Answer>(
    until deadline: ContinuousClock.Instant? = nil, doing what: String, _ step: () throws -> Answer?
  ) async throws -> Answer {
    while true {
      try Task.checkCancellation()
      guard !isClosed else { throw Fault.closed }
      let before = received
      let answer = Result { try step() }
      let hasMoved = received != before
      let isLost = ssh_get_fd(session) < 0
      if hasMoved || isLost { executor.wakeAll() }
      if let answer = try answer.get() { return answer }
      if isLost { throw lost(what) }
      if hasMoved {
        await Task.yield()
        continue
      }
      if let deadline, deadline <= .now {
        throw Fault(.link, "\(name): time is over while \(what)", hint: proxyError())
      }
      let events = POLLIN | (ssh_get_poll_flags(session) & SSH_WRITE_PENDING != 0 ? POLLOUT : 0)
      await executor.wait(
        for: [pollfd(fd: ssh_get_fd(session), events: Int16(events), revents: 0)], until: deadline, on: self)
    }
  }

  /// The fault of a link that broke.
  func lost(_ what: String) -> Fault {
    let reason = String(cString: ssh_get_error(UnsafeMutableRawPointer(session)))
    return Fault(
      .link, "\(name): the link broke while \(what)" + (reason.isEmpty ? "" : ": \(reason)"), hint: proxyError())
  }

  /// What the proxy said last, if there is one and it said something.
  func proxyError() -> String? {
    guard let proxy else { return nil }
    var tail = Tail(limit: 4096)
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
      while case let count = Glibc.read(proxy.errors, buffer.baseAddress, buffer.count), count > 0 {
        tail.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
    let lines = String(decoding: tail.bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.last.map { "the proxy said: \($0)" }
  }
}
