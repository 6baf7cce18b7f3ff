import FoundationEssentials
import Glibc
import Model

/// A lab of real SSH servers on this machine's loopback interface: for a first look, and for tests. Each node has a
/// server, a port, a host key, a home and a work folder of its own; nothing of the user's own SSH set-up is touched.
/// The calls start programs and wait for them: some 100 ms a node.
public enum Laboratory {
  /// What a lab's folder says about it.
  struct State: Codable {
    var version = 1
    var nodes: [LabNode]
  }

  /// Raises a lab, or what is missing of one that was raised before: keys and nodes that exist are kept, servers that
  /// still run are left alone. Writes `lab.yaml`, the inventory, into `directory`.
  ///
  /// `hiding`: folders that the nodes shall find empty; that takes root, and ``LabNode/isIsolated`` says whether it was
  /// done. Throws ``Model/Fault`` `.usage` for numbers or folders that make no sense, `.missingTool` without OpenSSH,
  /// `.system` if a server does not start (its last words are in the message).
  @discardableResult
  public static func up(
    directory: String, nodes count: Int = 3, slotsPerNode slots: Int? = nil, python: String? = nil,
    hiding: [String] = []
  ) throws(Fault) -> [LabNode] {
    guard (1...100).contains(count), slots.map({ (1...1024).contains($0) }) ?? true else {
      throw Fault(.usage, "a lab has 1 to 100 nodes with 1 to 1024 slots each")
    }
    try Files.makeFolder(directory)
    let root = try checked(directory)
    let hidden = try folders(hiding, hiddenFrom: root)
    if geteuid() == 0 { try Files.makeFolder("/run/sshd", mode: 0o755) }  // sshd insists
    let isIsolated = !hidden.isEmpty && Isolation.isPossible(log: root + "/lab.log")
    let identity = root + "/id_ed25519"
    try makeKey(identity, log: root + "/lab.log")
    let known = try state(root)?.nodes ?? []
    var nodes = known
    for index in nodes.indices { nodes[index].python = python ?? nodes[index].python }
    for index in 0..<max(count, known.count) {
      let name = "n\(index + 1)"
      let old = known.first { $0.name == name }
      if let old, old.server.isRunning { continue }
      let node = try start(
        name, at: root, old: old, identity: identity, slots: slots ?? old?.slots, python: python ?? old?.python,
        hiding: isIsolated ? hidden : [])
      nodes.removeAll { $0.name == name }
      nodes.append(node)
      // Written after each, so that `down` finds also what a failed or killed `up` has started.
      try save(nodes, root)
    }
    try save(nodes, root)
    return nodes
  }

  /// How the lab in `directory` fares. Throws ``Model/Fault`` `.notFound` if there is none.
  public static func status(directory: String) throws(Fault) -> [LabStatus] {
    guard let root = Files.resolved(directory), let state = try state(root) else {
      throw Fault(.notFound, "there is no lab in \(directory)", hint: "`sortie lab up` raises one")
    }
    return state.nodes.map { node in
      let processes = LabProcesses(directory: node.folder, servers: [node.server]).running()
      return LabStatus(
        node: node, isUp: node.server.isRunning,
        processes: processes.filter { $0.mark != node.server }.map { "\($0.name) (\($0.mark.id))" })
    }
  }

  /// Takes the lab in `directory` down: ends its servers and whatever else of it runs, agents included. Its files stay.
  /// A lab that is down already, or was never there, is fine. Throws ``Model/Fault`` `.system` naming what could not be
  /// ended.
  public static func down(directory: String) throws(Fault) {
    guard let root = Files.resolved(directory), let state = try state(root) else { return }
    let processes = LabProcesses(directory: root, servers: state.nodes.map(\.server))
    processes.end()
    let left = processes.running()
    guard left.isEmpty else {
      throw Fault(
        .system, "these could not be ended: " + left.map { "\($0.name) (\($0.mark.id))" }.joined(separator: ", "))
    }
  }

  private static func start(
    _ name: String, at root: String, old: LabNode?, identity: String, slots: Int?, python: String?, hiding: [String]
  ) throws(Fault) -> LabNode {
    let port: Int
    if let old { port = old.port } else { port = try Server.freePort() }
    var node = LabNode(
      name: name, port: port, user: try user(), hostKey: "", identity: identity,
      folder: root + "/" + name, slots: slots, python: python, server: ProcessMark(id: 0, started: 0),
      isIsolated: !hiding.isEmpty)
    for folder in [node.folder, node.home, node.directory] { try Files.makeFolder(folder) }
    try makeKey(node.hostKeyFile, log: node.log)
    guard let key = publicKey(node.hostKeyFile), let client = Files.text(identity + ".pub") else {
      throw Fault(.damaged, "\(node.folder): a key's public half cannot be read", hint: "delete the lab's folder")
    }
    node.hostKey = key
    if access(node.authorizedKeys, F_OK) != 0 { try Files.write(client, to: node.authorizedKeys) }
    for _ in 0..<10 {
      if let server = try Server.start(node, hiding: hiding) {
        node.server = server
        return node
      }
      node.port = try Server.freePort()
    }
    let words = Files.text(node.log)?.split(whereSeparator: \.isNewline).last ?? ""
    throw Fault(.system, "the SSH server of \(name) does not start: \(words)", hint: "see \(node.log)")
  }

  private static func makeKey(_ path: String, log: String) throws(Fault) {
    guard access(path, F_OK) != 0 else { return }
    let command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "sortie-lab", "-f", path]
    guard try Spawn.run(command, log: log) == 0 else { throw Fault(.system, "ssh-keygen failed", hint: "see \(log)") }
  }

  /// Type and key, without the comment.
  private static func publicKey(_ path: String) -> String? {
    guard let words = Files.text(path + ".pub")?.split(whereSeparator: \.isWhitespace), words.count >= 2 else {
      return nil
    }
    return "\(words[0]) \(words[1])"
  }

  private static func user() throws(Fault) -> String {
    guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else {
      throw Fault(.system, "this user has no name", hint: "sshd lets in only users of the user database")
    }
    return String(cString: name)
  }

  /// The folder without links. sshd's configuration has no way to quote some characters.
  private static func checked(_ directory: String) throws(Fault) -> String {
    guard let root = Files.resolved(directory) else { throw .system("resolve \(directory)") }
    guard root.unicodeScalars.allSatisfy({ $0.value >= 32 && !#""'%\$`"#.unicodeScalars.contains($0) }) else {
      throw Fault(.usage, "\(root): a lab's folder must not have quotes, %, $ or backslashes in its path")
    }
    return root
  }

  private static func folders(_ hiding: [String], hiddenFrom root: String) throws(Fault) -> [String] {
    var folders: [String] = []
    for path in hiding {
      guard let folder = Files.resolved(path) else { throw .system("resolve \(path)") }
      guard !Files.isInside(root, folder) else {
        throw Fault(.usage, "\(folder) cannot be hidden from a lab that lies inside it")
      }
      folders.append(folder)
    }
    return folders
  }

  private static func state(_ root: String) throws(Fault) -> State? {
    guard let text = Files.text(root + "/state.json") else { return nil }
    do { return try JSONDecoder().decode(State.self, from: Data(text.utf8)) } catch {
      throw Fault(.damaged, "\(root)/state.json cannot be read", hint: "end its servers by hand and delete the folder")
    }
  }

  private static func save(_ nodes: [LabNode], _ root: String) throws(Fault) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(State(nodes: nodes)) else { throw Fault(.system, "cannot encode the lab") }
    try Files.write(String(decoding: data, as: UTF8.self) + "\n", to: root + "/state.json")
    try Files.write(Inventory.yaml(nodes), to: root + "/lab.yaml")
  }
}
