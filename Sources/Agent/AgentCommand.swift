import CSpawn
import FoundationEssentials
import Glibc
import Model
import Wire

/// The agent's command line. People do not type it: `sortie` starts it through SSH, the bridge starts the daemon, and the
/// daemon starts its slots.
public enum AgentCommand {
  /// Runs one mode to its end. Returns the exit status: 0, 1 for a fault (said on stderr), 2 for a wrong command line.
  public static func run(_ arguments: [String]) -> Int32 {
    umask(0o077)
    signal(SIGPIPE, SIG_IGN)
    do throws(Fault) {
      switch (arguments.first, arguments.dropFirst().first) {
      case ("attach", let base?): try Bridge.run(base: base, options: Array(arguments.dropFirst(2)))
      case ("serve", let path?): try serve(path, options: Array(arguments.dropFirst(2)))
      case ("slot", let index?): return slot(index, arguments.dropFirst(2).first)
      case ("facts", let base?): try facts(base)
      case ("version", _): print(sortieVersion)
      default: return usage()
      }
      return 0
    } catch {
      try? writeAll(Array("sortie-agent: \(error)\n".utf8), to: 2, "stderr")
      return 1
    }
  }

  private static func usage() -> Int32 {
    let text = """
      sortie-agent \(sortieVersion): runs test cases on a node. `sortie` uploads and starts it; there is nothing to
      configure.

        sortie-agent attach BASE [--idle SECONDS]   join this terminal to the agent below BASE, starting it if need be
        sortie-agent facts BASE                     say what this node is, after a test of BASE, as JSON
        sortie-agent version                        print the version

      """
    try? writeAll(Array(text.utf8), to: 2, "stderr")
    return 2
  }

  private static func serve(_ path: String, options: [String]) throws(Fault) {
    var idle = 600.0
    if let index = options.firstIndex(of: "--idle"), index + 1 < options.count, let seconds = Double(options[index + 1])
    {
      idle = seconds
    }
    // Orphans of a slot that was killed come here, and are ended here.
    try Descendants.adopt()
    let daemon = try Daemon(directory: WorkDirectory(path: path), idleLimit: idle)
    var ready: [UInt8] = [1]
    write(3, &ready, 1)
    close(3)
    daemon.serve()
  }

  private static func slot(_ index: String, _ path: String?) -> Int32 {
    guard let index = Int(index), let path else { return usage() }
    return Slot.run(index: index, directory: WorkDirectory(path: path))
  }

  /// Makes the work directory, starts a process in it, and prints the facts.
  private static func facts(_ base: String) throws(Fault) {
    let directory = WorkDirectory(base: base)
    try directory.create()
    do throws(SpawnFailure) {
      let spec = ProcessSpec(
        program: "/proc/self/exe", argv: ["sortie-agent", "version"], environment: CaseEnvironment.ofProcess(),
        directory: directory.path,
        descriptors: [nil, nil, nil])
      var status: Int32 = 0
      let process = try Spawn.start(spec)
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      guard sortie_wait_exited(status) != 0, sortie_wait_code(status) == 0 else {
        throw SpawnFailure(number: ENOEXEC, program: "sortie-agent")
      }
    } catch {
      throw Fault(.system, "the agent cannot start processes here: \(String(cString: strerror(error.number)))")
    }
    let bytes = try Payload.encode(Facts.read(directory: directory, slots: Facts.cores()))
    try writeAll(bytes + [10], to: 1, "stdout")
  }
}
