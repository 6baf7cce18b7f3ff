import Testing

/// A call and what must come back. Steps of a table run in order against one server.
struct Step: Sendable {
  var verb: String
  var target: String
  var json: String?
  /// The raw status line without `HTTP/1.1 `.
  var status: String
  /// What the body must be; `…` stands for anything, as ids are. Nil: the error page of the status line, or not looked
  /// at if it is a 200.
  var body: String?

  init(_ verb: String, _ target: String, sending json: String? = nil, _ status: String, _ body: String? = nil) {
    self.verb = verb
    self.target = target
    self.json = json
    self.status = status
    self.body = body
  }

  func check(_ server: TestServer, _ location: SourceLocation = #_sourceLocation) async throws {
    let answer = try await server.call(verb, target, json: json)
    let name = Comment(rawValue: "\(verb) \(target) \(json ?? "")")
    #expect(answer.statusLine == "HTTP/1.1 " + status, name, sourceLocation: location)
    if status.hasPrefix("200") {
      let expected = body ?? answer.text
      #expect(Pattern(expected).matches(answer.text), "\(name): \(answer.text)", sourceLocation: location)
      let type = answer.body.isEmpty ? nil : "application/json"
      #expect(answer.headers["content-type"] == type, name, sourceLocation: location)
    } else if verb != "HEAD" {
      let message = "\(status.prefix(3)): \(status.dropFirst(4))"
      let page = body ?? "<html><title>\(message)</title><body>\(message)</body></html>"
      #expect(answer.text == page, name, sourceLocation: location)
      #expect(answer.headers["content-type"] == "text/html; charset=UTF-8", name, sourceLocation: location)
    }
  }
}

/// Runs a table against a fresh server.
func run(_ steps: [Step], _ location: SourceLocation = #_sourceLocation) async throws {
  try await TestServer.run { server in
    for step in steps { try await step.check(server, location) }
  }
}
