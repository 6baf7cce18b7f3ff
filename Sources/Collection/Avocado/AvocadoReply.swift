import Dialects

/// An answer with the header fields that the original gives each.
struct AvocadoReply: Sendable {
  var status = 200
  var content: Reply.Content
  var allowed: [String] = []

  /// 200 with JSON.
  init(_ json: [UInt8], status: Int = 200) {
    self.status = status
    content = .whole(json)
  }

  /// 200 with JSON that is made piece by piece.
  init(pieces: @escaping @Sendable () async throws -> [UInt8]?) { content = .pieces(pieces) }

  /// A refusal.
  init(_ refusal: Avocado.Refusal) { self.init(Array(refusal.json.utf8), status: refusal.status) }

  /// 204.
  static let gone = AvocadoReply([], status: 204)

  /// Any origin may read.
  private static let origin = (name: "Access-Control-Allow-Origin", value: "*")

  var reply: Reply {
    Reply(
      status: status, type: status == 204 ? nil : "application/json", allowed: allowed,
      fields: [("Vary", "Cookie"), Self.origin], content: content)
  }

  /// Spreads the body over lines.
  mutating func indent(by width: Int) {
    var indentation = Avocado.Indentation(width: width)
    switch content {
    case .whole(let bytes): content = .whole(indentation.indent(bytes))
    case .pieces(let next):
      let stream = IndentedPieces(indentation, next)
      content = .pieces { try await stream.next() }
    }
  }

  /// Where the URL is that the client means: the same with a slash behind it.
  static func moved(_ call: Call) -> Reply {
    let query = call.rawQuery.isEmpty ? "" : "?" + call.rawQuery
    let location = ReasonPhrase.escape(call.address + "/" + query)
    return Reply(
      status: 301, type: "text/html", fields: [("Location", location), origin], content: .whole([]))
  }

  /// No such URL: the page of the original, which is not JSON. Without a call the path is not known.
  static func noSuchURL(_ call: Call?) -> Reply {
    let path = call?.address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first
    let shown = path.flatMap { URLText.decode($0) } ?? ""
    let safe = shown.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    let page = "<h1>Not Found</h1><p>The requested URL /\(safe) was not found on this server.</p>"
    return Reply(status: 404, type: "text/html", fields: [origin], content: .whole(Array(page.utf8)))
  }
}

/// Indents what is streamed.
private actor IndentedPieces {
  private var indentation: Avocado.Indentation
  private let source: @Sendable () async throws -> [UInt8]?

  init(_ indentation: Avocado.Indentation, _ source: @escaping @Sendable () async throws -> [UInt8]?) {
    self.indentation = indentation
    self.source = source
  }

  func next() async throws -> [UInt8]? {
    guard let piece = try await source() else { return nil }
    return indentation.indent(piece)
  }
}
