import Dialects
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Takes every request, makes a ``Call`` of it, and hands it to the dialect whose path it names.
struct FrontDoor: HTTPResponder {
  typealias Context = BasicRequestContext

  /// What is served, the longest base first.
  let mounts: [Mount]
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
    guard call.path.first != "ui", let (mount, rest) = mount(for: call.path) else {
      throw TestAPI.Refusal.noSuchPath
    }
    call.path = rest
    call.root += mount.base.map { "/" + URLText.encode($0) }.joined()
    do throws(TestAPI.Refusal) {
      call.body = try await body(of: request)
    } catch {
      return mount.dialect.refuse(error.status, error.message)
    }
    return await mount.dialect.answer(call)
  }

  private func mount(for path: [String]) -> (Mount, [String])? {
    for mount in mounts {
      if let rest = mount.rest(of: path) { return (mount, rest) }
    }
    return nil
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
      verb: request.method.rawValue, path: path, query: query, fields: fields(request),
      requestKey: try requestKey(request), root: "http://\(host)", address: "http://\(host)\(parts[0])",
      rawQuery: parts.count > 1 ? String(parts[1]) : "")
  }

  private func fields(_ request: Request) -> [String: String] {
    Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $1 })
  }

  private func requestKey(_ request: Request) throws(TestAPI.Refusal) -> String? {
    guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name] else { return nil }
    guard (1...limits.requestKey).contains(key.utf8.count) else {
      throw .badFormat("Idempotency-Key must have 1 to \(limits.requestKey) bytes")
    }
    return key
  }

  private func body(of request: Request) async throws(TestAPI.Refusal) -> [UInt8] {
    let tooLarge = TestAPI.Refusal(413, "Request Entity Too Large")
    if let length = request.headers[.contentLength].flatMap(Int.init), length > limits.body { throw tooLarge }
    do {
      return Array(try await request.body.collect(upTo: limits.body).readableBytesView)
    } catch is NIOTooManyBytesError {
      throw tooLarge
    } catch {
      throw .badRequest
    }
  }

  private func response(_ reply: Reply, withBody: Bool) -> Response {
    var headers = HTTPFields()
    if let type = reply.type { headers[.contentType] = type }
    if let name = ReasonPhrase.field, let reason = reply.reason { headers[name] = ReasonPhrase.escape(reason) }
    for (name, value) in reply.fields { if let name = HTTPField.Name(name) { headers[name] = value } }
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
