import Dialects
import Foundation
import Testing

@testable import Collection

/// The documents say what is served, and no more.
@Suite struct TestAPIDocumentTests {
  @Test func everyPathIsServedWithItsVerbs() {
    for path in TestAPIDialect.document.paths {
      let route = Route(path.path.split(separator: "/").map(String.init))
      #expect(Set(path.operations.map(\.verb)) == Set(route?.verbs ?? []), "\(path.path)")
    }
    let ids = TestAPIDialect.document.paths.flatMap { $0.operations.map(\.id) }
    #expect(Set(ids).count == ids.count)
    #expect(ids.count == 43)
  }

  @Test func itIsJSONAndEveryReferenceLeadsSomewhere() throws {
    let text = OpenAPI.json(
      title: "t", version: "1", [("/base", TestAPIDialect.document), ("", OpenAPI.Document(name: "other"))])
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(document["openapi"] as? String == "3.0.3")
    let paths = try #require(document["paths"] as? [String: Any])
    #expect(paths["/base/api/v1/results"] != nil)
    let schemas = try #require((document["components"] as? [String: Any])?["schemas"] as? [String: Any])
    let references = text.matches(of: /"#\/components\/schemas\/([^"]*)"/).map { String($0.1) }
    #expect(references.count > 50)
    #expect(Set(references).subtracting(schemas.keys).isEmpty)
  }

  @Test func swaggerStandsWhereTheOriginalHasIt() async throws {
    try await TestServer.run { server in
      let resources = try object(try await server.call("GET", "/swagger/resources.json"))
      #expect(resources["swaggerVersion"] as? String == "1.2")
      #expect(resources["basePath"] as? String == "http://collector.test:8000")
      let declaration = try object(try await server.call("GET", "/swagger/APIs"))
      let apis = try #require(declaration["apis"] as? [[String: Any]])
      #expect(apis.compactMap { $0["path"] as? String } == TestAPIDialect.document.paths.map(\.path))
      let models = try #require(declaration["models"] as? [String: Any])
      #expect(models["NewResult"] != nil)
      let page = try await server.call("GET", "/swagger/spec.html")
      #expect(page.headers["content-type"] == "text/html; charset=UTF-8")
      #expect(page.text.contains("/api/v1/deployresults"))
    }
    try await run([
      Step("GET", "/swagger", "404 Not Found"), Step("GET", "/swagger/", "404 Not Found"),
      Step("GET", "/swagger/nope", "404 Not Found"), Step("POST", "/swagger/APIs", "405 Method Not Allowed"),
    ])
  }

  @Test func whoSignsInIsAnonymous() async throws {
    try await run([
      Step(
        "GET", "/api/v1/profile", "200 OK",
        #"{"fullname": "anonymous lf", "user": "anonymous", "groups": ["opnfv-testapi-users"], "#
          + #""email": "anonymous@linuxfoundation.com"}"#),
      Step("POST", "/api/v1/profile", sending: "{}", "405 Method Not Allowed"),
      Step("POST", "/api/v1/auth/signin", "405 Method Not Allowed"), Step("GET", "/api/v1/auth/x", "404 Not Found"),
      Step("GET", "/api/v1/auth", "404 Not Found"), Step("GET", "/api/v1/auth/signin/", "404 Not Found"),
    ])
    try await TestServer.run { server in
      for name in ["signin", "signin_return?ticket=x", "signout"] {
        let answer = try await server.call("GET", "/api/v1/auth/" + name)
        #expect(answer.statusLine == "HTTP/1.1 302 Found")
        #expect(answer.headers["location"] == "http://collector.test:8000/")
        #expect((answer.headers["set-cookie"] != nil) == (name == "signout"))
      }
    }
  }
}
