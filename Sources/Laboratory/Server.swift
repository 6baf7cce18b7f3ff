import CSpawn
import Glibc
import Model

/// One node's sshd.
enum Server {
  /// Where sshd usually is; it must be started by its full path.
  static func program() throws(Fault) -> String {
    for path in ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"] where access(path, X_OK) == 0 {
      return path
    }
    throw Fault(.missingTool, "there is no sshd on this machine", hint: "install openssh-server")
  }

  /// The configuration: keys only, this machine only, a home and a marker of the node's own. sshd would take HOME from
  /// the user database; `SetEnv` overrides it, and the forced command goes there before it runs what was asked for.
  static func configuration(of node: LabNode) -> String {
    """
    ListenAddress 127.0.0.1
    Port \(node.port)
    HostKey "\(node.hostKeyFile)"
    AuthorizedKeysFile "\(node.authorizedKeys)"
    PidFile "\(node.pidFile)"
    AllowUsers \(node.user)
    PermitRootLogin yes
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    UsePAM no
    StrictModes no
    UseDNS no
    PrintMotd no
    PrintLastLog no
    X11Forwarding no
    MaxStartups 1000
    MaxSessions 1000
    SetEnv HOME="\(node.home)" \(LabProcesses.marker)="\(node.folder)"
    ForceCommand cd; order=$SSH_ORIGINAL_COMMAND; unset SSH_ORIGINAL_COMMAND OLDPWD; \
    if [ -n "$order" ]; then exec /bin/sh -c "$order"; else exec "$SHELL" -l; fi
    Subsystem sftp internal-sftp

    """
  }

  /// Starts it and waits until it listens. Nil if it could not, most likely because somebody else took the port.
  /// `hiding`: folders that it and everything under it find empty; only where the rights for that are.
  static func start(_ node: LabNode, hiding: [String]) throws(Fault) -> ProcessMark? {
    try Files.write(configuration(of: node), to: node.configuration)
    unlink(node.pidFile)
    let watch = inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK))
    guard watch >= 0 else { throw .system("inotify") }
    defer { close(watch) }
    guard inotify_add_watch(watch, node.folder, UInt32(IN_CLOSE_WRITE)) >= 0 else {
      throw .system("watch \(node.folder)")
    }
    let sshd = [try program(), "-D", "-f", node.configuration, "-E", node.log]
    let command = hiding.isEmpty ? sshd : Isolation.command(sshd, hiding: hiding)
    let process = try Spawn.start(command, log: node.log)
    let descriptor = sortie_pidfd_open(process)
    guard descriptor >= 0 else { throw .system("pidfd of sshd") }
    defer { close(descriptor) }
    let limit = ContinuousClock.now + .seconds(20)
    while access(node.pidFile, F_OK) != 0 {
      var polls = [
        pollfd(fd: watch, events: Int16(POLLIN), revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let left = (limit - .now) / Duration.milliseconds(1)
      poll(&polls, 2, CInt(max(left, 0)))
      if polls[1].revents != 0 || left <= 0 {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        return nil
      }
      var events = [UInt8](repeating: 0, count: 4096)
      read(watch, &events, events.count)
    }
    return ProcessMark(id: process)
  }

  /// A port of 127.0.0.1 that nobody listens on at the moment.
  static func freePort() throws(Fault) -> Int {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system("socket") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
      }
    }
    guard status == 0 else { throw .system("find a free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
