import CSpawn
import Glibc
import Model
import Threads

/// This machine as a node: commands are children of this process, each in a session of its own.
public actor LocalConnection: NodeConnection {
  private struct Running {
    var child: Child
    var tail = Tail()
    var errorsAreOpen = true
    var isWriting = false
    var ending: Ending?
  }

  private nonisolated let executor: ThreadExecutor
  private let directory: String?
  private var running: [Int: Running] = [:]
  private var opened = 0
  private var isClosed = false

  /// A connection whose commands start in `directory` (nil: where this process is). Throws ``Model/Fault`` `.system`
  /// when no thread can be had.
  public init(directory: String? = nil) throws(Fault) {
    executor = try ThreadExecutor()
    self.directory = directory
  }

  isolated deinit {
    for one in running.values { end(one) }
    executor.stop()
  }

  /// The thread that it all happens on.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Nothing is left unhonoured.
  public var warnings: [String] { [] }

  /// There is no host key.
  public var hostKeyFingerprint: String? { nil }

  /// Starts a command. Throws ``Model/Fault`` `.missingTool`, `.system`, `.usage`, or `.link` after ``close()``.
  public func open(_ command: [String]) async throws -> any NodeCommand {
    guard !isClosed else { throw Fault.closed }
    opened += 1
    running[opened] = Running(child: try Child.start(command, directory: directory))
    return LocalCommand(connection: self, id: opened)
  }

  /// Kills every command that is still open, with its process group.
  public func close() async {
    isClosed = true
    for id in running.keys { close(id) }
  }

  func close(_ id: Int) {
    guard let one = running.removeValue(forKey: id) else { return }
    end(one)
    executor.wakeAll()
  }

  private func end(_ one: Running) {
    one.child.closeDescriptors()
    if one.ending == nil { Child.end(one.child.process) }
  }

  func errorTail(_ id: Int) -> [UInt8] {
    drainErrors(id)
    return running[id]?.tail.bytes ?? []
  }

  func read(_ id: Int, upTo limit: Int) async throws -> [UInt8]? {
    try await retry(id, for: Int16(POLLIN)) { child throws -> [UInt8]?? in
      var failure: CInt = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: min(max(limit, 1), 256 * 1024)) { buffer, count in
        let received = Glibc.read(child.socket, buffer.baseAddress, buffer.count)
        failure = received < 0 ? errno : 0
        count = max(received, 0)
      }
      switch failure {
      case 0: return .some(bytes.isEmpty ? nil : bytes)
      case EAGAIN, EINTR: return nil
      case ECONNRESET: return .some(nil)  // it ended without having read all of its input
      default: throw Fault.system("read from a local command")
      }
    }
  }

  func write(_ id: Int, _ bytes: [UInt8]) async throws {
    try await retry(id, for: 0) { _ in running[id]?.isWriting == true ? nil : () }
    running[id]?.isWriting = true
    defer {
      running[id]?.isWriting = false
      executor.wakeAll()
    }
    var offset = 0
    while offset < bytes.count {
      offset += try await retry(id, for: Int16(POLLOUT)) { child throws -> Int? in
        let sent = bytes.withUnsafeBytes {
          send(child.socket, $0.baseAddress.map { $0 + offset }, $0.count - offset, CInt(MSG_NOSIGNAL))
        }
        if sent >= 0 { return sent }
        guard errno == EAGAIN || errno == EINTR else { throw Fault(.link, "the local command takes no more input") }
        return nil
      }
    }
  }

  func finishWriting(_ id: Int) throws {
    guard let one = running[id] else { throw Fault.closed }
    shutdown(one.child.socket, CInt(SHUT_WR))
  }

  func ending(_ id: Int) async throws -> Ending {
    try await retry(id, for: 0) { child in
      if running[id]?.ending == nil { running[id]?.ending = child.reap() }
      return running[id]?.ending
    }
  }

  /// Tries `step` until it has an answer, waiting in between for `events` on the command's socket, for its standard
  /// error, which is drained, and for its end.
  private func retry<Answer>(
    _ id: Int, for events: Int16, _ step: (Child) throws -> Answer?
  ) async throws -> Answer {
    while true {
      try Task.checkCancellation()
      guard let one = running[id] else { throw Fault.closed }
      drainErrors(id)
      if let answer = try step(one.child) { return answer }
      let isOpen = running[id]?.errorsAreOpen == true
      var interests = [
        pollfd(fd: events == 0 ? -1 : one.child.socket, events: events, revents: 0),
        pollfd(fd: isOpen ? one.child.errors : -1, events: Int16(POLLIN), revents: 0),
      ]
      if events == 0 { interests.append(pollfd(fd: one.child.pidfd, events: Int16(POLLIN), revents: 0)) }
      await executor.wait(for: interests, on: self)
    }
  }

  private func drainErrors(_ id: Int) {
    guard let one = running[id], one.errorsAreOpen else { return }
    withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 1) { buffer in
      while true {
        let received = Glibc.read(one.child.errors, buffer.baseAddress, buffer.count)
        if received > 0 {
          running[id]?.tail.append(UnsafeRawBufferPointer(rebasing: buffer[..<received]))
        } else {
          if received == 0 { running[id]?.errorsAreOpen = false }
          if received == 0 || errno != EINTR { return }
        }
      }
    }
  }
}

/// A command on this machine.
struct LocalCommand: NodeCommand {
  let connection: LocalConnection
  let id: Int

  func read(upTo limit: Int) async throws -> [UInt8]? { try await connection.read(id, upTo: limit) }
  func write(_ bytes: [UInt8]) async throws { try await connection.write(id, bytes) }
  func finishWriting() async throws { try await connection.finishWriting(id) }
  func ending() async throws -> Ending { try await connection.ending(id) }
  func close() async { await connection.close(id) }
  var errorTail: [UInt8] { get async { await connection.errorTail(id) } }
}
