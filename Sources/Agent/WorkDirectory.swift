import CSpawn
import Glibc
import Model

/// Where an agent lives on its node: `BASE/HOST`, so that several nodes can share a home on NFS. Every path that the
/// agent touches is made here.
struct WorkDirectory {
  /// The folder of this host.
  let path: String

  /// The work directory of this host below `base`.
  init(base: String) { path = base + "/" + WorkDirectory.host() }
  /// The work directory at `path` itself.
  init(path: String) { self.path = path }

  /// Where the agent listens.
  var socket: String { path + "/agent.sock" }
  /// Locked by the one agent of this directory.
  var lock: String { path + "/agent.lock" }
  /// What the agent says.
  var log: String { path + "/agent.log" }
  /// File contents by their hash.
  var blobs: String { path + "/blobs" }
  /// Where slots have their locks and folders.
  var slots: String { path + "/slots" }
  /// Locked by the slot that runs.
  func slotLock(_ index: Int) -> String { slots + "/\(index).lock" }
  /// Where slots' attempts work, one after the other.
  func slot(_ index: Int) -> String { slots + "/\(index)" }
  /// Where runs have their folders.
  var runs: String { path + "/runs" }
  /// The folder of a run.
  func run(_ run: RunID) -> String { runs + "/" + run.rawValue }
  /// One stream of an attempt: 0 is the output, others are artifacts.
  func stream(_ index: UInt16, of attempt: AttemptID, in id: RunID) -> String {
    run(id) + "/" + attempt.rawValue + ".\(index)"
  }

  /// Makes the folders. Throws `.system`, or `.limit` when the socket's path is too long for the kernel.
  func create() throws(Fault) {
    guard socket.utf8.count <= 107 else {
      throw Fault(
        .limit, "the path \(socket) is \(socket.utf8.count) bytes long; a local socket's may have 107",
        hint: "give the node a shorter `directory:`")
    }
    for folder in [path, blobs, runs, slots] { try makeFolders(folder) }
  }

  /// Ten digits that name this machine: from its machine id, else its host name.
  static func host() -> String {
    var name = readFile("/etc/machine-id", limit: 256) ?? []
    if name.isEmpty {
      name = [UInt8](repeating: 0, count: 256)
      gethostname(&name, 255)
      name = Array(name.prefix { $0 != 0 })
    }
    return String(SHA256.hex(name).prefix(10))
  }
}
