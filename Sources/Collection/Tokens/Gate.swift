import Model

/// Decides before anything of a body is read whether its sender may write.
struct Gate: Sendable {
  /// The tokens; nil: everybody may write.
  let book: TokenBook?

  /// Why somebody may not write.
  enum Denial: Error, Hashable, Sendable {
    /// Nothing was shown.
    case nothing
    /// What was shown cannot be read.
    case malformed(Credentials.Problem)
    /// It is no token, or one that was revoked or has expired.
    case wrong
    /// The token is for other dialects.
    case elsewhere
    /// The tokens could not be read.
    case unknown(Fault)
  }

  /// Whether a verb writes.
  static func isWrite(_ verb: String) -> Bool { verb != "GET" && verb != "HEAD" && verb != "OPTIONS" }

  /// What the sender of a request may write. Reading is free; but a Basic header is checked by Avocado on every URL.
  func access(_ verb: String, _ fields: HeaderFields, in dialect: DialectName) async throws(Denial) -> Access {
    guard let book else { return .everything }
    let writes = Self.isWrite(verb)
    guard writes || dialect == .avocado && Credentials.isBasic(fields) else { return .nothing }
    let token: String
    switch Credentials(fields) {
    case .token(let text): token = text
    case .malformed(let problem): throw .malformed(problem)
    case .none: throw .nothing
    }
    let found: Access?
    do throws(Fault) { found = try await book.access(token) } catch { throw .unknown(error) }
    guard let found else { throw .wrong }
    guard found.dialects.contains(dialect) || !writes else { throw .elsewhere }
    return found
  }
}

extension Gate.Denial {
  /// Status and message, as the clients of a dialect know them.
  func answer(in dialect: DialectName) -> (status: Int, message: String) {
    switch (self, dialect) {
    case (.unknown(let fault), _): (503, "Store Failure: \(fault.message)")
    case (.nothing, .avocado): (403, "Authentication credentials were not provided.")
    case (.wrong, .avocado): (403, "Invalid username/password.")
    case (.elsewhere, .avocado): (403, "You do not have permission to perform this action.")
    case (.malformed(.empty), .avocado): (403, "Invalid basic header. No credentials provided.")
    case (.malformed(.spaces), .avocado):
      (403, "Invalid basic header. Credentials string should not contain spaces.")
    case (.malformed(.notBase64), .avocado):
      (403, "Invalid basic header. Credentials not correctly base64 encoded.")
    case (.nothing, _): (401, "No Authentication Header")
    case (.wrong, _), (.malformed, _): (403, "Invalid Token")
    case (.elsewhere, _): (403, "The token is not for \(dialect.rawValue)")
    }
  }
}
