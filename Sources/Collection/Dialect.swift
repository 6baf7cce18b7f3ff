/// One of the APIs that are served, over the one store. A new dialect is a folder and a line in ``CollectionServer``.
protocol Dialect: Sendable {
  /// Which one it is.
  var name: DialectName { get }
  /// Whether a path, without the base, belongs to this dialect.
  func claims(_ path: [String]) -> Bool
  /// What it serves, in OpenAPI's words; paths without the base.
  var document: OpenAPI.Document { get }
  /// Answers a call whose path it claims.
  func answer(_ call: Call) async -> Reply
  /// Says in the dialect's own shape why a request does not even become a call: it is too large, malformed, or its
  /// sender may not write.
  func refuse(_ status: Int, _ message: String) -> Reply
  /// The verbs that a path knows, where a refusal names them too.
  func verbs(of path: [String]) -> [String]
}

extension Dialect {
  /// A dialect that does not describe itself.
  var document: OpenAPI.Document { OpenAPI.Document(name: name.rawValue) }

  /// Refusals do not name any.
  func verbs(of path: [String]) -> [String] { [] }
}

/// The dialects by name, as scopes of tokens and labels of metrics name them.
public enum DialectName: String, CaseIterable, Hashable, Sendable {
  /// The OPNFV Test API, all generations.
  case testapi
  /// Ceph's paddles.
  case paddles
  /// Avocado Server.
  case avocado
}

/// A dialect at a place: what is served under a base path.
struct Mount: Sendable {
  /// The segments of the base; none: the root.
  var base: [String]
  /// What is served there.
  var dialect: any Dialect

  /// Where its clients begin, for people who look for it.
  var entrance: String {
    let inside = dialect.name == .testapi ? ["api", "v1"] : [""]
    return (base + inside).map { "/" + $0 }.joined()
  }

  /// What is left of a path behind the base; nil if the path is not under it or the dialect does not claim the rest.
  func rest(of path: [String]) -> [String]? {
    guard path.starts(with: base) else { return nil }
    // The base itself, without a slash, is its root all the same.
    let rest = path.count == base.count ? [""] : Array(path.dropFirst(base.count))
    return dialect.claims(rest) ? rest : nil
  }
}
