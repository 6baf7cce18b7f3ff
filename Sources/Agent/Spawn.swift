import CSpawn
import Glibc
import Model

/// A process to be started.
struct ProcessSpec {
  /// The executable; nil: what `argv` begins with.
  var program: String?
  /// Name and arguments; a program without a slash is looked up in the environment's PATH.
  var argv: [String]
  /// The whole environment.
  var environment: [String: String]
  /// The working directory; nil: the caller's.
  var directory: String?
  /// Descriptors 0, 1, 2 and so on; nil: /dev/null.
  var descriptors: [Int32?]
}

/// Starts processes with posix_spawn: own session, own group, default signals, no descriptor but those named.
enum Spawn {
  /// The process id; throws the error number, and the program it was about.
  static func start(_ spec: ProcessSpec) throws(SpawnFailure) -> pid_t {
    guard let name = spec.program ?? spec.argv.first, !name.isEmpty else {
      throw SpawnFailure(number: ENOENT, program: "")
    }
    let program = try resolve(name, path: spec.environment["PATH"], directory: spec.directory)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, source) in spec.descriptors.enumerated() {
      if let source {
        posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
      } else {
        posix_spawn_file_actions_addopen(&actions, Int32(target), "/dev/null", O_RDWR, 0)
      }
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, Int32(spec.descriptors.count))
    if let directory = spec.directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    let flags = Int32(sortie_spawn_setsid) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var process: pid_t = 0
    let number = withCStrings(spec.argv) { arguments in
      withCStrings(spec.environment.map { "\($0.key)=\($0.value)" }) { environment in
        posix_spawn(&process, program, &actions, &attributes, arguments, environment)
      }
    }
    guard number == 0 else { throw SpawnFailure(number: number, program: name) }
    return process
  }

  // posix_spawnp would search the agent's PATH, not the case's.
  private static func resolve(_ name: String, path: String?, directory: String?) throws(SpawnFailure) -> String {
    if name.utf8.contains(UInt8(ascii: "/")) { return name }
    var number = ENOENT
    for folder in (path ?? "/usr/bin:/bin").split(separator: ":", omittingEmptySubsequences: false) {
      var candidate = (folder.isEmpty ? "." : String(folder)) + "/" + name
      if !candidate.hasPrefix("/"), let directory { candidate = directory + "/" + candidate }
      if access(candidate, X_OK) == 0 { return candidate }
      if errno == EACCES { number = EACCES }
    }
    throw SpawnFailure(number: number, program: name)
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("an array with an element has a base address") }
      return body(base)
    }
  }
}

/// Why a process did not start.
struct SpawnFailure: Error {
  /// The error number.
  var number: Int32
  /// The program as it was named.
  var program: String
}
