import Dialects
import Model
import Store

/// A call with the verb that is meant and the fields of its body.
struct AvocadoCall: Sendable {
  /// The most fields of a form.
  private static let fieldLimit = 256

  /// As it came.
  private(set) var sent: Call
  /// The verb: that of the request, unless a POST says that it means another, in a form's `_method` or a header field.
  let verb: String
  /// The body's fields; of a request that writes nothing none.
  let body: Avocado.Body

  var isWrite: Bool { Gate.isWrite(verb) }

  /// Reads a call. The body comes last but for a form, which may name the verb.
  /// - Throws: 405 if the URL does not know the verb, 400 or 415 for a body that cannot be read.
  init(_ call: Call, on route: AvocadoRoute) throws {
    sent = call
    let isPost = call.verb == "POST"
    let form = isPost ? try Self.form(of: call) : nil
    let override = form?.members["_method"]?.string ?? (isPost ? call.fields["x-http-method-override"] : nil)
    verb = String((override ?? call.verb).uppercased().prefix(32))
    guard route.verbs.contains(verb) else { throw Avocado.Refusal.wrongVerb(verb) }
    let isRead = Gate.isWrite(verb) && verb != "DELETE"
    body = try isRead ? form ?? Self.json(of: call) : Avocado.Body()
  }

  /// A call to the same path that only looks at what is there.
  init(lookingWhere call: Call) {
    sent = call
    sent.query = []
    verb = "GET"
    body = Avocado.Body()
  }

  private static func json(of call: Call) throws -> Avocado.Body {
    guard !call.body.isEmpty else { return Avocado.Body() }
    let type = call.type ?? ""
    guard case .json? = Avocado.MediaType(type).kind else { throw Avocado.Refusal.unsupported(type: type) }
    return try Avocado.Body(json: call.body)
  }

  /// The fields of a form; nil if the body is none.
  private static func form(of call: Call) throws -> Avocado.Body? {
    guard !call.body.isEmpty else { return nil }
    switch Avocado.MediaType(call.type ?? "").kind {
    case .urlEncoded?:
      let text = String(validating: call.body, as: UTF8.self)
      guard let text, let fields = URLText.query(text[...], limit: fieldLimit) else {
        throw Avocado.Refusal(400, "Malformed form.")
      }
      return Avocado.Body(form: fields)
    case .multipart(let boundary)?:
      return Avocado.Body(form: try Avocado.Multipart.fields(call.body, boundary: boundary))
    case .json?, nil: return nil
    }
  }

  /// How the request can be known again; nil: it does not say.
  var request: AvocadoRequest? {
    guard let key = sent.requestKey else { return nil }
    var hash = SHA256()
    hash.update("\(verb) \(sent.path.joined(separator: "/"))\n\(sent.type ?? "")\n".utf8)
    hash.update(sent.body)
    return AvocadoRequest(key: key, digest: hexadecimal(hash.finish()))
  }

  /// Which rows of a list are asked for.
  var window: AvocadoWindow {
    let asked = sent.parameter("page")
    return { total in
      let page = try Avocado.Page(asked, of: total)
      return (page.offset, Avocado.pageSize)
    }
  }

  /// The page that is asked for, and the URLs of its neighbours: `page` first, then every other parameter as it was sent.
  func page(of total: Int) throws -> (page: Avocado.Page, next: String?, previous: String?) {
    let page = try Avocado.Page(sent.parameter("page"), of: total)
    func link(_ number: Int) -> String {
      let others = sent.query.filter { $0.name != "page" }.map {
        "&\(URLText.encode($0.name))=\(URLText.encode($0.value))"
      }
      return "\(sent.address)?page=\(number)\(others.joined())"
    }
    return (page, page.next.map(link), page.previous.map(link))
  }
}
