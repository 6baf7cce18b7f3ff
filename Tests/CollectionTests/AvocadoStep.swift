import Testing

/// A call to the Avocado dialect and what must come back. Steps of a table run in order against one server.
struct AvocadoStep: Sendable {
  var verb: String
  /// Behind the base.
  var target: String
  var body: String?
  var type: String
  var headers: [String]
  var status: Int
  /// What the body must be; `…` stands for anything. Nil: not looked at.
  var answer: String?

  init(
    _ verb: String, _ target: String, sending body: String? = nil, type: String = "application/json",
    headers: [String] = [], _ status: Int, _ answer: String? = nil
  ) {
    self.verb = verb
    self.target = target
    self.body = body
    self.type = type
    self.headers = headers
    self.status = status
    self.answer = answer
  }

  @discardableResult
  func check(_ server: TestServer, _ location: SourceLocation = #_sourceLocation) async throws -> RawConnection.Answer {
    var lines = ["\(verb) /avocado\(target) HTTP/1.1", "Host: localhost:9405"] + headers
    if let body {
      if !type.isEmpty { lines.append("Content-Type: \(type)") }
      lines.append("Content-Length: \(body.utf8.count)")
    }
    let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)
    let answer = try await server.connect().exchange(bytes, hasBody: verb != "HEAD")
    let name = Comment(rawValue: "\(verb) \(target) \(body ?? ""): \(answer.statusLine) \(answer.text)")
    #expect(answer.statusLine.hasPrefix("HTTP/1.1 \(status) "), name, sourceLocation: location)
    if let expected = self.answer {
      #expect(Pattern(expected).matches(answer.text), name, sourceLocation: location)
    }
    #expect(answer.headers["access-control-allow-origin"] == "*", name, sourceLocation: location)
    if answer.headers["content-type"] == "application/json" {
      #expect(answer.headers["vary"] == "Cookie", name, sourceLocation: location)
      #expect(answer.headers["allow"] != nil, name, sourceLocation: location)
    } else {
      #expect(status == 204 || answer.headers["content-type"] == "text/html", name, sourceLocation: location)
    }
    return answer
  }
}

/// Runs a table against a fresh server.
func run(_ steps: [AvocadoStep], _ location: SourceLocation = #_sourceLocation) async throws {
  try await TestServer.run { server in
    for step in steps { try await step.check(server, location) }
  }
}

/// Adds a job of that id over the wire.
func avocadoJob(_ id: String, status: String = "PASS") -> AvocadoStep {
  AvocadoStep("POST", "/jobs/", sending: #"{"id":"\#(id)","status":"\#(status)"}"#, 201)
}
