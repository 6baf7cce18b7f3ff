import Foundation
import Testing

@testable import Collection

@Suite struct PaddlesDocumentTests {
  /// Whatever is described is there: no path of the document ends at the page for unknown ones.
  @Test func everyPathIsServed() async throws {
    try await TestServer.run { server in
      try await PaddlesStep("POST", "/runs/r/jobs/", sending: #"{"job_id": "1"}"#, 200).check(server)
      try await PaddlesStep("POST", "/nodes/", sending: #"{"name": "n"}"#, 200).check(server)
      try await PaddlesStep("POST", "/queue/", sending: #"{"queue": "q"}"#, 200).check(server)
      for path in PaddlesDialect.document.paths where path.operations.contains(where: { $0.verb == "GET" }) {
        let target = path.path.replacing("/nodes/{name}", with: "/nodes/n").replacing("{name}", with: "r")
          .replacing("{job_id}", with: "1").replacing("{value}", with: "today").replacing("{from}", with: "today")
          .replacing("{to}", with: "today")
          .replacing("/queue/stats/", with: "/queue/stats/?queue=q").replacing("pop_queue/", with: "pop_queue/?queue=q")
        let answer = try await server.call("GET", "/paddles" + target)
        #expect(answer.statusLine == "HTTP/1.1 200 OK", "\(target): \(answer.text)")
      }
    }
  }

  @Test func itIsJSONAndNamesNothingThatIsNotThere() throws {
    let text = OpenAPI.json(title: "t", version: "1", [("/paddles", PaddlesDialect.document)])
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let schemas = (json?["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
    let names = text.split(separator: "#/components/schemas/").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(!names.isEmpty)
    #expect(names.allSatisfy { schemas[String($0)] != nil })
  }
}
