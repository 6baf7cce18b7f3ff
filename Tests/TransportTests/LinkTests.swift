import Foundation
import Laboratory
import Model
import Testing

@testable import Transport

@Suite struct LinkTests {
  @Test func aNodeIsReachedThroughAJumpHost() async throws {
    try await withLab(nodes: 2) { lab in
      let (jump, inner) = (lab.nodes[0], lab.nodes[1])
      let known = lab.directory + "/known_hosts"
      try "[127.0.0.1]:\(jump.port) \(jump.hostKey)\n".write(toFile: known, atomically: true, encoding: .utf8)
      let base = """
        Host *
          IdentityFile \(jump.identity)
          IdentitiesOnly yes
          UserKnownHostsFile \(known)
          GlobalKnownHostsFile /dev/null
        Host jump
          HostName 127.0.0.1
          Port \(jump.port)
        Host inner*
          HostName 127.0.0.1
          Port \(inner.port)
        Host inner-by-jump
          ProxyJump \(jump.user)@jump
        Host inner-by-command
          ProxyCommand ssh -F \(lab.directory)/ssh_config -W %h:%p jump
        """
      let file = try lab.configuration(base)
      for host in ["inner-by-jump", "inner-by-command"] {
        var node = inner.node
        node.address = .ssh(host: host, port: nil, user: nil)
        node.sshConfig = file
        try await withConnection(node) { connection in
          let home = try await connection.run(["sh", "-c", "echo $HOME"]).text
          #expect(home == inner.home + "\n")
          let bytes = noise(5 << 20)
          let echo = try await connection.run(["cat"], input: bytes, limit: bytes.count).output
          #expect(echo == bytes)
        }
      }
      let log = try String(contentsOfFile: jump.log, encoding: .utf8)
      #expect(log.components(separatedBy: "Accepted publickey").count == 3)
    }
  }

  @Test func aJumpHostThatRefusesIsQuoted() async throws {
    try await withLab(nodes: 2) { lab in
      var node = lab.nodes[1].node
      node.sshConfig = try lab.configuration(
        "Host jump\n HostName 127.0.0.1\n Port \(lab.nodes[0].port)\n UserKnownHostsFile /dev/null\nHost 127.0.0.1\n ProxyJump jump"
      )
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .link)
      #expect(fault.hint?.contains("the proxy said") == true)
    }
  }

  @Test func aDeadServerEndsTheRead() async throws {
    try await withLab { lab in
      try await withConnection(lab.first) { connection in
        let stream = try await connection.open(["sh", "-c", "echo $PPID; exec cat"])
        let text = String(decoding: try await #require(stream.read(upTo: 100)), as: UTF8.self)
        let session = try #require(Int32(text.dropLast()))
        let reader = Task { try await fault { while try await stream.read(upTo: 10) != nil {} } }
        // The server's process for this connection: the link breaks without a word.
        kill(session, SIGKILL)
        #expect(try await reader.value.code == .link)
        #expect(try await fault { try await stream.write(noise(8 << 20)) }.code == .link)
      }
    }
  }

  @Test func nobodyThereIsAFault() async throws {
    try await withLab { lab in
      try Laboratory.down(directory: lab.directory)
      let fault = try await fault { _ = try await SSHConnection.connect(to: lab.first) }
      #expect(fault.code == .link)
      #expect(fault.message.contains("Connection refused"))
    }
  }

  @Test func aServerThatSaysNothingIsGivenUp() async throws {
    try await withSilentServer(timeout: 1) { node in
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .link)
      #expect(fault.message.contains("time is over"))
    }
  }

  @Test func connectingCanBeCancelled() async throws {
    try await withSilentServer(timeout: 600) { node in
      let connecting = Task { _ = try await SSHConnection.connect(to: node) }
      connecting.cancel()
      await #expect(throws: CancellationError.self) { try await connecting.value }
    }
  }

  /// Takes connections, and never says a word.
  private func withSilentServer(timeout: Int, _ body: (Node) async throws -> Void) async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 5) == 0 ? getsockname(listener, $0, &length) : -1
      }
    }
    try #require(status == 0)
    let port = Int(UInt16(bigEndian: address.sin_port))
    try await withFolder { folder in
      let file = folder + "/ssh_config"
      try "ConnectTimeout \(timeout)\n".write(toFile: file, atomically: true, encoding: .utf8)
      try await body(
        Node(
          name: "mute", address: .ssh(host: "127.0.0.1", port: port, user: nil),
          hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", sshConfig: file))
    }
  }
}
