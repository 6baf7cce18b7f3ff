import CSpawn
import Glibc
import Model

/// What this machine says about itself.
enum Facts {
  /// Reads everything anew.
  static func read(directory: WorkDirectory, slots: Int) -> NodeFacts {
    var names = utsname()
    uname(&names)
    let pages = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
    return NodeFacts(
      system: text(&names.sysname) + " " + text(&names.release), architecture: text(&names.machine), cores: cores(),
      memory: pages, diskFree: diskFree(directory.path), machine: WorkDirectory.host(), directory: directory.path,
      slots: slots, warnings: warnings())
  }

  /// Cores that this process may use.
  static func cores() -> Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Bytes that an ordinary user may still write on the file system of `path`.
  static func diskFree(_ path: String) -> Int64 {
    var info = statvfs()
    guard statvfs(path, &info) == 0 else { return 0 }
    return Int64(clamping: UInt64(info.f_bavail).multipliedReportingOverflow(by: UInt64(info.f_frsize)).partialValue)
  }

  private static func text<Tuple>(_ field: inout Tuple) -> String {
    withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// logind can end a detached agent at logout, or take its user's IPC away; who runs a lab wants to know.
  private static func warnings() -> [String] {
    var info = stat()
    guard getuid() != 0, lstat("/run/systemd/system", &info) == 0 else { return [] }
    let lines = String(decoding: readFile("/etc/systemd/logind.conf", limit: 1 << 20) ?? [], as: UTF8.self)
      .split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
    func setting(_ name: String) -> Substring? {
      lines.last { $0.hasPrefix(name + "=") }.map { $0.dropFirst(name.count + 1) }
    }
    var found: [String] = []
    if setting("KillUserProcesses") == "yes" {
      found.append("logind has KillUserProcesses=yes: a lost link ends the agent; `loginctl enable-linger` helps")
    }
    if setting("RemoveIPC") != "no", getuid() >= 1000 {
      found.append("logind has RemoveIPC=yes: shared memory of running cases goes away with the last login")
    }
    return found
  }
}
