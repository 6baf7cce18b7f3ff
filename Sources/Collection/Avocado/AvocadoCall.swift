import Dialects
import Model
import Store

/// A call with the verb that is meant and the fields of its body.
struct AvocadoCall: Sendable {
  /// The most fields of a form.
  private static let fieldLimit = 256

  /// As it came.
  let sent: Call
  /// The verb: that of the request, unless a POST says that it means another, in a header field or a form's `_method`.
  let verb: String
  /// The body's fields; of a request that writes nothing none.
  let body: Avocado.Body

  var isWrite: Bool { !["GET", "HEAD", "OPTIONS"].contains(verb) }

  /// - Throws: 400 or 415 for a body that cannot be read.
  init(_ call: Call) throws {
    sent = call
    guard !["GET", "HEAD", "OPTIONS"].contains(call.verb) else {
      verb = call.verb
      body = Avocado.Body(form: [])
      return
    }
    let override = call.verb == "POST" ? call.fields["x-http-method-override"] : nil
    let (body, isForm) = try Self.body(of: call)
    let formVerb = isForm ? body.members["_method"]?.string : nil
    verb = String((override ?? formVerb ?? call.verb).uppercased().prefix(32))
    self.body = body
  }

  private static func body(of call: Call) throws -> (Avocado.Body, isForm: Bool) {
    guard !call.body.isEmpty, call.verb != "DELETE" else { return (Avocado.Body(form: []), false) }
    let type = call.type ?? ""
    switch Avocado.MediaType(type).kind {
    case .json?: return (try Avocado.Body(json: call.body), false)
    case .urlEncoded? where call.verb == "POST":
      let text = String(validating: call.body, as: UTF8.self)
      guard let text, let fields = URLText.query(text[...], limit: fieldLimit) else {
        throw Avocado.Refusal(400, "Malformed form.")
      }
      return (Avocado.Body(form: fields), true)
    case .multipart(let boundary)? where call.verb == "POST":
      return (Avocado.Body(form: try Avocado.Multipart.fields(call.body, boundary: boundary)), true)
    default: throw Avocado.Refusal.unsupported(type: type)
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
