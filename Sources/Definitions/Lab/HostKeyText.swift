import Foundation

/// A pinned host key as text: `ssh-ed25519 AAAA…`, as in known_hosts without its host names.
enum HostKeyText {
  static let types = [
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
    "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
  ]

  /// What is wrong with a key; nil if nothing is. A comment after the key is allowed.
  static func objection(_ text: String) -> String? {
    let parts = text.split(separator: " ")
    guard parts.count >= 2, text.utf8.count <= 8192, let data = Data(base64Encoded: String(parts[1])) else {
      return "must be a type and a key in base64"
    }
    let type = String(parts[0])
    guard types.contains(type) else { return "is of the type \(type.prefix(40)), which is not known" }
    // The key's own bytes begin with the length and the name of its type (RFC 4253, section 6.6).
    let name = Array(type.utf8)
    let head = [0, 0, 0, UInt8(name.count)] + name
    return data.starts(with: head) && data.count > head.count ? nil : "says \(type), but its bytes do not"
  }
}
