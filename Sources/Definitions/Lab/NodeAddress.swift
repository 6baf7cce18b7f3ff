import Model

extension Node.Address {
  /// Reads `local`, `host`, `user@host`, `user@host:port` or `user@[IPv6]:port`.
  ///
  /// - Throws: `usage`; a definition file's reader adds the place.
  public init(_ text: String) throws(Fault) {
    if text == "local" {
      self = .local
      return
    }
    var rest = text[...]
    var user: String?
    if let at = rest.lastIndex(of: "@") {
      user = String(rest[..<at])
      rest = rest[rest.index(after: at)...]
    }
    if let user, user.isEmpty || user.utf8.count > 64 || !Self.isPlain(user) {
      throw Self.wrong(text, "the user's name is wrong")
    }
    let (host, port) = try Self.hostAndPort(rest, text)
    self = .ssh(host: host, port: port, user: user)
  }

  /// The address as it is written in a lab file.
  public var text: String {
    switch self {
    case .local: "local"
    case .ssh(let host, let port, let user):
      (user.map { $0 + "@" } ?? "") + (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }
  }

  private static func hostAndPort(_ rest: Substring, _ text: String) throws(Fault) -> (String, Int?) {
    var host = rest
    var port: Substring?
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { throw wrong(text, "the bracket is not closed") }
      host = rest[rest.index(after: rest.startIndex)..<end]
      let after = rest[rest.index(after: end)...]
      guard after.isEmpty || after.hasPrefix(":") else { throw wrong(text, "only a port may follow the bracket") }
      port = after.isEmpty ? nil : after.dropFirst()
    } else if let colon = rest.firstIndex(of: ":") {
      host = rest[..<colon]
      let after = rest[rest.index(after: colon)...]
      guard !after.contains(":"), !after.hasPrefix("//") else {
        throw wrong(text, after.hasPrefix("//") ? "it is no URL" : "put an IPv6 address into brackets")
      }
      port = after
    }
    guard !host.isEmpty, host.utf8.count <= 255, isPlain(String(host)) else { throw wrong(text, "the host is wrong") }
    guard let port else { return (String(host), nil) }
    guard port.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(port), (1...65535).contains(number) else {
      throw wrong(text, "the port must be from 1 to 65535")
    }
    return (String(host), number)
  }

  /// Nothing that ssh or a shell could take for an option or a command.
  private static func isPlain(_ text: String) -> Bool {
    !text.hasPrefix("-")
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || "-_.:%+\\".unicodeScalars.contains(scalar)
      }
  }

  private static func wrong(_ text: String, _ why: String) -> Fault {
    Fault(
      .usage, "\"\(text.prefix(120))\" is no address: \(why)",
      hint: "write `local`, `user@host:port` or `user@[::1]:22`")
  }
}
