import Foundation
import Model
import Testing

@testable import Transport

@Suite struct SSHConfigurationTests {
  private func adopted(_ output: String, defaults: String = "", identity: String? = nil) -> SSHConfiguration {
    var configuration = SSHConfiguration(host: "gate", port: nil, user: nil, identity: identity, file: nil)
    configuration.adopt(output, defaults: defaults, home: "/home/me")
    return configuration
  }

  @Test func theResolvedAddressCounts() {
    let configuration = adopted("hostname 10.0.0.7\nport 2200\nuser lab\nconnecttimeout 3\nidentitiesonly yes\n")
    #expect(configuration.host == "10.0.0.7")
    #expect(configuration.port == 2200)
    #expect(configuration.user == "lab")
    #expect(configuration.connectTimeout == 3)
    #expect(configuration.identitiesOnly)
  }

  @Test func theNodesOwnKeyComesFirstAndOnce() {
    let configuration = adopted(
      "user lab\nhostname h\nidentityfile ~/.ssh/a\nidentityfile ~/own\nidentityfile %d/%r-%h\n", identity: "~/own")
    #expect(configuration.identities == ["/home/me/own", "/home/me/.ssh/a", "/home/me/lab-h"])
    #expect(configuration.explicitIdentity == "/home/me/own")
  }

  @Test(arguments: [
    ("", SSHConfiguration.Proxy.none), ("proxyjump none\nproxycommand none", .none),
    ("proxyjump a,b:22", .jump("a,b:22")),
    ("proxycommand nc %h %p", .command("nc %h %p")),
  ])
  func proxies(output: String, expected: SSHConfiguration.Proxy) {
    #expect(adopted(output).proxy == expected)
  }

  @Test(arguments: [
    ("", SSHConfiguration.Agent.environment), ("identityagent SSH_AUTH_SOCK", .environment),
    ("identityagent none", .none),
    ("identityagent ~/agent", .socket("/home/me/agent")),
  ])
  func agents(output: String, expected: SSHConfiguration.Agent) {
    #expect(adopted(output).agent == expected)
  }

  @Test func whatIsNotHonouredIsNamed() {
    let defaults = "compression no\nciphers a,b\nhashknownhosts no\nport 22\n"
    let configuration = adopted(
      "certificatefile ~/c\ncompression yes\nciphers b\nhashknownhosts yes\nport 23\nnewfangled on\n",
      defaults: defaults)
    #expect(configuration.algorithms == ["ciphers": "b"])
    #expect(
      configuration.warnings == [
        "gate: CertificateFile in ssh_config is not honoured", "gate: Compression in ssh_config is not honoured",
        "gate: newfangled in ssh_config is not honoured",
      ])
  }

  @Test func tokens() {
    let configuration = SSHConfiguration(host: "h", port: 1, user: "u", identity: nil, file: nil)
    #expect(configuration.expandTokens("%h:%p%%%x%", ["h": "a", "p": "1"]) == "a:1%%x%")
  }

  @Test func opensshItselfIsAsked() async throws {
    try await withFolder { folder in
      let file = folder + "/config"
      let text =
        "Host alias\n HostName 127.0.0.9\n Port 2222\n CertificateFile \(folder)/c\nMatch host 127.0.0.9\n User dana\n"
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let node = Node(name: "n", address: .ssh(host: "alias", port: nil, user: nil), sshConfig: file)
      let configuration = try await SSHConfiguration.resolve(node)
      #expect(configuration.host == "127.0.0.9")
      #expect(configuration.port == 2222)
      #expect(configuration.warnings == ["alias: CertificateFile in ssh_config is not honoured"])
      try "Nonsense yes\n".write(toFile: file, atomically: true, encoding: .utf8)
      #expect(try await fault { _ = try await SSHConfiguration.resolve(node) }.code == .definition)
    }
  }

  @Test func noHostPassesForAnOption() async throws {
    let node = Node(name: "n", address: .ssh(host: "-oProxyCommand=true", port: nil, user: nil))
    await #expect(throws: Fault.self) { try await SSHConfiguration.resolve(node) }
  }
}
