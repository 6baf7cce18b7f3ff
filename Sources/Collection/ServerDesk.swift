import Dialects
import Model
import Store

/// What the server says about itself, on every listener: `/healthz`, `/readyz`, `/metrics`, `/openapi.json`, and
/// at the root of the main one what is served.
struct ServerDesk: Sendable {
  let store: ResultStore
  let figures: ServerFigures
  let limits: Limits
  /// What the index lists; nil on a listener whose root belongs to a dialect.
  let index: [Mount]?
  /// What is served on the listener, in OpenAPI's words.
  let document: [UInt8]

  init(store: ResultStore, figures: ServerFigures, limits: Limits, mounts: [Mount], isMain: Bool) {
    self.store = store
    self.figures = figures
    self.limits = limits
    // A dialect may stand under several bases; it is listed and described once, by the shortest.
    var seen = Set<DialectName>()
    let parts = Array(mounts.reversed().filter { seen.insert($0.dialect.name).inserted }.reversed())
    index = isMain ? parts : nil
    document = Array(
      OpenAPI.json(
        title: "Sortie", version: sortieVersion,
        parts.map { (base: $0.base.map { "/" + $0 }.joined(), document: $0.dialect.document) }
      ).utf8)
  }

  /// Answers what is the server's own; nil for everything else.
  func answer(_ call: Call) async -> Reply? {
    // `/ui/` is kept for pages.
    if index != nil, call.path.first == "ui" { return Reply(.noSuchPath) }
    guard call.path.count == 1, let page = Page(rawValue: call.path[0]), page != .index || index != nil else {
      return nil
    }
    guard call.verb == "GET" || call.verb == "HEAD" else { return Reply(.wrongVerb, allowed: ["GET", "HEAD"]) }
    switch page {
    case .index: return showIndex(call)
    case .health: return .json(Array(#"{"status": "ok"}"#.utf8))
    case .readiness: return await readiness()
    case .document: return .json(document)
    case .metrics:
      return Reply(
        status: 200, type: "text/plain; version=0.0.4; charset=utf-8",
        content: .whole(Array(await figures.text(of: store).utf8)))
    }
  }

  /// The pages by their paths.
  private enum Page: String {
    case index = ""
    case health = "healthz"
    case readiness = "readyz"
    case document = "openapi.json"
    case metrics
  }

  private func readiness() async -> Reply {
    guard let fault = await store.obstacle(within: limits.probe) else {
      return .json(Array(#"{"status": "ready"}"#.utf8))
    }
    var writer = JSONWriter()
    writer.append(json: #"{"status": "unavailable""#)
    writer.append(key: "reason")
    writer.append(string: fault.message)
    writer.append(json: "}")
    return Reply(status: 503, type: "application/json", content: .whole(writer.bytes))
  }

  private func showIndex(_ call: Call) -> Reply {
    let dialects = (index ?? []).map { (name: $0.dialect.name.rawValue, url: call.root + $0.entrance) }
    let pages = ["healthz", "readyz", "metrics", "openapi.json"].map { (name: $0, url: call.root + "/" + $0) }
    var reply =
      call.fields["accept"]?.contains("text/html") == true ? page(dialects + pages) : index(dialects, pages)
    reply.fields = [("Vary", "Accept")]
    return reply
  }

  private func index(_ dialects: [(name: String, url: String)], _ pages: [(name: String, url: String)]) -> Reply {
    var writer = JSONWriter()
    writer.append(json: "{")
    writer.append(key: "dialects", first: true)
    writer.append(json: "[")
    for (index, dialect) in dialects.enumerated() {
      writer.append(json: index == 0 ? "{" : ", {")
      writer.append(key: "name", first: true)
      writer.append(string: dialect.name)
      writer.append(key: "url")
      writer.append(string: dialect.url)
      writer.append(json: "}")
    }
    writer.append(json: "]")
    for page in pages {
      writer.append(json: ", \"\(page.name)\": ")
      writer.append(string: page.url)
    }
    writer.append(json: "}")
    return .json(writer.bytes)
  }

  private func page(_ links: [(name: String, url: String)]) -> Reply {
    let items = links.map { #"<li>\#($0.name): <a href="\#(escape($0.url))">\#(escape($0.url))</a></li>"# }
    let html =
      "<!DOCTYPE html><html lang=\"en\"><title>Sortie</title><h1>Sortie</h1><ul>\(items.joined())</ul></html>\n"
    return Reply(status: 200, type: "text/html; charset=UTF-8", content: .whole(Array(html.utf8)))
  }

  /// Text in HTML; the host stands in it as the client named it.
  private func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
  }
}
