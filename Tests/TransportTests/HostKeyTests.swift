import Foundation
import Laboratory
import Model
import Testing

@testable import Transport

@Suite struct HostKeyTests {
  @Test func theRightKeyLetsUsIn() async throws {
    try await withLab { lab in
      try await withConnection(lab.first) { connection in
        let printed = try await local(["ssh-keygen", "-lf", lab.nodes[0].folder + "/host_key.pub"])
        let fingerprint = try #require(await connection.hostKeyFingerprint)
        #expect(printed.text.contains(" \(fingerprint) "))
        #expect(await connection.warnings.isEmpty)
      }
    }
  }

  @Test func anotherKeyIsRefusedWithBothFingerprints() async throws {
    try await withLab(nodes: 2) { lab in
      var node = lab.first
      node.hostKey = lab.nodes[1].hostKey
      let wrong = try HostKey(pin: lab.nodes[1].hostKey, of: "n").fingerprint
      let right = try HostKey(pin: lab.nodes[0].hostKey, of: "n").fingerprint
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .hostKey)
      #expect(fault.message.contains("pinned ssh-ed25519 \(wrong)"))
      #expect(fault.message.contains("presented ssh-ed25519 \(right)"))
    }
  }

  @Test func aKeyOfAnotherTypeIsRefusedWithBothFingerprints() async throws {
    try await withLab { lab in
      let path = try await lab.addKey("ecdsa", admit: false)
      var node = lab.first
      node.hostKey = try String(contentsOfFile: path + ".pub", encoding: .utf8)
      let right = try HostKey(pin: lab.nodes[0].hostKey, of: "n").fingerprint
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .hostKey)
      #expect(fault.message.contains("pinned ecdsa-sha2-nistp256 SHA256:"))
      #expect(fault.message.contains("presented ssh-ed25519 \(right)"))
    }
  }

  @Test func anUnknownKeyIsRefusedWithItsFingerprint() async throws {
    try await withLab { lab in
      var node = lab.first
      node.hostKey = nil
      let fault = try await fault { _ = try await SSHConnection.connect(to: node) }
      #expect(fault.code == .hostKey)
      #expect(fault.message.contains(try HostKey(pin: lab.nodes[0].hostKey, of: "n").fingerprint))
      #expect(fault.hint?.contains("sortie node add") == true)
    }
  }

  @Test func theProbeFindsEveryTypeBestFirst() async throws {
    try await withLab { lab in
      let keys = try await HostKeyProbe.fetch(lab.first)
      #expect(keys.map(\.pin) == [lab.nodes[0].hostKey])
      let isKnown = try await HostKeyProbe.isKnown(keys[0], host: "127.0.0.1", port: lab.nodes[0].port)
      #expect(!isKnown)
    }
  }

  @Test(arguments: [
    "", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIA==", "ssh-dss AAAAB3NzaC1kc3M=",
    "ssh-ed25519 ****",
  ])
  func whatIsNoKeyIsRefused(pin: String) {
    #expect(throws: Fault.self) { try HostKey(pin: pin, of: "n1") }
  }
}
