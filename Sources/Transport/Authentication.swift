import CLibSSH
import Glibc
import Model

extension SSHConnection {
  private enum KeyFile {
    case key(OpaquePointer)
    case encrypted
    case unreadable(String)
  }

  /// Proves who we are: the node's own key, then the SSH agent's, then the key files of ssh_config. With
  /// `IdentitiesOnly` the agent may only answer for keys that are named. Throws ``Model/Fault`` `.authentication`
  /// naming what was tried.
  func authenticate() async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    if try await attempt("no key at all", until: deadline, { ssh_userauth_none(session, nil) }) { return }
    tried = []
    if let own = configuration.explicitIdentity, try await offer(own, until: deadline) { return }
    let (isAccepted, offered) = try await offerAgent(until: deadline)
    if isAccepted { return }
    for file in configuration.identities where file != configuration.explicitIdentity {
      if let blob = KeyBlob.ofIdentity(file), offered.contains(blob) { continue }
      if try await offer(file, until: deadline) { return }
    }
    throw refused(because: "")
  }

  /// Whether the node accepts what `call` offers.
  private func attempt(
    _ what: String, until deadline: ContinuousClock.Instant, _ call: () -> CInt
  ) async throws -> Bool {
    tried.append(what)
    let status: CInt
    do {
      status = try await retry(until: deadline, doing: "authenticating") {
        let status = call()
        return status == SSH_AUTH_AGAIN.rawValue ? nil : status
      }
    } catch let fault as Fault where fault.code == .link {
      throw refused(because: "; \(fault.message)")
    }
    if status == SSH_AUTH_ERROR.rawValue { throw refused(because: "; \(lost("authenticating").message)") }
    return status == SSH_AUTH_SUCCESS.rawValue
  }

  private func offer(_ file: String, until deadline: ContinuousClock.Instant) async throws -> Bool {
    switch load(file) {
    case .key(let key):
      defer { ssh_key_free(key) }
      return try await attempt(file, until: deadline) { ssh_userauth_publickey(session, nil, key) }
    case .encrypted:
      tried.append("\(file) (encrypted: only an SSH agent can use it)")
    case .unreadable(let reason):
      tried.append("\(file) (\(reason))")
    }
    return false
  }

  /// Whether the node accepts one of the agent's keys, and which were offered.
  private func offerAgent(
    until deadline: ContinuousClock.Instant
  ) async throws -> (isAccepted: Bool, offered: [[UInt8]]) {
    let named = configuration.identities.compactMap { KeyBlob.ofIdentity($0) }
    guard let path = agentPath,
      let relay = AgentRelay(path: path, first: named, only: configuration.identitiesOnly)
    else { return (false, []) }
    defer { relay.stop() }
    ssh_set_agent_socket(session, relay.descriptor)
    let what = configuration.identitiesOnly ? "those keys of the SSH agent that are named" : "the SSH agent's keys"
    let isAccepted = try await attempt("\(what) (\(path))", until: deadline) { ssh_userauth_agent(session, nil) }
    return (isAccepted, relay.offered)
  }

  private var agentPath: String? {
    switch configuration.agent {
    case .none: nil
    case .socket(let path): path
    case .environment: getenv("SSH_AUTH_SOCK").map { String(cString: $0) }
    }
  }

  private func load(_ file: String) -> KeyFile {
    guard access(file, R_OK) == 0 else { return .unreadable(String(cString: strerror(errno))) }
    var wasAsked: CInt = 0
    var key: OpaquePointer?
    // Asked for a passphrase, it says that there is none.
    let status = ssh_pki_import_privkey_file(
      file, nil,
      { _, _, _, _, _, asked in
        asked?.assumingMemoryBound(to: CInt.self).pointee = 1
        return -1
      }, &wasAsked, &key)
    if status == SSH_OK, let key { return .key(key) }
    return wasAsked != 0 ? .encrypted : .unreadable("not a private key that libssh can read")
  }

  private func refused(because reason: String) -> Fault {
    let user = configuration.user ?? Account.name ?? "?"
    // OpenSSH's default files that do not exist are no news.
    let missing = "(\(String(cString: strerror(ENOENT))))"
    let named = tried.filter { what in
      !what.hasSuffix(missing) || configuration.explicitIdentity.map { what.hasPrefix($0) } == true
    }
    let list = named.isEmpty ? "there was no key to try" : "tried " + named.joined(separator: ", ")
    return Fault(
      .authentication, "\(name): \(configuration.host) does not let \(user) in: \(list)\(reason)",
      hint: named.contains { $0.contains("(encrypted:") }
        ? "load the key with ssh-add" : "name the right key with `identity:`, or add it to the node's authorized_keys")
  }
}
