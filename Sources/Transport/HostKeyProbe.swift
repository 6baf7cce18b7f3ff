import Model

/// Asks a node for its host keys, before anybody trusts it.
public enum HostKeyProbe {
  /// The host keys of a node, ed25519 first, then ECDSA, then RSA; at least one. Nothing secret is sent. The node's own
  /// pin is not looked at. Throws ``Model/Fault`` `.link` if it cannot be reached, or has no key of these types.
  public static func fetch(_ node: Node) async throws -> [HostKey] {
    try await fetch(name: node.name, try await SSHConfiguration.resolve(node))
  }

  /// Whether `known_hosts` of this user knows `key` for the host: advice for `node add`, nothing more. False when
  /// there is no `ssh-keygen` to ask.
  public static func isKnown(_ key: HostKey, host: String, port: Int) async throws -> Bool {
    let name = port == 22 ? host : "[\(host)]:\(port)"
    let local = try LocalConnection()
    do {
      let answer = try await local.run(["ssh-keygen", "-F", name])
      return answer.text.split(whereSeparator: \.isNewline).contains {
        $0.hasSuffix(key.pin) || $0.contains(key.pin + " ")
      }
    } catch let fault as Fault where fault.code == .missingTool {
      return false
    }
  }

  static func fetch(name: String, _ configuration: SSHConfiguration) async throws -> [HostKey] {
    var keys: [HostKey] = []
    var refusal: Fault?
    for algorithms in [
      "ssh-ed25519", "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521", HostKey.algorithms(for: "ssh-rsa"),
    ] {
      let connection = try SSHConnection(name: name, configuration: configuration)
      do {
        keys.append(try await connection.shakeHands(hostKeys: algorithms))
      } catch let fault as Fault where fault.code == .negotiation {
        refusal = fault  // it has none of this type
      } catch {
        await connection.close()
        throw error
      }
      await connection.close()
    }
    if keys.isEmpty, let refusal { throw refusal.asLink }
    return keys
  }

  /// The refusal of a node without a pin.
  static func unknown(_ node: Node, _ configuration: SSHConfiguration) async throws -> Fault {
    let keys = try await fetch(name: node.name, configuration)
    let shown = keys.map { "\($0.type) \($0.fingerprint)" }.joined(separator: ", ")
    return Fault(
      .hostKey, "\(node.name): the host key is unknown: pinned none, presented \(shown)",
      hint: "compare it, then `sortie node add`, which pins it")
  }
}
