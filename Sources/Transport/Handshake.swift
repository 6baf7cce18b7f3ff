import CLibSSH
import Glibc
import Model

extension SSHConnection {
  /// Connects, negotiating a host key of the pin's type only, and compares. Throws ``Model/Fault`` `.hostKey` with both
  /// fingerprints if the node presents another key.
  func check(_ pin: HostKey) async throws {
    let presented: HostKey
    do {
      presented = try await shakeHands(hostKeys: HostKey.algorithms(for: pin.type))
    } catch let fault as Fault where fault.code == .negotiation {
      // Most likely it has no key of that type: what it has instead belongs into the message.
      let others = try await HostKeyProbe.fetch(name: name, configuration)
      guard !others.contains(where: { $0.type == pin.type }) else { throw fault.asLink }
      throw refusal(pin, presented: others.map { "\($0.type) \($0.fingerprint)" }.joined(separator: ", "))
    }
    guard presented == pin else { throw refusal(pin, presented: "\(presented.type) \(presented.fingerprint)") }
    hostKey = presented
  }

  private func refusal(_ pin: HostKey, presented: String) -> Fault {
    Fault(
      .hostKey,
      "\(name): the host key has changed: pinned \(pin.type) \(pin.fingerprint), presented "
        + presented,
      hint: "somebody may be in between; if the node was set up anew, `sortie node remove` it and `sortie node add` it")
  }

  /// Connects and exchanges keys; nothing secret is sent. Throws ``Model/Fault`` `.negotiation` if the two sides found
  /// no common ground, of which a host key of another type is the likely reason, and `.link`.
  func shakeHands(hostKeys: String) async throws -> HostKey {
    let deadline = ContinuousClock.now + .seconds(configuration.connectTimeout)
    try configure(hostKeys: hostKeys)
    var descriptor = try await dial(until: deadline)
    ssh_options_set(session, SSH_OPTIONS_FD, &descriptor)
    ssh_set_blocking(session, 0)
    defer {
      // From here on the socket is libssh's own to close.
      var none: CInt = -1
      ssh_options_set(session, SSH_OPTIONS_FD, &none)
    }
    do {
      try await exchangeKeys(until: deadline)
    } catch let fault as Fault where fault.code == .link && deadline > .now && ssh_get_serverbanner(session) != nil {
      // Whichever side finds it out first ends the connection, so that the message is a matter of luck.
      throw Fault(.negotiation, fault.message, hint: fault.hint)
    }
    var key: OpaquePointer?
    guard ssh_get_server_publickey(session, &key) == SSH_OK, let key else { throw lost("reading the host key") }
    defer { ssh_key_free(key) }
    guard let presented = HostKey(key) else { throw Fault(.hostKey, "\(name): the host key cannot be read") }
    return presented
  }

  private func exchangeKeys(until deadline: ContinuousClock.Instant) async throws {
    var isFirst = true
    try await retry(until: deadline, doing: "connecting") { () throws -> Void? in
      let status = ssh_connect(session)
      if isFirst { startCounting() }
      isFirst = false
      switch status {
      case SSH_OK: return ()
      case SSH_AGAIN: return nil
      default: throw lost("connecting")
      }
    }
  }

  private func configure(hostKeys: String) throws(Fault) {
    // Only what stands here counts: the host's name is ours to resolve, and known_hosts has no say.
    var off = false
    ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &off)
    var quiet = CInt(SSH_LOG_NOLOG)
    ssh_options_set(session, SSH_OPTIONS_LOG_VERBOSITY, &quiet)
    try set(SSH_OPTIONS_HOST, "node")
    try set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null")
    try set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null")
    try set(SSH_OPTIONS_HOSTKEYS, hostKeys)
    if let user = configuration.user ?? Account.name { try set(SSH_OPTIONS_USER, user) }
    let ciphers = configuration.algorithms["ciphers"] ?? SSHConnection.ciphers
    try set(SSH_OPTIONS_CIPHERS_C_S, ciphers)
    try set(SSH_OPTIONS_CIPHERS_S_C, ciphers)
    if let macs = configuration.algorithms["macs"] {
      try set(SSH_OPTIONS_HMAC_C_S, macs)
      try set(SSH_OPTIONS_HMAC_S_C, macs)
    }
    if let exchanges = configuration.algorithms["kexalgorithms"] { try set(SSH_OPTIONS_KEY_EXCHANGE, exchanges) }
    if let types = configuration.algorithms["pubkeyacceptedalgorithms"] {
      try set(SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, types)
    }
  }

  private func set(_ option: ssh_options_e, _ text: String) throws(Fault) {
    guard ssh_options_set(session, option, text) == 0 else {
      let reason = String(cString: ssh_get_error(UnsafeMutableRawPointer(session)))
      throw Fault(.definition, "\(name): libssh refuses an option from ssh_config (\(text)): \(reason)")
    }
  }

  /// Fastest first where processors have AES instructions.
  private static let ciphers =
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
}
