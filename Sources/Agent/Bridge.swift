import CSpawn
import Glibc
import Model

/// `attach`: hands this process's stdin and stdout to the agent of a work directory, which it starts if there is none,
/// and waits until the agent lets go of them.
enum Bridge {
  /// Runs to the end of the link. Throws `.system` and `.limit`.
  static func run(base: String, options: [String]) throws(Fault) {
    let directory = WorkDirectory(base: base)
    try directory.create()
    let socket = try connect(directory, options: options)
    guard sortie_send_descriptors(socket.number, [0, 1], 2) == 0 else {
      throw systemFault("sendmsg", directory.socket)
    }
    // The agent has the line now: this process must not hold it, or its end would go unnoticed.
    close(0)
    close(1)
    var byte: UInt8 = 0
    while read(socket.number, &byte, 1) < 0, errno == EINTR {}
  }

  private static func connect(_ directory: WorkDirectory, options: [String]) throws(Fault) -> Descriptor {
    for _ in 0..<3 {
      if let socket = LocalSocket.connect(directory.socket) { return socket }
      try launch(directory, options: options)
    }
    throw Fault(.system, "no agent answers at \(directory.socket)", hint: "see \(directory.log) on the node")
  }

  /// Starts an agent of its own session and waits until it listens or has found another one.
  private static func launch(_ directory: WorkDirectory, options: [String]) throws(Fault) {
    var ends: [Int32] = [0, 0]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw systemFault("pipe2", "agent") }
    let ready = Descriptor(ends[0])
    let log = sortie_open(directory.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw systemFault("open", directory.log) }
    defer { close(log) }
    let spec = ProcessSpec(
      program: "/proc/self/exe", argv: ["sortie-agent", "serve", directory.path] + options,
      environment: CaseEnvironment.ofProcess(),
      directory: "/", descriptors: [nil, nil, log, ends[1]])
    let result = Result { () throws(SpawnFailure) in try Spawn.start(spec) }
    close(ends[1])
    if case .failure(let failure) = result {
      throw Fault(.system, "the agent did not start: \(String(cString: strerror(failure.number)))")
    }
    // One byte when it listens; the end of the pipe when it could not.
    var byte: UInt8 = 0
    while read(ready.number, &byte, 1) < 0, errno == EINTR {}
  }
}

/// Local stream sockets by path.
enum LocalSocket {
  /// A connection; nil if nobody listens.
  static func connect(_ path: String) -> Descriptor? {
    guard let socket = make(), var address = address(path) else { return nil }
    let result = withAddress(&address) { Glibc.connect(socket.number, $0, $1) }
    return result == 0 ? socket : nil
  }

  /// A listener in the place of whatever stood there. Throws `.system`.
  static func listen(_ path: String) throws(Fault) -> Descriptor {
    guard let socket = make(), var address = address(path) else { throw systemFault("socket", path) }
    unlink(path)
    guard withAddress(&address, { bind(socket.number, $0, $1) }) == 0, chmod(path, 0o600) == 0,
      Glibc.listen(socket.number, 16) == 0
    else { throw systemFault("bind", path) }
    return socket
  }

  private static func make() -> Descriptor? {
    let number = sortie_local_socket()
    return number >= 0 ? Descriptor(number) : nil
  }

  private static func address(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
  }

  private static func withAddress(
    _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
