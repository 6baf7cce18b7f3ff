import Model

extension SSHConfiguration {
  /// What OpenSSH would do for `node`, asked of `ssh -G` itself, so that Match, Include and Host patterns mean what they
  /// mean there. Without an `ssh` on this machine: the plain address, and a warning. Throws ``Model/Fault``
  /// `.definition` for a configuration that OpenSSH refuses, `.usage` for a node that is not reached over SSH.
  static func resolve(_ node: Node) async throws -> SSHConfiguration {
    guard case .ssh(let host, let port, let user) = node.address else {
      throw Fault(.usage, "\(node.name) is this machine, which is not reached over SSH")
    }
    var configuration = SSHConfiguration(
      host: host, port: port, user: user, identity: node.identity, file: node.sshConfig)
    let home = Account.home
    // After `--`, so that no host can pass for an option.
    let address = (port.map { ["-p", String($0)] } ?? []) + (user.map { ["-l", $0] } ?? []) + ["--", host]
    let identity = node.identity.map { ["-i", configuration.expand($0, home: home)] } ?? []
    let file = node.sshConfig.map { ["-F", $0] } ?? []
    let local = try LocalConnection()
    do {
      async let plain = local.run(["ssh", "-G", "-F", "none"] + identity + address)
      let asked = try await local.run(["ssh", "-G"] + file + identity + address)
      guard asked.ending == .exited(0) else {
        throw Fault(.definition, "\(node.name): ssh refuses its configuration: \(asked.complaint)")
      }
      configuration.adopt(asked.text, defaults: try await plain.text, home: home)
    } catch let fault as Fault where fault.code == .missingTool {
      if let identity = configuration.explicitIdentity {
        configuration.explicitIdentity = configuration.expand(identity, home: home)
        configuration.identities = configuration.explicitIdentity.map { [$0] } ?? []
      }
      configuration.warnings.append("\(node.name): there is no ssh on this machine: ssh_config is not honoured")
    }
    return configuration
  }
}
