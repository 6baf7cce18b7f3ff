/// A request as a dialect sees it: decoded, and read whole.
struct Call: Sendable {
  /// `GET`, `POST` …
  var verb: String
  /// The segments of the path, each decoded by itself, so that a name may hold a slash. A trailing slash leaves an empty
  /// last segment.
  /// Without the base that the dialect is mounted at.
  var path: [String]
  /// The parameters of the query, decoded, in the order sent.
  var query: [(name: String, value: String)] = []
  /// The header fields, by their names in lower case; of several equal ones the last.
  var fields: HeaderFields = [:]
  /// What makes a repeated request known; nil if the client did not say.
  var requestKey: String?
  /// The URL of the dialect's root without a trailing slash: scheme, host as the client named it, base.
  var root: String
  /// The URL without its query: scheme, host as the client named it, path as it was sent.
  var address: String
  /// The query as it was sent, without the question mark; empty if there is none.
  var rawQuery = ""
  /// What the sender may write.
  var access = Access.everything
  /// The body.
  var body: [UInt8] = []

  /// The last value of a parameter; nil if it was not sent.
  func parameter(_ name: String) -> String? { query.last { $0.name == name }?.value }

  /// The body's type, as sent.
  var type: String? { fields["content-type"] }
}

/// What is answered to a call.
struct Reply: Sendable {
  /// The body of an answer.
  enum Content: Sendable {
    /// All of it.
    case whole([UInt8])
    /// Piece by piece; nil ends it. An error cuts the connection, so that nobody takes half an answer for a whole one.
    case pieces(@Sendable () async throws -> [UInt8]?)
  }

  /// The status code.
  var status: Int
  /// The reason phrase, any text; nil: the usual one of the code.
  var reason: String?
  /// The content type; nil for an empty body.
  var type: String?
  /// The verbs that are allowed, where another was used.
  var allowed: [String] = []
  /// Further header fields.
  var fields: [(name: String, value: String)] = []
  /// Whether the connection ends with this answer, because what the client goes on sending will not be read.
  var closes = false
  /// The body.
  var content: Content

  /// 200 with JSON.
  static func json(_ bytes: [UInt8]) -> Reply { Reply(status: 200, type: "application/json", content: .whole(bytes)) }

  /// 200 with JSON that is made piece by piece.
  static func json(_ pieces: @escaping @Sendable () async throws -> [UInt8]?) -> Reply {
    Reply(status: 200, type: "application/json", content: .pieces(pieces))
  }

  /// 200 with an empty body.
  static let empty = Reply(status: 200, content: .whole([]))

  /// An error as a page, its message also the reason phrase.
  static func page(_ status: Int, _ message: String, html: String, allowed: [String] = []) -> Reply {
    Reply(
      status: status, reason: message, type: "text/html; charset=UTF-8", allowed: allowed,
      content: .whole(Array(html.utf8)))
  }
}
