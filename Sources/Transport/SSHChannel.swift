import CLibSSH
import Glibc
import Model
import Threads

/// What the connection keeps of one open channel.
struct SSHChannel {
  let pointer: OpaquePointer
  let end: UnsafeMutablePointer<sortie_channel_end>
  var tail = Tail()
  var isWriting = false

  /// How the command ended, if the other side has said so.
  var ending: Ending? {
    guard end.pointee.is_known != 0 else { return nil }
    let name = withUnsafeBytes(of: end.pointee.signal) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return name.isEmpty ? .exited(end.pointee.status) : .signalled(SSHChannel.number(ofSignal: name))
  }

  func free() {
    sortie_unwatch_channel_end(pointer, end)
    ssh_channel_free(pointer)
    end.deallocate()
  }

  /// The signals of RFC 4254, 6.10; 0 for another.
  private static func number(ofSignal name: String) -> Int32 {
    switch name {
    case "ABRT": SIGABRT
    case "ALRM": SIGALRM
    case "FPE": SIGFPE
    case "HUP": SIGHUP
    case "ILL": SIGILL
    case "INT": SIGINT
    case "KILL": SIGKILL
    case "PIPE": SIGPIPE
    case "QUIT": SIGQUIT
    case "SEGV": SIGSEGV
    case "TERM": SIGTERM
    case "USR1": SIGUSR1
    case "USR2": SIGUSR2
    default: 0
    }
  }
}

extension SSHConnection {
  /// Starts a command in a channel of its own. The words reach the program as they are, through whatever POSIX shell the
  /// user has there. Throws ``Model/Fault`` `.link` or `.usage`.
  public func open(_ command: [String]) async throws -> any NodeCommand {
    // Without `exec` a shell would stand between the command and its signals, and stay for as long as it runs.
    let line = "exec " + (try ShellWords.quote(command))
    guard !isClosed else { throw Fault.closed }
    guard let pointer = ssh_channel_new(session) else { throw lost("opening a channel") }
    let end = UnsafeMutablePointer<sortie_channel_end>.allocate(capacity: 1)
    sortie_watch_channel_end(pointer, end)
    opened += 1
    let id = opened
    channels[id] = SSHChannel(pointer: pointer, end: end)
    do {
      let deadline = ContinuousClock.now + .seconds(20)
      try await step(id, "opening a channel", until: deadline) { ssh_channel_open_session($0) }
      try await step(id, "starting a command", until: deadline) { ssh_channel_request_exec($0, line) }
    } catch {
      close(id)
      throw error
    }
    return SSHCommand(connection: self, id: id)
  }

  func close(_ id: Int) {
    guard let channel = channels.removeValue(forKey: id) else { return }
    channel.free()
    ssh_blocking_flush(session, 0)
    executor.wakeAll()
  }

  func read(_ id: Int, upTo limit: Int) async throws -> [UInt8]? {
    let limit = min(max(limit, 1), 1 << 20)
    return try await retry(doing: "reading") { () throws -> [UInt8]?? in
      let pointer = try pointer(id)
      let available = letIn(id, pointer, upTo: limit)
      guard available > 0 else {
        if available == SSH_ERROR { throw lost("reading") }
        return available == SSH_EOF ? .some(nil) : nil
      }
      var count: CInt = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: min(Int(available), limit)) { buffer, initialized in
        count = ssh_channel_read_nonblocking(pointer, buffer.baseAddress, UInt32(buffer.count), 0)
        initialized = Int(max(count, 0))
      }
      guard count >= 0 else { throw lost("reading") }
      return bytes.isEmpty ? nil : bytes
    }
  }

  func write(_ id: Int, _ bytes: [UInt8]) async throws {
    try await retry(doing: "writing") { try channel(id).isWriting ? nil : () }
    channels[id]?.isWriting = true
    defer {
      channels[id]?.isWriting = false
      executor.wakeAll()
    }
    var offset = 0
    while offset < bytes.count {
      offset += try await retry(doing: "writing") { () throws -> Int? in
        let pointer = try pointer(id)
        drainErrors(id)
        guard ssh_blocking_flush(session, 0) != SSH_AGAIN else { return nil }
        guard ssh_channel_is_open(pointer) != 0 else { throw Fault(.link, "\(name): the command takes no more input") }
        let sent = bytes.withUnsafeBytes { bytes in
          ssh_channel_write(pointer, bytes.baseAddress.map { $0 + offset }, UInt32(min(bytes.count - offset, 1 << 20)))
        }
        guard sent >= 0 || sent == SSH_AGAIN else { throw lost("writing") }
        return sent > 0 ? Int(sent) : nil
      }
    }
    // What lies in libssh's own buffer would stay there until the next call.
    try await retry(doing: "writing") { ssh_blocking_flush(session, 0) == SSH_AGAIN ? nil : () }
  }

  func finishWriting(_ id: Int) async throws {
    try await step(id, "ending the input") { ssh_channel_send_eof($0) }
    try await retry(doing: "ending the input") { ssh_blocking_flush(session, 0) == SSH_AGAIN ? nil : () }
  }

  func ending(_ id: Int) async throws -> Ending {
    try await retry(doing: "waiting for a command's end") { () throws -> Ending? in
      let pointer = try pointer(id)
      drainErrors(id)
      if let ending = channels[id]?.ending { return ending }
      _ = ssh_channel_get_exit_status(pointer)  // lets packets in
      if let ending = channels[id]?.ending { return ending }
      guard ssh_channel_is_closed(pointer) == 0 else {
        throw Fault(.link, "\(name): the node did not say how the command ended")
      }
      return nil
    }
  }

  func errorTail(_ id: Int) -> [UInt8] {
    if !isClosed { drainErrors(id) }
    return channels[id]?.tail.bytes ?? []
  }

  /// How many bytes of standard output are there, once what lies in the socket has been let in: a reader that falls
  /// behind gets more at a time, and catches up. `SSH_EOF` at the end, `SSH_ERROR` on a broken link.
  private func letIn(_ id: Int, _ pointer: OpaquePointer, upTo limit: Int) -> CInt {
    while true {
      let before = received
      let available = ssh_channel_poll(pointer, 0)
      drainErrors(id)  // lets more in
      if available < 0 || available >= limit || received == before { return available }
    }
  }

  private func channel(_ id: Int) throws(Fault) -> SSHChannel {
    guard let channel = channels[id] else { throw .closed }
    return channel
  }

  private func pointer(_ id: Int) throws(Fault) -> OpaquePointer { try channel(id).pointer }

  /// Repeats one of libssh's non-blocking calls until it has succeeded.
  private func step(
    _ id: Int, _ what: String, until deadline: ContinuousClock.Instant? = nil, _ call: (OpaquePointer) -> CInt
  ) async throws {
    try await retry(until: deadline, doing: what) { () throws -> Void? in
      switch call(try pointer(id)) {
      case SSH_OK: ()
      case SSH_AGAIN: nil
      default: throw lost(what)
      }
    }
  }

  /// Standard error shares the window with standard output: undrained, it would stop both.
  private func drainErrors(_ id: Int) {
    guard let pointer = channels[id]?.pointer else { return }
    while case let available = ssh_channel_poll(pointer, 1), available > 0 {
      withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
        let count = ssh_channel_read_nonblocking(pointer, buffer.baseAddress, UInt32(buffer.count), 1)
        if count > 0 { channels[id]?.tail.append(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)])) }
      }
    }
  }
}

/// A command on a node.
struct SSHCommand: NodeCommand {
  let connection: SSHConnection
  let id: Int

  func read(upTo limit: Int) async throws -> [UInt8]? { try await connection.read(id, upTo: limit) }
  func write(_ bytes: [UInt8]) async throws { try await connection.write(id, bytes) }
  func finishWriting() async throws { try await connection.finishWriting(id) }
  func ending() async throws -> Ending { try await connection.ending(id) }
  func close() async { await connection.close(id) }
  var errorTail: [UInt8] { get async { await connection.errorTail(id) } }
}
