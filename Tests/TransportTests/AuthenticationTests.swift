import Foundation
import Laboratory
import Model
import Testing

@testable import Transport

@Suite struct AuthenticationTests {
  @Test(arguments: ["ed25519", "ecdsa", "rsa"])
  func keysOfEveryTypeLetUsIn(type: String) async throws {
    try await withLab { lab in
      var node = lab.first
      node.identity = try await lab.addKey(type)
      let text = try await withConnection(node) { try await $0.run(["echo", "in"]).text }
      #expect(text == "in\n")
    }
  }

  @Test func ssh_configMayNameTheKey() async throws {
    try await withLab { lab in
      var node = lab.first
      node.sshConfig = try lab.configuration("IdentityAgent none\nIdentityFile \(try #require(node.identity))")
      node.identity = nil
      let text = try await withConnection(node) { try await $0.run(["echo", "in"]).text }
      #expect(text == "in\n")
    }
  }

  @Test func aRefusalNamesWhatWasTried() async throws {
    try await withLab { lab in
      var node = lab.first
      let stranger = try await lab.addKey("ed25519", admit: false)
      node.identity = stranger
      node.sshConfig = try lab.configuration("IdentityAgent none\nIdentityFile \(lab.directory)/none")
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .authentication)
      #expect(fault.message.contains("tried \(stranger)"))
    }
  }

  @Test func anEncryptedKeyWantsAnAgent() async throws {
    try await withLab { lab in
      var node = lab.first
      node.identity = try await lab.addKey("ed25519", passphrase: "secret")
      node.sshConfig = try lab.configuration("IdentityAgent none")
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .authentication)
      #expect(fault.message.contains("encrypted"))
      #expect(fault.hint?.contains("ssh-add") == true)
    }
  }

  @Test func aKeyThatIsMissingIsNamed() async throws {
    try await withLab { lab in
      var node = lab.first
      node.identity = lab.directory + "/no-such-key"
      node.sshConfig = try lab.configuration("IdentityAgent none")
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.message.contains("no-such-key (No such file"))
    }
  }

  /// A full agent: eight keys, the admitted one last; a server hangs up after six refusals.
  private func withFullAgent(_ body: (TestLab, _ key: String, _ socket: String) async throws -> Void) async throws {
    try await withLab { lab in
      let socket = lab.directory + "/agent"
      let here = try LocalConnection()
      let agent = try await here.open(["ssh-agent", "-D", "-a", socket])
      _ = try await agent.read(upTo: 4096)  // it speaks once it listens
      var key = ""
      for index in 0..<8 {
        key = try await lab.addKey("ed25519", name: "agent\(index)", admit: index == 7)
        let added = try await here.run(["env", "SSH_AUTH_SOCK=\(socket)", "ssh-add", "-q", key])
        try #require(added.ending == .exited(0))
        try FileManager.default.removeItem(atPath: key)  // only the agent has it now
      }
      try await body(lab, key, socket)
      await here.close()
    }
  }

  @Test(arguments: ["yes", "no"])
  func ofAFullAgentTheNamedKeyGoesFirst(identitiesOnly: String) async throws {
    try await withFullAgent { lab, key, socket in
      var node = lab.first
      node.identity = nil
      node.sshConfig = try lab.configuration(
        "IdentityAgent \(socket)\nIdentitiesOnly \(identitiesOnly)\nIdentityFile \(key)")
      let text = try await withConnection(node) { try await $0.run(["echo", "in"]).text }
      #expect(text == "in\n")
    }
  }

  @Test func ofAFullAgentTooManyKeysAreAClearFault() async throws {
    try await withFullAgent { lab, _, socket in
      var node = lab.first
      node.identity = nil
      node.sshConfig = try lab.configuration("IdentityAgent \(socket)\nIdentityFile \(lab.directory)/none")
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .authentication)
      #expect(fault.message.contains("the SSH agent's keys (\(socket))"))
    }
  }

  @Test func identitiesOnlyKeepsTheAgentsOtherKeysBack() async throws {
    try await withFullAgent { lab, _, socket in
      var node = lab.first
      node.identity = nil
      node.sshConfig = try lab.configuration(
        "IdentityAgent \(socket)\nIdentitiesOnly yes\nIdentityFile \(lab.directory)/agent0")
      #expect(try await fault { _ = try await SSHConnection.connect(to: node) }.code == .authentication)
      let log = try String(contentsOfFile: lab.nodes[0].log, encoding: .utf8)
      #expect(!log.contains("Too many authentication failures"))
    }
  }
}
