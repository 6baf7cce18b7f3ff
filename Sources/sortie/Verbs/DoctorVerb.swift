import ArgumentParser
import Foundation
import Glibc
import Model
import Reporting

struct DoctorVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Check everything that Sortie needs here, and say how to mend it.")

  @OptionGroup var state: StateOptions
  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var lab: LabOptions

  /// What came of one check.
  private enum Finding {
    case fine(String)
    case advice(String, String)
    case broken(String, String)
  }

  func run() async throws {
    var isBroken = false
    for (name, finding) in [
      ("agent", agent()), ("ssh", tool("ssh", "openssh-client", isNeeded: false, "ssh_config and ProxyJump")),
      ("sshd", tool("sshd", "openssh-server", isNeeded: false, "`sortie lab up`")),
      ("ip", tool("ip", "iproute2", isNeeded: false, "the vping cases")),
      ("ping", tool("ping", "iputils-ping", isNeeded: false, "the vping cases")),
      ("python", python()), ("state", writable(state.folder)), ("catalog", catalogFinding()), ("lab", labFinding()),
      ("files", descriptors()),
    ] {
      switch finding {
      case .fine(let text): Terminal.write("ok    \(name): \(text)\n")
      case .advice(let text, let mend): Terminal.write("note  \(name): \(text)\n      \(mend)\n")
      case .broken(let text, let mend):
        Terminal.write("BAD   \(name): \(text)\n      \(mend)\n")
        isBroken = true
      }
    }
    if isBroken { throw ExitStatus.infrastructure }
  }

  private func agent() -> Finding {
    do throws(Fault) {
      let agent = try AgentBinary.find()
      guard let bytes = FileManager.default.contents(atPath: agent.path),
        bytes.prefix(4) == Data([0x7f, 0x45, 0x4c, 0x46])
      else { return .broken("\(agent.path) is no Linux executable", "build it: make build") }
      // A dynamic executable names its loader; nodes need not have the libraries that this machine has.
      if bytes.range(of: Data("/lib64/ld-linux-x86-64.so.2".utf8)) != nil {
        return .advice("\(agent.path) is not static", "it works on this machine; for other nodes build it: make build")
      }
      return .fine("\(agent.path), \(bytes.count / 1_000_000) MB, static")
    } catch {
      return .broken(error.message, error.hint ?? "make build")
    }
  }

  private func tool(_ name: String, _ package: String, isNeeded: Bool, _ purpose: String) -> Finding {
    let folders = (variable("PATH") ?? "").split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"]
    if let path = folders.map({ $0 + "/" + name }).first(where: { access($0, X_OK) == 0 }) { return .fine(path) }
    let mend = "\(purpose) needs it: apt-get install \(package)"
    return isNeeded ? .broken("not found", mend) : .advice("not found", mend)
  }

  private func python() -> Finding {
    let found = tool("python3", "python3", isNeeded: false, "the Python drivers")
    guard case .fine(let path) = found else { return found }
    return access(".venv/bin/python", X_OK) == 0
      ? .fine("\(path); pytest and Robot Framework in .venv")
      : .advice(path, "no .venv here: `make venv` makes one with pytest, Robot Framework and Xtesting")
  }

  private func writable(_ path: String) -> Finding {
    var folder = path
    while access(folder, F_OK) != 0, folder != "/" { folder = (folder as NSString).deletingLastPathComponent }
    guard access(folder, W_OK) == 0 else {
      return .broken("\(path) cannot be written", "name another folder with --state")
    }
    var info = statvfs()
    let free = statvfs(folder, &info) == 0 ? UInt64(info.f_bavail) * UInt64(info.f_frsize) : 0
    guard free > 1 << 30 else { return .advice("\(path) has \(free >> 20) MiB left", "`sortie runs prune` makes room") }
    return .fine("\(path), \(free >> 30) GiB free")
  }

  private func catalogFinding() -> Finding {
    do {
      let read = try catalog.read()
      return .fine("\(catalog.path), \(read.cases.count) cases in \(read.tiers.count) tiers")
    } catch {
      return .advice("\(catalog.path) cannot be used", "`sortie check \(catalog.path)` says why")
    }
  }

  private func labFinding() -> Finding {
    do {
      let nodes = try lab.read().nodes
      return .fine("\(nodes.count) nodes: \(nodes.prefix(8).map(\.name).joined(separator: ", "))")
    } catch {
      return .broken("\(lab.path.file) cannot be used", "`sortie check \(lab.path.file)` says why")
    }
  }

  private func descriptors() -> Finding {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    guard limit.rlim_cur >= 1024 else {
      return .advice("\(limit.rlim_cur) open files allowed", "many nodes need more: ulimit -n 4096")
    }
    return .fine("\(limit.rlim_cur) open files allowed")
  }
}
