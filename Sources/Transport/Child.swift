import CSpawn
import Glibc
import Model

/// A process that was started here, in a session of its own, so that Ctrl-C on the terminal does not reach it. Whoever
/// holds it closes the descriptors and waits for the process.
struct Child: Sendable {
  /// The process id; ours until ``reap()``.
  let process: pid_t
  /// Readable when the process has ended.
  let pidfd: CInt
  /// Its standard input and output: a local socket, non-blocking at this end.
  let socket: CInt
  /// Its standard error: the reading end of a pipe, non-blocking.
  let errors: CInt

  /// Starts `command`, its first word looked up in PATH. `dropsErrors`: the process never waits for its standard error
  /// to be read; what does not fit the pipe is lost. Throws `.missingTool` or `.system`.
  static func start(_ command: [String], directory: String? = nil, dropsErrors: Bool = false) throws(Fault) -> Child {
    guard !command.isEmpty, !command.contains(where: { $0.utf8.contains(0) }) else {
      throw Fault(.usage, "a command is empty or contains a NUL character")
    }
    var sockets: [CInt] = [-1, -1]
    guard socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &sockets) == 0 else {
      throw .system("socketpair")
    }
    defer { Glibc.close(sockets[1]) }
    var pipes: [CInt] = [-1, -1]
    guard pipe2(&pipes, O_CLOEXEC) == 0 else {
      let fault = Fault.system("pipe")
      Glibc.close(sockets[0])
      throw fault
    }
    defer { Glibc.close(pipes[1]) }
    for descriptor in [sockets[0], pipes[0]] + (dropsErrors ? [pipes[1]] : []) {
      _ = sortie_fcntl(descriptor, F_SETFL, Int(O_NONBLOCK))
    }
    let process = spawn(command, directory: directory, descriptors: [sockets[1], sockets[1], pipes[1]])
    let failure = errno
    let pidfd = process > 0 ? sortie_pidfd_open(process) : -1
    guard pidfd >= 0 else {
      Glibc.close(sockets[0])
      Glibc.close(pipes[0])
      if process > 0 { Child.end(process) }
      throw Fault(
        failure == ENOENT ? .missingTool : .system, "cannot run \(command[0]): \(String(cString: strerror(failure)))",
        hint: failure == ENOENT ? "install it, or put it on PATH" : nil)
    }
    return Child(process: process, pidfd: pidfd, socket: sockets[0], errors: pipes[0])
  }

  /// How it ended, once ``pidfd`` is readable; nil while it runs.
  func reap() -> Ending? {
    var status: CInt = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    if sortie_wait_exited(status) != 0 { return .exited(sortie_wait_code(status)) }
    return .signalled(sortie_wait_signal(status))
  }

  /// Closes this end's descriptors, but for one that somebody else closes.
  func closeDescriptors(except other: CInt = -1) {
    for descriptor in [pidfd, socket, errors] where descriptor != other { Glibc.close(descriptor) }
  }

  /// Kills an unreaped process and what shares its group, and waits the moment that takes.
  static func end(_ process: pid_t) {
    kill(-process, SIGKILL)
    while waitpid(process, nil, 0) < 0, errno == EINTR {}
  }

  private static func spawn(_ command: [String], directory: String?, descriptors: [CInt]) -> pid_t {
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    return sortie_spawn_detached(words, nil, directory, descriptors)
  }
}
