import Testing

/// A call of paddles and what must come back: JSON whatever the status, or a page for what is not there at all.
struct PaddlesStep: Sendable {
  var verb: String
  /// Without the base `/paddles`.
  var target: String
  var json: String?
  var status: Int
  /// The body, with `…` for anything; for a refusal the message alone. Nil: not looked at.
  var body: String?

  init(_ verb: String, _ target: String, sending json: String? = nil, _ status: Int, _ body: String? = nil) {
    self.verb = verb
    self.target = target
    self.json = json
    self.status = status
    self.body = body
  }

  func check(_ server: TestServer, _ location: SourceLocation = #_sourceLocation) async throws {
    let answer = try await server.call(verb, "/paddles" + target, json: json)
    let name = Comment(rawValue: "\(verb) \(target) \(json ?? ""): \(answer.statusLine) \(answer.text)")
    #expect(answer.statusLine.split(separator: " ").dropFirst().first == "\(status)", name, sourceLocation: location)
    #expect(answer.headers["access-control-allow-origin"] == "*", name, sourceLocation: location)
    guard let body, verb != "HEAD" else { return }
    if body.hasPrefix("<") {
      #expect(answer.headers["content-type"] == "text/html; charset=UTF-8", name, sourceLocation: location)
      #expect(Pattern(body).matches(answer.text), name, sourceLocation: location)
    } else {
      let expected = status == 200 ? body : #"{"message": "\#(body)"}"#
      #expect(Pattern(expected).matches(answer.text), name, sourceLocation: location)
      #expect(answer.headers["content-type"] == "application/json", name, sourceLocation: location)
    }
  }
}

/// Runs a table of paddles' calls against a fresh server.
func run(_ steps: [PaddlesStep], _ location: SourceLocation = #_sourceLocation) async throws {
  try await TestServer.run { server in
    for step in steps { try await step.check(server, location) }
  }
}
