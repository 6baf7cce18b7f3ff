import CSpawn
import Glibc
import Model
import Threads

extension SSHConnection {
  /// A connected socket to the node: straight, or to a proxy that stands in between.
  func dial(until deadline: ContinuousClock.Instant) async throws -> CInt {
    switch configuration.proxy {
    case .none: return try await dialTCP(until: deadline)
    case .jump(let hosts): return try startProxy(jumpCommand(over: hosts))
    case .command(let command): return try startProxy(try proxyCommand(command))
    }
  }

  private func startProxy(_ command: [String]) throws(Fault) -> CInt {
    let child = try Child.start(command, dropsErrors: true)
    proxy = child
    return child.socket
  }

  private func jumpCommand(over hosts: String) -> [String] {
    var jumps = hosts.split(separator: ",").map(String.init)
    let last = jumps.popLast() ?? hosts
    var command = ["ssh", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=3", "-o", "ServerAliveCountMax=2"]
    if let file = configuration.file { command += ["-F", file] }
    if !jumps.isEmpty { command += ["-J", jumps.joined(separator: ",")] }
    command += ["-W", "[\(configuration.host)]:\(configuration.port)", "--"]
    return command + [last.hasPrefix("ssh://") ? last : "ssh://\(last)"]
  }

  /// ssh_config's `ProxyCommand` is a shell's command line by definition; what is put into it may not be.
  private func proxyCommand(_ line: String) throws(Fault) -> [String] {
    let values: [Character: String] = [
      "h": configuration.host, "n": configuration.alias, "p": String(configuration.port),
      "r": configuration.user ?? Account.name ?? "",
    ]
    for value in values.values
    where !value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._:%-".contains($0)) }) {
      throw Fault(.definition, "\(name): \(value) cannot stand in a ProxyCommand")
    }
    return ["/bin/sh", "-c", "exec " + configuration.expandTokens(line, values)]
  }

  /// Tries each address of the host in turn.
  private func dialTCP(until deadline: ContinuousClock.Instant) async throws -> CInt {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(configuration.host, String(configuration.port), &hints, &list)
    guard status == 0 else {
      throw Fault(.link, "\(name): cannot find \(configuration.host): \(String(cString: gai_strerror(status)))")
    }
    defer { freeaddrinfo(list) }
    var reason = "no address"
    var next = list
    while let entry = next?.pointee {
      next = entry.ai_next
      let descriptor = socket(
        entry.ai_family, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
      guard descriptor >= 0 else { throw Fault.system("socket") }
      do {
        let failure = try await dial(descriptor, entry, until: deadline)
        if failure == 0 { return descriptor }
        reason = String(cString: strerror(failure))
        Glibc.close(descriptor)
      } catch {
        Glibc.close(descriptor)
        throw error
      }
    }
    throw Fault(.link, "\(name): cannot connect to \(configuration.host):\(configuration.port): \(reason)")
  }

  /// 0, or the error number.
  private func dial(
    _ descriptor: CInt, _ entry: addrinfo, until deadline: ContinuousClock.Instant
  ) async throws -> CInt {
    // A dead link is noticed within 10 s, also when nobody sends.
    for (level, option, value) in [
      (CInt(IPPROTO_TCP), TCP_NODELAY, 1), (SOL_SOCKET, SO_KEEPALIVE, 1), (CInt(IPPROTO_TCP), TCP_KEEPIDLE, 3),
      (CInt(IPPROTO_TCP), TCP_KEEPINTVL, 2), (CInt(IPPROTO_TCP), TCP_KEEPCNT, 3),
      (CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, 9000),
    ] {
      var value = CInt(value)
      setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
    }
    if Glibc.connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return 0 }
    guard errno == EINPROGRESS else { return errno }
    let interest = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    while true {
      try Task.checkCancellation()
      guard !isClosed else { throw Fault.closed }
      guard deadline > .now else { return ETIMEDOUT }
      await executor.wait(for: [interest], until: deadline, on: self)
      var ready = interest
      guard Glibc.poll(&ready, 1, 0) > 0 else { continue }
      var failure: CInt = 0
      var length = socklen_t(MemoryLayout<CInt>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length)
      return failure
    }
  }
}
