import Foundation
import Model
import Testing

@testable import Laboratory

@Suite struct LaboratoryTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/sortie-lab-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func withLab(nodes: Int, hiding: [String] = [], _ body: (String, [LabNode]) throws -> Void) throws {
    try withFolder { folder in
      let directory = folder + "/lab"
      defer { try? Laboratory.down(directory: directory) }
      try body(directory, try Laboratory.up(directory: directory, nodes: nodes, slotsPerNode: 2, hiding: hiding))
    }
  }

  /// What a command prints on a node, over OpenSSH's own client.
  private func ask(_ node: LabNode, _ command: String) throws -> String {
    let output = node.folder + "/output-" + UUID().uuidString
    _ = try Spawn.run(client(node) + [command], log: output)
    return try String(contentsOfFile: output, encoding: .utf8)
  }

  private func client(_ node: LabNode) throws -> [String] {
    let known = node.folder + "/known"
    try "[127.0.0.1]:\(node.port) \(node.hostKey)\n".write(toFile: known, atomically: true, encoding: .utf8)
    return [
      "ssh", "-F", "none", "-i", node.identity, "-o", "BatchMode=yes", "-o", "UserKnownHostsFile=\(known)", "-p",
      String(node.port), "\(node.user)@127.0.0.1",
    ]
  }

  @Test func eachNodeIsItsOwn() throws {
    try withLab(nodes: 3) { directory, nodes in
      #expect(nodes.map(\.name) == ["n1", "n2", "n3"])
      #expect(Set(nodes.map(\.port)).count == 3)
      #expect(Set(nodes.map(\.hostKey)).count == 3)
      for node in nodes {
        let answer = try ask(node, "echo $HOME; pwd; echo $SSH_ORIGINAL_COMMAND")
        #expect(answer == "\(node.home)\n\(node.home)\n\n")
      }
      let status = try Laboratory.status(directory: directory)
      #expect(status.map(\.isUp) == [true, true, true])
      #expect(status.map(\.node) == nodes)
      let inventory = try String(contentsOfFile: directory + "/lab.yaml", encoding: .utf8)
      #expect(inventory.contains("address: \"\(nodes[1].user)@127.0.0.1:\(nodes[1].port)\""))
    }
  }

  @Test func upTwiceKeepsWhatRunsAndMendsWhatDoesNot() throws {
    try withLab(nodes: 2) { directory, nodes in
      kill(nodes[0].server.id, SIGKILL)
      waitpid(nodes[0].server.id, nil, 0)
      #expect(try Laboratory.status(directory: directory).map(\.isUp) == [false, true])
      let again = try Laboratory.up(directory: directory, nodes: 2)
      #expect(again.count == 2)
      let byName = Dictionary(uniqueKeysWithValues: again.map { ($0.name, $0) })
      #expect(byName["n2"] == nodes[1])
      #expect(byName["n1"]?.hostKey == nodes[0].hostKey)
      #expect(byName["n1"]?.slots == 2)
      #expect(byName["n1"]?.server != nodes[0].server)
    }
  }

  @Test func downLeavesNobody() throws {
    try withLab(nodes: 1) { directory, nodes in
      let node = nodes[0]
      // One that left session and environment behind, one that ignores being asked, and one in the work folder's own name.
      let script = """
        cd "$HOME"; cp /bin/sleep "$HOME/mine"
        (setsid env -i /bin/sleep 1000 </dev/null >/dev/null 2>&1 &)
        (setsid sh -c 'trap "" TERM; while :; do sleep 1000; done' </dev/null >/dev/null 2>&1 &)
        (cd / && setsid env -i "$HOME/mine" 1000 </dev/null >/dev/null 2>&1 &)
        echo started
        """
      #expect(try ask(node, script) == "started\n")
      let session = try Spawn.start(client(node) + ["sleep 1000"], log: node.folder + "/session")
      defer {
        kill(session, SIGKILL)
        waitpid(session, nil, 0)
      }
      #expect(try Laboratory.status(directory: directory)[0].processes.count >= 3)
      try Laboratory.down(directory: directory)
      let status = try Laboratory.status(directory: directory)
      #expect(!status[0].isUp)
      #expect(status[0].processes.isEmpty)
      try Laboratory.down(directory: directory)
    }
  }

  @Test func aReusedProcessIDIsLeftAlone() throws {
    try withLab(nodes: 1) { directory, nodes in
      // As if the server had died and this process had got its number.
      // It began at another tick of the clock, as a real one would.
      var bystander: pid_t
      while true {
        bystander = try Spawn.start(["sleep", "1000"], log: "/dev/null")
        if ProcessMark(id: bystander)?.started != nodes[0].server.started { break }
        kill(bystander, SIGKILL)
        waitpid(bystander, nil, 0)
      }
      defer {
        kill(bystander, SIGKILL)
        waitpid(bystander, nil, 0)
      }
      let path = directory + "/state.json"
      let state = try String(contentsOfFile: path, encoding: .utf8)
      try Laboratory.down(directory: directory)
      try state.replacingOccurrences(of: "\"id\" : \(nodes[0].server.id)", with: "\"id\" : \(bystander)")
        .write(toFile: path, atomically: true, encoding: .utf8)
      #expect(try !Laboratory.status(directory: directory)[0].isUp)
      try Laboratory.down(directory: directory)
      #expect(kill(bystander, 0) == 0)
      #expect(waitpid(bystander, nil, WNOHANG) == 0)
    }
  }

  @Test func hiddenFoldersAreEmptyThere() throws {
    try withFolder { folder in
      let secret = folder + "/secret"
      try FileManager.default.createDirectory(atPath: secret, withIntermediateDirectories: true)
      try "x".write(toFile: secret + "/file", atomically: true, encoding: .utf8)
      try withLab(nodes: 1, hiding: [secret]) { _, nodes in
        let listing = try ask(nodes[0], "ls -A '\(secret)'")
        #expect(listing == (nodes[0].isIsolated ? "" : "file\n"))
        #expect(nodes[0].isIsolated == (geteuid() == 0 && Isolation.isPossible(log: "/dev/null")))
        #expect(try String(contentsOfFile: secret + "/file", encoding: .utf8) == "x")
      }
    }
  }

  @Test func onlyLoopbackListens() throws {
    try withLab(nodes: 1) { _, nodes in
      let port = String(nodes[0].port, radix: 16, uppercase: true)
      let padded = String(repeating: "0", count: 4 - port.count) + port
      for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let lines = (try? String(contentsOfFile: table, encoding: .utf8))?.split(separator: "\n") ?? []
        for line in lines where line.contains(":\(padded) ") && line.contains(" 0A ") {
          #expect(line.contains(" 0100007F:\(padded) "))
        }
      }
    }
  }

  @Test func nonsenseIsRefused() throws {
    try withFolder { folder in
      #expect(throws: Fault.self) { try Laboratory.up(directory: folder + "/a", nodes: 0) }
      #expect(throws: Fault.self) { try Laboratory.up(directory: folder + "/a%b", nodes: 1) }
      #expect(throws: Fault.self) { try Laboratory.up(directory: folder + "/c", nodes: 1, hiding: [folder]) }
      #expect(throws: Fault.self) { try Laboratory.status(directory: folder) }
      try "{".write(toFile: folder + "/state.json", atomically: true, encoding: .utf8)
      #expect(throws: Fault.self) { try Laboratory.status(directory: folder) }
      try FileManager.default.removeItem(atPath: folder + "/state.json")
      try Laboratory.down(directory: folder)
      try Laboratory.down(directory: folder + "/never")
    }
  }
}
