import CSpawn
import Glibc
import Model

/// Starting programs: detached, with nothing of ours but what is given.
enum Spawn {
  /// Starts a program whose output goes to the end of the file `log`. Throws `.missingTool` or `.system`.
  static func start(_ command: [String], log: String) throws(Fault) -> pid_t {
    let null = sortie_open("/dev/null", O_RDONLY | O_CLOEXEC, 0)
    let output = sortie_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { for descriptor in [null, output] where descriptor >= 0 { close(descriptor) } }
    guard null >= 0, output >= 0 else { throw .system("open \(log)") }
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    let process = sortie_spawn_detached(words, nil, "/", [null, output, output])
    guard process > 0 else {
      let isMissing = errno == ENOENT
      throw Fault(
        isMissing ? .missingTool : .system, "cannot run \(command[0]): \(String(cString: strerror(errno)))",
        hint: isMissing ? "install openssh-server and openssh-client" : nil)
    }
    return process
  }

  /// Runs a program to its end; its output goes to `log`. Returns its exit status, or -1 if a signal ended it.
  static func run(_ command: [String], log: String) throws(Fault) -> CInt {
    let process = try start(command, log: log)
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw .system("wait for \(command[0])") }
    }
    return sortie_wait_exited(status) != 0 ? sortie_wait_code(status) : -1
  }
}
