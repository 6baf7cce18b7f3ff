import Dialects
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1

/// Takes every request of a listener, makes a ``Call`` of it, and hands it to the dialect whose path it names.
struct FrontDoor: Sendable {
  /// What is served, the longest base first.
  let mounts: [Mount]
  let limits: Limits
  /// `http` or `https`, for what the answers point to.
  let scheme: String
  /// Who may write.
  let gate: Gate
  /// What the server itself answers.
  let desk: ServerDesk
  /// Where large bodies go.
  let room: BodyRoom

  /// What comes of a request's head.
  private enum Admission {
    /// It is answered without its body; the dialect that answers, nil: the server.
    case answered(Reply, DialectName?)
    /// It may go on to a dialect.
    case admitted(Call, any Dialect)
  }

  /// Answers a request.
  /// - Throws: what ends the connection: the client has gone, or an answer broke off half-way.
  @concurrent func serve(_ request: Request, _ writer: consuming ResponseWriter) async throws {
    let start = ContinuousClock.now
    let hasBody = request.hasBody
    var reply: Reply
    let speaker: DialectName?
    switch await admit(request) {
    case .answered(let answer, let dialect):
      (reply, speaker) = (answer, dialect)
      // Nobody waits for what a stranger sends.
      if hasBody { reply.closes = true }
    case .admitted(var call, let dialect):
      speaker = dialect.name
      if hasBody {
        if request.awaitsContinue { try await writer.writeInformationalHead(HTTPResponse(status: .continue)) }
        var taken = 0
        do throws(TestAPI.Refusal) {
          call.body = try await body(of: request, &taken)
          reply = await dialect.answer(call)
        } catch {
          reply = dialect.refuse(error.status, error.message)
          reply.closes = true
        }
        call.body = []
        if taken > 0 { room.give(taken) }
      } else {
        reply = await dialect.answer(call)
      }
    }
    try await write(reply, to: request, writer)
    let time = (ContinuousClock.now - start) / .seconds(1)
    desk.figures.requests.count(speaker, request.method.rawValue, reply.status, seconds: time)
  }
}

extension FrontDoor {
  private func admit(_ request: Request) async -> Admission {
    let fields = HeaderFields(request.headers)
    let sent = fields[RawTarget.name] ?? ""
    guard sent.utf8.count <= limits.target else { return refused(414, "URI Too Long", sent) }
    // The first Host is no field any more: a second one stands here.
    guard fields["host"] == nil, let target = RequestTarget(sent, limits) else {
      return refused(400, "Bad Request", sent)
    }
    // A proxy on the way may have ended TLS; this only decides what the answers to its client point to.
    let scheme = fields["x-forwarded-proto"] == "https" ? "https" : scheme
    let host = target.authority.map(String.init) ?? request.head.authority ?? "localhost"
    var call = Call(
      verb: request.method.rawValue, path: target.path, query: target.query, fields: fields,
      root: "\(scheme)://\(host)", address: "\(scheme)://\(host)\(target.text)", rawQuery: target.rawQuery)
    if let reply = await desk.answer(call) { return .answered(reply, nil) }
    guard let (mount, rest) = mount(for: call.path) else { return .answered(Reply(.noSuchPath), nil) }
    let dialect = mount.dialect
    call.path = rest
    if !mount.base.isEmpty { call.root += mount.base.map { "/" + URLText.encode($0) }.joined() }
    do throws(Gate.Denial) {
      call.access = try await gate.access(call.verb, fields, in: dialect.name)
    } catch {
      var reply = Reply(error, in: dialect)
      reply.allowed = dialect.verbs(of: call.path)
      return .answered(reply, dialect.name)
    }
    if let key = fields["idempotency-key"] {
      guard (1...limits.requestKey).contains(key.utf8.count) else {
        let refusal = TestAPI.Refusal.badFormat("Idempotency-Key must have 1 to \(limits.requestKey) bytes")
        return .answered(dialect.refuse(refusal.status, refusal.message), dialect.name)
      }
      call.requestKey = key
    }
    return .admitted(call, dialect)
  }

  /// Refuses what cannot be read, in the shape of the dialect that it most likely was meant for.
  private func refused(_ status: Int, _ message: String, _ target: String) -> Admission {
    let path = target.prefix { $0 != "?" }
    let dialect = mounts.first { path.hasPrefix($0.base.map { "/" + $0 }.joined() + "/") }?.dialect
    var reply = dialect?.refuse(status, message) ?? Reply(TestAPI.Refusal(status, message))
    reply.closes = true
    return .answered(reply, dialect?.name)
  }

  private func mount(for path: [String]) -> (Mount, [String])? {
    for mount in mounts {
      if let rest = mount.rest(of: path) { return (mount, rest) }
    }
    return nil
  }

  /// Reads a body; `taken` is what it took of the room for large ones, which is to be given back.
  private func body(of request: Request, _ taken: inout Int) async throws(TestAPI.Refusal) -> [UInt8] {
    let tooLarge = TestAPI.Refusal(413, "Request Entity Too Large")
    let length = request.headers[.contentLength].flatMap(Int.init)
    if let length, length > limits.body { throw tooLarge }
    var bytes: [UInt8] = []
    do {
      for try await part in request.body {
        let size = bytes.count + part.readableBytes
        guard size <= limits.body else { throw tooLarge }
        if taken == 0, size > limits.smallBody {
          await room.take(length ?? limits.body)
          taken = length ?? limits.body
          bytes.reserveCapacity(length ?? size)
        }
        bytes += part.readableBytesView
      }
    } catch let refusal as TestAPI.Refusal {
      throw refusal
    } catch {
      throw .badRequest
    }
    return bytes
  }
}

extension FrontDoor {
  /// An answer broke off.
  private struct Broken: Error {}

  @concurrent private func write(
    _ reply: Reply, to request: Request, _ writer: consuming ResponseWriter
  ) async throws {
    var fields = HTTPFields()
    if let type = reply.type { fields[.contentType] = type }
    if let name = ReasonPhrase.field, let reason = reply.reason { fields[name] = ReasonPhrase.escape(reason) }
    for (name, value) in reply.fields { if let name = HTTPField.Name(name) { fields[name] = value } }
    if !reply.allowed.isEmpty { fields[.allow] = reply.allowed.joined(separator: ", ") }
    if reply.closes { fields[.connection] = "close" }
    fields[.date] = HTTPDate.now
    fields[.server] = "sortie"
    let status = HTTPResponse.Status(code: reply.status)
    switch reply.content {
    case .whole(let bytes):
      // RFC 9110: what a 204 or a 304 would hold has no length.
      if reply.status != 204, reply.status != 304 { fields[.contentLength] = "\(bytes.count)" }
      let head = HTTPResponse(status: status, headerFields: fields)
      if request.method == .head || bytes.isEmpty { return try await writer.writeResponse(head) }
      try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    case .pieces(let next):
      let head = HTTPResponse(status: status, headerFields: fields)
      if request.method == .head { return try await writer.writeResponse(head) }
      do {
        var body = try await writer.writeHead(head)
        while let piece = try await next() { try await body.write(ByteBuffer(bytes: piece)) }
        try await body.finish(nil)
      } catch is HTTPParserError {
        // Let out as it is, it would be answered a second time.
        throw Broken()
      }
    }
  }
}

extension Request {
  /// Whether a body follows the head.
  fileprivate var hasBody: Bool {
    headers.contains { field in
      field.name == .contentLength && field.value != "0" || field.name == .transferEncoding
    }
  }

  /// Whether the client waits to be told to send the body.
  fileprivate var awaitsContinue: Bool { headers[.expect]?.lowercased() == "100-continue" }
}

extension Reply {
  /// A refusal as the Test API shows it, for all paths that no dialect claims too.
  init(_ refusal: TestAPI.Refusal, allowed: [String] = []) {
    self = .page(refusal.status, refusal.message, html: refusal.page, allowed: allowed)
  }

  /// Why somebody may not write, in the shape of the dialect.
  init(_ denial: Gate.Denial, in dialect: any Dialect) {
    let (status, message) = denial.answer(in: dialect.name)
    self = dialect.refuse(status, message)
    if status == 401 { fields.append(("WWW-Authenticate", #"Basic realm="sortie", charset="UTF-8""#)) }
  }
}
