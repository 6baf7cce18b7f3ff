import CSpawn
import Glibc
import Model

/// The processes below the calling one: it is a subreaper, so whatever an attempt started and left behind, also daemons
/// that changed group, session and environment, hangs below it.
enum Descendants {
  /// Makes the calling process the parent of orphaned descendants. Throws `.system`.
  static func adopt() throws(Fault) {
    guard sortie_prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 else { throw systemFault("prctl", "PR_SET_CHILD_SUBREAPER") }
  }

  /// The ids of all descendants of a process that are no zombies, parents before children, without the children in
  /// `spared` and what is below them. One look at /proc: processes that fork meanwhile are found by the next look.
  static func list(of root: pid_t = getpid(), sparing spared: Set<pid_t> = []) -> [pid_t] {
    var children: [pid_t: [pid_t]] = [:]
    for name in folderEntries("/proc") {
      guard let process = pid_t(name), let status = status(of: process), status.state != "Z" else { continue }
      children[status.parent, default: []].append(process)
    }
    var found: [pid_t] = []
    var front = (children[root] ?? []).filter { !spared.contains($0) }
    while let process = front.popLast() {
      found.append(process)
      front.append(contentsOf: children[process] ?? [])
    }
    return found
  }

  /// Sends a signal to all descendants.
  static func signal(_ number: Int32) {
    for process in list() { kill(process, number) }
  }

  /// Ends all descendants but the children in `spared` and what is below them, and waits until they are gone, a second
  /// at most: KILL works at once, except on processes in an uninterruptible call.
  static func end(sparing spared: Set<pid_t>) {
    for _ in 0..<200 {
      while waitpid(-1, nil, WNOHANG) > 0 {}
      let rest = list(sparing: spared)
      if rest.isEmpty { return }
      for process in rest { kill(process, SIGKILL) }
      var nothing: [pollfd] = []
      waitReady(&nothing, seconds: 0.005)
    }
  }

  /// `name (pid)` for messages.
  static func describe(_ process: pid_t) -> String {
    var name = String(decoding: readFile("/proc/\(process)/comm", limit: 256) ?? [], as: UTF8.self)
    if name.hasSuffix("\n") { name.removeLast() }
    return "\(name.isEmpty ? "?" : name) (\(process))"
  }

  /// A process's parent and state; nil: there is no such process.
  static func status(of process: pid_t) -> (parent: pid_t, state: Character)? {
    guard let bytes = readFile("/proc/\(process)/stat", limit: 4096),
      let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    // The command's name, in parentheses, may contain anything; the fields after the last `)` are plain.
    let fields = bytes[(end + 1)...].split(separator: 32).prefix(2).map { String(decoding: $0, as: UTF8.self) }
    guard fields.count == 2, let state = fields[0].first, let parent = pid_t(fields[1]) else { return nil }
    return (parent, state)
  }
}
