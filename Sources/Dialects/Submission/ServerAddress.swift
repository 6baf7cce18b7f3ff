import Model

/// Where results go: the base of a Test API (`http(s)://host/api/v1`), of a paddles or an Avocado server
/// (`paddles+http://host/paddles`), or a file that they are appended to.
public struct ServerAddress: Hashable, Sendable {
  /// What is spoken there.
  public enum Dialect: String, Hashable, Sendable, Codable {
    /// The OPNFV Test API.
    case testapi
    /// Ceph's paddles.
    case paddles
    /// Avocado Server.
    case avocado
    /// One result a line, as Xtesting's `file://` dump.
    case file
  }

  /// User and password of HTTP basic authentication. It never describes itself.
  public struct Login: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The user.
    public var user: String
    /// The password.
    public var password: String
    /// Makes a login.
    public init(user: String, password: String) {
      self.user = user
      self.password = password
    }
    /// Nothing that could be shown by accident.
    public var description: String { "***" }
    /// Nothing that could be shown by accident.
    public var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// What is spoken there.
  public let dialect: Dialect
  /// The API base without slash at its end, as `http://host/api/v1` or, with its dialect, `paddles+http://host/paddles`;
  /// or `file:///path`; without credentials, and so its name everywhere: in messages, events and the outbox.
  public let displayName: String
  /// The API base as an HTTP URL, without slash at its end and without credentials.
  public var base: String {
    switch dialect {
    case .testapi, .file: displayName
    case .paddles, .avocado: String(displayName.dropFirst(dialect.rawValue.count + 1))
    }
  }
  /// The host without brackets, in lower case; empty for a file.
  public let host: String
  /// User and password from the URL.
  public let login: Login?
  /// Sent as `X-Auth-Token`, if set.
  public var token: String?

  /// Whether something secret goes with every request; it is not kept on disk.
  public var hasCredentials: Bool { login != nil || token != nil }
  /// The file's path, for ``Dialect/file``.
  public var path: String? { dialect == .file ? String(displayName.dropFirst("file://".count)) : nil }

  /// Reads a URL as users write it: the API base with or without `/results` and slashes behind it, with the dialect in
  /// front (`paddles+http://…`; a Test API needs none), or `file:///path`. Throws `.usage` without showing a password.
  public init(parsing text: String, token: String? = nil) throws(Fault) {
    let wrong: (String) -> Fault = { problem in
      Fault(
        .usage, "\(Self.redacted(text)): \(problem)",
        hint:
          "as in http://testresults.opnfv.org/test/api/v1, paddles+http://host/paddles or avocado+http://host/avocado")
    }
    guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else {
      throw wrong("this is no URL")
    }
    guard let colon = text.firstRange(of: "://") else { throw wrong("this is no URL") }
    var scheme = text[..<colon.lowerBound].lowercased()
    var spoken = Dialect.testapi
    for one in [Dialect.testapi, .paddles, .avocado] where scheme.hasPrefix(one.rawValue + "+http") {
      scheme.removeFirst(one.rawValue.count + 1)
      spoken = one
    }
    let rest = text[colon.upperBound...]
    self.token = token
    switch scheme {
    case "file":
      guard rest.hasPrefix("/"), rest.count > 1, !rest.hasSuffix("/") else { throw wrong("this names no file") }
      dialect = .file
      displayName = "file://" + rest
      host = ""
      login = nil
    case "http", "https":
      guard !rest.contains("?"), !rest.contains("#") else { throw wrong("a query has no place here") }
      let authority = rest.prefix { $0 != "/" }
      let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
      guard let name = Self.host(of: place) else { throw wrong("the host or the port makes no sense") }
      let path = Self.base(of: rest[authority.endIndex...], spoken)
      // The others may be served at a server's root.
      guard !path.isEmpty || spoken != .testapi else { throw wrong("this names a host, but no API on it") }
      dialect = spoken
      displayName =
        (spoken == .testapi ? "" : spoken.rawValue + "+") + scheme + "://" + place.lowercased() + path
      host = name
      login =
        place.endIndex == authority.endIndex && place.startIndex != authority.startIndex
        ? Self.login(in: authority[..<authority.index(before: place.startIndex)]) : nil
    default: throw wrong("`\(scheme)` is not spoken here")
    }
  }

  /// The path without slashes and, of a Test API, `/results` at its end.
  private static func base(of path: Substring, _ dialect: Dialect) -> Substring {
    var base = path
    func trim() { while base.hasSuffix("/") { base.removeLast() } }
    trim()
    if dialect == .testapi, base.hasSuffix("/results") {
      base.removeLast("/results".count)
      trim()
    }
    return base
  }

  /// The host in `host`, `host:port`, `[v6]` or `[v6]:port`.
  private static func host(of place: Substring) -> String? {
    var host = place
    var port: Substring?
    if place.hasPrefix("[") {
      guard let end = place.firstIndex(of: "]") else { return nil }
      host = place[place.index(after: place.startIndex)..<end]
      let behind = place[place.index(after: end)...]
      guard behind.isEmpty || behind.hasPrefix(":") else { return nil }
      port = behind.isEmpty ? nil : behind.dropFirst()
      guard host.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit || $0 == 58 || $0 == 46 }) else {
        return nil
      }
    } else if let colon = place.firstIndex(of: ":") {
      host = place[..<colon]
      port = place[place.index(after: colon)...]
    }
    if let port { guard let number = UInt16(port), number > 0, !port.hasPrefix("+") else { return nil } }
    let forbidden: Set<Character> = ["@", "\\", "<", ">", "\"", "{", "}", "|", "^", "`", "%"]
    guard !host.isEmpty, !host.contains(where: forbidden.contains) else { return nil }
    return host.lowercased()
  }

  private static func login(in text: Substring) -> Login {
    let user = text.prefix { $0 != ":" }
    return Login(user: percentDecoded(user), password: percentDecoded(text[user.endIndex...].dropFirst()))
  }

  private static func percentDecoded(_ text: Substring) -> String {
    var output: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        output.append(value)
        rest.removeFirst(2)
      } else {
        output.append(byte)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The text with whatever stands between `//` and the last `@` before the path hidden, and no longer than 200
  /// characters: fit for a message even where it is no URL at all.
  private static func redacted(_ text: String) -> String {
    let begin = text.firstRange(of: "://")?.upperBound ?? text.startIndex
    guard let at = text[begin...].lastIndex(of: "@") else { return String(text.prefix(200)) }
    return String((text[..<begin] + "***" + text[at...]).prefix(200))
  }
}
