import CLibSSH
import FoundationEssentials
import Model

/// A server's public key.
public struct HostKey: Hashable, Sendable {
  /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` …
  public let type: String
  /// The key in base64, as known_hosts has it.
  public let base64: String

  /// Reads a pin as it stands in a lab file: `TYPE BASE64`, with or without a comment after it. Throws ``Model/Fault``
  /// `.hostKey` if it is none; `name` is the node's, for the message.
  public init(pin: String, of name: String) throws(Fault) {
    let words = pin.split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count >= 2, let blob = Data(base64Encoded: words[1]),
      KeyBlob.type(Array(blob)) == words[0], !HostKey.algorithms(for: words[0]).isEmpty
    else {
      throw Fault(
        .hostKey, "\(name): the pinned host key is not a key: \(pin.prefix(60))",
        hint: "it reads like known_hosts: ssh-ed25519 AAAA…; `sortie node add` writes it")
    }
    type = words[0]
    base64 = words[1]
  }

  init?(_ key: OpaquePointer) {
    var text: UnsafeMutablePointer<CChar>?
    guard ssh_pki_export_pubkey_base64(key, &text) == SSH_OK, let text else { return nil }
    defer { ssh_string_free_char(text) }
    base64 = String(cString: text)
    guard let blob = Data(base64Encoded: base64), let type = KeyBlob.type(Array(blob)) else { return nil }
    self.type = type
  }

  /// `TYPE BASE64`: what a lab file pins.
  public var pin: String { "\(type) \(base64)" }

  /// `SHA256:…`, as OpenSSH prints it.
  public var fingerprint: String {
    let hash = SHA256.finished(Data(base64Encoded: base64).map(Array.init) ?? [])
    return "SHA256:" + Data(hash).base64EncodedString().prefix { $0 != "=" }
  }

  /// What to negotiate so that a server can only present a key of this type; empty for a type that is not supported.
  static func algorithms(for type: String) -> String {
    switch type {
    case "ssh-rsa": "rsa-sha2-512,rsa-sha2-256"
    case "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521": type
    default: ""
    }
  }
}

extension SHA256 {
  fileprivate static func finished(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }
}
