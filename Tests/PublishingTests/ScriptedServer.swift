import Glibc
import Synchronization

/// An HTTP server that does what a test tells it, byte for byte: the far end of real sockets, on threads of its own.
final class ScriptedServer: Sendable {
  struct Request: Sendable {
    /// Counts from 0 over the server's life.
    var number: Int
    /// Which connection it came over, from 0.
    var connection: Int
    /// Request line and header lines.
    var head: [String]
    var body: [UInt8]

    var method: String { head.first.map { String($0.prefix { $0 != " " }) } ?? "" }
    var target: String { head.first.map { String($0.split(separator: " ")[1]) } ?? "" }
    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? {
      head.dropFirst().first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
        .map { String($0.dropFirst(name.count + 2)) }
    }
  }

  enum Action: Sendable {
    /// A proper answer; the connection stays open.
    case answer(String, body: String = "", headers: [String] = [])
    /// These bytes, then the end of the connection.
    case raw(String)
    /// The end of the connection, without a word.
    case cut
    /// Nothing, until the other side goes.
    case stall
  }

  private struct State {
    var listener: CInt = -1
    var sockets: Set<CInt> = []
    var threads: [pthread_t] = []
    var requests: [Request] = []
    var connections = 0
    var isStopped = false
  }

  let port: UInt16
  private let state = Mutex(State())
  private let respond: @Sendable (Request) -> Action

  /// Listens on 127.0.0.1; port 0: any.
  init(port wanted: UInt16 = 0, respond: @escaping @Sendable (Request) -> Action) throws {
    self.respond = respond
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: CInt = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = wanted.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else {
      close(listener)
      throw NoSocket(number: errno)
    }
    port = UInt16(bigEndian: address.sin_port)
    state.withLock { $0.listener = listener }
    start { [self] in accept(from: listener) }
  }

  struct NoSocket: Error { var number: CInt }

  var base: String { "http://127.0.0.1:\(port)/api/v1" }
  /// What arrived so far, whole requests only.
  var requests: [Request] { state.withLock { $0.requests } }
  /// How many connections there were.
  var connections: Int { state.withLock { $0.connections } }
  func lines(_ method: String = "") -> [String] {
    requests.filter { method.isEmpty || $0.method == method }.map { $0.method + " " + $0.target }
  }

  /// Ends every thread and socket. Nothing listens on the port afterwards.
  func stop() {
    let threads = state.withLock { state in
      state.isStopped = true
      if state.listener >= 0 { shutdown(state.listener, Int32(SHUT_RDWR)) }
      for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      defer { state.threads = [] }
      return state.threads
    }
    for thread in threads { pthread_join(thread, nil) }
    // A connection may have come in while its accepting thread was ending.
    if state.withLock({ !$0.threads.isEmpty }) { stop() }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private func start(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(Body(run)).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, body)
    state.withLock { $0.threads.append(thread) }
  }

  private func accept(from listener: CInt) {
    while true {
      let socket = Glibc.accept(listener, nil, nil)
      guard socket >= 0 else { break }
      let number = state.withLock { state -> Int? in
        guard !state.isStopped else { return nil }
        state.sockets.insert(socket)
        state.connections += 1
        return state.connections - 1
      }
      guard let number else {
        close(socket)
        break
      }
      start { [self] in
        serve(socket, number: number)
        state.withLock { _ = $0.sockets.remove(socket) }
        close(socket)
      }
    }
    close(listener)
  }

  private func serve(_ socket: CInt, number connection: Int) {
    var buffer: [UInt8] = []
    while let request = receive(from: socket, connection: connection, buffer: &buffer) {
      switch respond(request) {
      case .answer(let line, let body, let headers):
        let head = ["HTTP/1.1 \(line)", "Content-Length: \(body.utf8.count)"] + headers
        guard transmit(head.joined(separator: "\r\n") + "\r\n\r\n" + body, to: socket) else { return }
      case .raw(let text):
        _ = transmit(text, to: socket)
        return
      case .cut: return
      case .stall:
        var byte: UInt8 = 0
        while recv(socket, &byte, 1, 0) > 0 {}
        return
      }
    }
  }

  private func receive(from socket: CInt, connection: Int, buffer: inout [UInt8]) -> Request? {
    var head: [String] = []
    while true {
      if head.isEmpty, let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
        head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n").map(String.init)
        buffer.removeFirst(end.upperBound)
      }
      let probe = Request(number: 0, connection: connection, head: head, body: [])
      let length = probe.header("Content-Length").flatMap { Int($0) } ?? 0
      if !head.isEmpty, buffer.count >= length {
        let body = Array(buffer.prefix(length))
        buffer.removeFirst(length)
        return state.withLock { state in
          let request = Request(number: state.requests.count, connection: connection, head: head, body: body)
          state.requests.append(request)
          return request
        }
      }
      var chunk = [UInt8](repeating: 0, count: 65536)
      let count = recv(socket, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      buffer += chunk[..<count]
    }
  }

  private func transmit(_ text: String, to socket: CInt) -> Bool {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
