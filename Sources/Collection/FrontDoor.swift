import Dialects
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Takes every request, makes a ``Call`` of it, and hands it to the dialect whose path it names.
struct FrontDoor: HTTPResponder {
  typealias Context = BasicRequestContext

  let dialects: [any Dialect]
  let limits: Limits

  func respond(to request: Request, context: Context) async throws -> Response {
    let reply: Reply
    do {
      reply = try await answer(request, context)
    } catch let refusal as TestAPI.Refusal {
      reply = Reply(refusal)
    }
    return response(reply, withBody: request.method != .head)
  }

  private func answer(_ request: Request, _ context: Context) async throws -> Reply {
    var call = try read(request, context)
    if call.path == ["healthz"] {
      guard call.verb == "GET" else { return Reply(.wrongVerb, allowed: ["GET"]) }
      return .json(Array(#"{"status": "ok"}"#.utf8))
    }
    // `/ui/` is kept for pages.
    guard call.path.first != "ui", let dialect = dialects.first(where: { $0.claims(call.path) }) else {
      throw TestAPI.Refusal.noSuchPath
    }
    if call.verb == "POST" || call.verb == "PUT" { call.body = try await body(of: request) }
    return await dialect.answer(call)
  }

  private func read(_ request: Request, _ context: Context) throws(TestAPI.Refusal) -> Call {
    let target = request.head.path ?? "/"
    guard target.utf8.count <= limits.target else { throw TestAPI.Refusal(414, "URI Too Long") }
    let parts = target.prefix { $0 != "#" }.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0].first == "/", let path = URLText.path(parts[0]),
      let query = URLText.query(parts.count > 1 ? parts[1] : "", limit: limits.parameters)
    else { throw .badRequest }
    let host = request.head.authority ?? "localhost"
    return Call(
      verb: request.method.rawValue, path: path, query: query, type: request.headers[.contentType],
      requestKey: try requestKey(request), address: "http://\(host)\(parts[0])")
  }

  private func requestKey(_ request: Request) throws(TestAPI.Refusal) -> String? {
    guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name] else { return nil }
    guard (1...limits.requestKey).contains(key.utf8.count) else {
      throw .badFormat("Idempotency-Key must have 1 to \(limits.requestKey) bytes")
    }
    return key
  }

  private func body(of request: Request) async throws -> [UInt8] {
    let tooLarge = TestAPI.Refusal(413, "Request Entity Too Large")
    if let length = request.headers[.contentLength].flatMap(Int.init), length > limits.body { throw tooLarge }
    do {
      return Array(try await request.body.collect(upTo: limits.body).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw tooLarge
    }
  }

  private func response(_ reply: Reply, withBody: Bool) -> Response {
    var headers = HTTPFields()
    if let type = reply.type { headers[.contentType] = type }
    if let name = ReasonPhrase.field, let reason = reply.reason { headers[name] = ReasonPhrase.escape(reason) }
    if !reply.allowed.isEmpty { headers[.allow] = reply.allowed.joined(separator: ", ") }
    return Response(
      status: HTTPResponse.Status(code: reply.status), headers: headers,
      body: withBody ? body(reply.content) : ResponseBody())
  }

  private func body(_ content: Reply.Content) -> ResponseBody {
    switch content {
    case .whole(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    case .pieces(let next):
      ResponseBody { writer in
        while let piece = try await next() { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      }
    }
  }
}

extension Reply {
  /// A refusal as the Test API shows it, for all paths that no dialect claims too.
  init(_ refusal: TestAPI.Refusal, allowed: [String] = []) {
    self = .page(refusal.status, refusal.message, html: refusal.page, allowed: allowed)
  }
}
