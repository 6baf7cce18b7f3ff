import CSpawn
import Glibc
import Synchronization

/// Stands between libssh and the user's SSH agent, so that of the agent's keys the named ones come first, or are the only
/// ones: libssh offers whatever it is told of, in order, and servers count. A thread of its own, because libssh waits
/// for the answers.
///
/// The protocol: draft-miller-ssh-agent; each message a length, a type and a body.
final class AgentRelay: Sendable {
  /// libssh's end; libssh closes it.
  let descriptor: CInt
  private let near: CInt
  private let far: CInt
  private let first: [[UInt8]]
  private let only: Bool
  private let blobs = Mutex<[[UInt8]]>([])
  private let thread = Mutex<pthread_t?>(nil)

  /// Connects to the agent at `path`; nil if none answers there. `first`: public keys that go first; `only`: nothing
  /// but those.
  init?(path: String, first: [[UInt8]], only: Bool) {
    guard let agent = AgentRelay.connect(path) else { return nil }
    var pair: [CInt] = [-1, -1]
    guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &pair) == 0 else {
      Glibc.close(agent)
      return nil
    }
    (descriptor, near, far) = (pair[0], pair[1], agent)
    self.first = first
    self.only = only
    // An agent that does not answer must not hold up the link for good; one that asks its user may take a moment.
    var limit = timeval(tv_sec: 15, tv_usec: 0)
    setsockopt(far, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var started = pthread_t()
    let reference = Unmanaged.passRetained(self)
    let status = pthread_create(
      &started, nil,
      { argument in
        if let argument { Unmanaged<AgentRelay>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, reference.toOpaque())
    guard status == 0 else {
      reference.release()
      for descriptor in [descriptor, near, far] { Glibc.close(descriptor) }
      return nil
    }
    thread.withLock { $0 = started }
  }

  /// The public keys that libssh was told of.
  var offered: [[UInt8]] { blobs.withLock { $0 } }

  /// Ends the thread. libssh finds the agent gone, which after authentication does not matter.
  func stop() {
    shutdown(near, CInt(SHUT_RDWR))
    shutdown(far, CInt(SHUT_RDWR))
    if let thread = thread.withLock({ $0.take() }) { pthread_join(thread, nil) }
  }

  private func run() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, nil)
    while let request = AgentRelay.receive(near) {
      guard AgentRelay.send(far, request), let answer = AgentRelay.receive(far) else { break }
      guard AgentRelay.send(near, answer.first == 12 ? select(answer) : answer) else { break }
    }
    Glibc.close(near)
    Glibc.close(far)
  }

  /// An answer to "which keys have you": type 12, a number, and for each key its blob and its comment.
  private func select(_ answer: [UInt8]) -> [UInt8] {
    var reader = KeyBlob.Reader(bytes: Array(answer.dropFirst()))
    var keys: [(blob: [UInt8], comment: [UInt8])] = []
    for _ in 0..<min(reader.number() ?? 0, 10_000) {
      guard let blob = reader.string(), let comment = reader.string() else { break }
      keys.append((blob, comment))
    }
    let named = first.compactMap { blob in keys.first { $0.blob == blob } }
    let chosen = named + (only ? [] : keys.filter { !first.contains($0.blob) })
    blobs.withLock { $0 = chosen.map(\.blob) }
    return [12] + KeyBlob.number(chosen.count) + chosen.flatMap { KeyBlob.string($0.blob) + KeyBlob.string($0.comment) }
  }

  private static func connect(_ path: String) -> CInt? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else {
      Glibc.close(descriptor)
      return nil
    }
    return descriptor
  }

  /// A message's type and body; nil at the end, or if it is larger than an agent may send (256 KiB).
  private static func receive(_ socket: CInt) -> [UInt8]? {
    guard let length = receive(socket, 4)?.reduce(0, { $0 << 8 | Int($1) }), (1...262_144).contains(length) else {
      return nil
    }
    return receive(socket, length)
  }

  private static func receive(_ socket: CInt, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    let received = recv(socket, &bytes, count, CInt(MSG_WAITALL))
    return received == count ? bytes : nil
  }

  private static func send(_ socket: CInt, _ message: [UInt8]) -> Bool {
    let framed = KeyBlob.string(message)
    return Glibc.send(socket, framed, framed.count, CInt(MSG_NOSIGNAL)) == framed.count
  }
}
