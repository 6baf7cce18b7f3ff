import Model

/// What is known about a token; never the token itself.
public struct StoredToken: Hashable, Sendable {
  /// The name people gave it, unique.
  public var name: String
  /// The SHA-256 of the token, 32 bytes.
  public var hash: [UInt8]
  /// When it was added.
  public var created: Timestamp
  /// From when on it is worth nothing; nil: never.
  public var expires: Timestamp?
  /// The dialects it is for; empty: all.
  public var dialects: Set<String>
  /// The projects it is for; empty: all.
  public var projects: Set<String>

  /// Makes a token's record.
  public init(
    name: String, hash: [UInt8], created: Timestamp, expires: Timestamp? = nil, dialects: Set<String> = [],
    projects: Set<String> = []
  ) {
    self.name = name
    self.hash = hash
    self.created = created
    self.expires = expires
    self.dialects = dialects
    self.projects = projects
  }
}
