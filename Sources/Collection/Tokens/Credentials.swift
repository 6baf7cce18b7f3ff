import Foundation

/// What a client says to show that it may write.
enum Credentials: Hashable, Sendable {
  /// Nothing.
  case none
  /// A token, or something in its place.
  case token(String)
  /// A Basic header that cannot be read.
  case malformed(Problem)

  /// What is wrong with a Basic header.
  enum Problem: Hashable, Sendable {
    /// Nothing stands behind `Basic`.
    case empty
    /// There is a space in it.
    case spaces
    /// It is no Base64 of a user and a password.
    case notBase64
  }

  /// Reads `X-Auth-Token: T`, `Authorization: Bearer T` or `Authorization: Basic` with the token as password, in this
  /// order. Of other schemes nothing is known, so they are nothing.
  init(_ fields: HeaderFields) {
    if let token = fields["x-auth-token"] {
      self = .token(token)
      return
    }
    let words = (fields["authorization"] ?? "").split(separator: " ").map(String.init)
    switch (words.first?.lowercased(), words.count) {
    case ("bearer", 2): self = .token(words[1])
    case ("basic", 1): self = .malformed(.empty)
    case ("basic", 2): self = Self.password(words[1]).map(Self.token) ?? .malformed(.notBase64)
    case ("basic", _): self = .malformed(.spaces)
    default: self = .none
    }
  }

  /// Whether there is a Basic header, well-formed or not.
  static func isBasic(_ fields: HeaderFields) -> Bool {
    fields["authorization"]?.split(separator: " ").first?.lowercased() == "basic"
  }

  private static func password(_ base64: String) -> String? {
    guard let data = Data(base64Encoded: base64), let pair = String(validating: data, as: UTF8.self),
      let colon = pair.firstIndex(of: ":")
    else { return nil }
    return String(pair[pair.index(after: colon)...])
  }
}
