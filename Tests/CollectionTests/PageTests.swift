import Foundation
import Testing

/// The pages of the dialects name every call that the served description has.
@Suite struct PageTests {
  /// The verbs of each path in a page's table; `…/b` stands for the path before it with another end.
  private func calls(in page: String) throws -> [String: String] {
    let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    var calls: [String: String] = [:]
    for line in try String(contentsOfFile: folder + "/docs/" + page, encoding: .utf8).split(separator: "\n") {
      let cells = line.replacing("\\|", with: "").split(separator: "|").map(String.init)
      guard cells.count == 2, cells[0].hasPrefix(" `/") else { continue }
      var parent = ""
      for match in cells[0].matches(of: /`([^`]*)`/) {
        let path = String(match.1).replacing("…", with: parent)
        parent = path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        calls[path] = cells[1]
      }
    }
    return calls
  }

  private func served() async throws -> [String: [String]] {
    try await TestServer.run { server in
      let answer = try await server.call("GET", "/openapi.json")
      let document = try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any]
      let paths = try #require(document?["paths"] as? [String: [String: Any]])
      return paths.mapValues { $0.keys.filter { $0 != "parameters" }.map { $0.uppercased() } }
    }
  }

  @Test func theTestAPIsPageIsWhole() async throws {
    let calls = try calls(in: "collection-testapi.md")
    let served = try await served().filter { $0.key.hasPrefix("/api/v1/") || $0.key == "/versions" }
    #expect(served.count > 15)
    for (path, verbs) in served {
      for verb in verbs { #expect(calls[path]?.contains(verb) == true, "\(verb) \(path)") }
    }
  }

  @Test func thePageOfPaddlesIsWhole() async throws {
    let calls = try calls(in: "collection-paddles.md")
    let fields = /^\/runs\/(branch|date|sha1|status|suite|user|flavors|machine_type)\//
    let served = try await served().filter { $0.key.hasPrefix("/paddles/") }
    #expect(served.count > 30)
    for (path, verbs) in served {
      let path = String(path.dropFirst("/paddles".count)).replacing("{job_id}", with: "{id}")
      // Runs by any of the fields have one row.
      let row =
        path.firstMatch(of: fields) == nil ? path : path.hasSuffix("}/") ? "/runs/{field}/{value}/" : "/runs/{field}/"
      for verb in verbs { #expect(calls[row]?.contains(verb) == true, "\(verb) \(path)") }
    }
  }
}
