import CSpawn
import Glibc

/// Sockets of 127.0.0.1, close-on-exec and non-blocking.
enum Loopback {
  /// Listens on a free port; nil with errno.
  static func listen() -> (socket: CInt, port: Int)? {
    guard let socket = open() else { return nil }
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening =
      withAddress(0) { bind(socket, $0, $1) } == 0 && Glibc.listen(socket, 64) == 0
      && withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
      } == 0
    guard isListening else {
      close(socket)
      return nil
    }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// Connects; nil if nobody listens.
  static func connect(to port: Int) -> CInt? {
    guard let socket = open() else { return nil }
    if withAddress(port, { Glibc.connect(socket, $0, $1) }) == 0 || errno == EINPROGRESS { return socket }
    close(socket)
    return nil
  }

  /// The next connection; nil: none waits.
  static func accept(_ listener: CInt) -> CInt? {
    let socket = sortie_accept(listener)
    guard socket >= 0 else { return nil }
    prepare(socket)
    return socket
  }

  /// Closes a connection so that the other side finds it reset.
  static func reset(_ socket: CInt) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    close(socket)
  }

  private static func open() -> CInt? {
    let socket = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return nil }
    prepare(socket)
    return socket
  }

  private static func prepare(_ socket: CInt) {
    _ = sortie_fcntl(socket, F_SETFL, Int(O_NONBLOCK))
    var yes: CInt = 1
    setsockopt(socket, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
  }

  private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}
