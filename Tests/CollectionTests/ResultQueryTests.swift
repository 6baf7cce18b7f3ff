import Foundation
import Testing

@Suite struct ResultQueryTests {
  private static let path = "/api/v1/results"

  /// Answers the build tags of what a query finds, the pagination, or the status line of a refusal.
  private static func ask(_ server: TestServer, _ query: String) async throws -> String {
    let answer = try await server.call("GET", path + query)
    guard answer.statusLine == "HTTP/1.1 200 OK" else { return String(answer.statusLine.dropFirst(9)) }
    let list = try object(answer)
    let tags = (list["results"] as? [[String: Any]] ?? []).compactMap { $0["build_tag"] as? String }
    let pages = (list["pagination"] as? [String: Int]).map { " \($0["current_page"] ?? -1)/\($0["total_pages"] ?? -1)" }
    return tags.joined(separator: ",") + (pages ?? "")
  }

  @Test func filters() async throws {
    // The server's clock stands at 2026-11-21 01:36:34.123456 local time.
    let rows: [(tag: String, more: String)] = [
      ("0", #""start_date": "2026-11-20 10:00:00", "criteria": "PASS", "installer": "apex""#),
      ("1", #""start_date": "2026-11-11 01:36:34", "criteria": "pass", "installer": "12""#),
      ("2", #""start_date": "2026-11-11 01:36:35", "criteria": "FAIL", "details": {"x": {"y": "z"}, "n": 5}"#),
      ("3", #""start_date": null, "details": {"x": ["a", "b"]}"#),
      ("4", #""start_date": "None", "scenario": "os-nosdn""#),
      ("5", #""start_date": "", "version": "a b+c""#),
      ("6", #""start_date": "2027-01-01 00:00:00", "version": "master""#),
    ]
    let expected: [(query: String, tags: String)] = [
      ("", "6,5,4,3,2,1,0 1/1"), ("?descend=false", "0,1,2,3,4,5,6 1/1"), ("?page=0", "0,1,2,3,4,5,6"),
      ("?page=-1", "0,1,2,3,4,5,6"), ("?page=0&last=2", "5,6"), ("?last=2", "6,5 1/1"),
      ("?last=2&descend=false", "5,6 1/1"), ("?last=0", "6,5,4,3,2,1,0 1/1"), ("?last=-3", "6,5,4,3,2,1,0 1/1"),
      ("?project=functest&case=vping&pod=pod1", "6,5,4,3,2,1,0 1/1"), ("?project=nope", " 1/0"),
      ("?case_name=vping&pod_name=pod1&build_tag=3", "3 1/1"), ("?installer=12", "1 1/1"), ("?installer=12.0", " 1/0"),
      ("?criteria=PASS", "1,0 1/1"), ("?scenario=os-nosdn", "4 1/1"), ("?scenario=OS-NOSDN", " 1/0"),
      ("?version=a+b%2Bc", "5 1/1"), ("?version=master&version=a+b%2Bc", "5 1/1"), ("?unknown=1", " 1/0"),
      ("?details.x.y=z", "2 1/1"), ("?details.x=b", "3 1/1"), ("?details.n=5", " 1/0"), ("?details.nope=5", " 1/0"),
      ("?period=10", "2,0 1/1"), ("?period=1", "0 1/1"), ("?period=0", "6,5,4,3,2,1,0 1/1"),
      ("?period=-5", "6,5,4,3,2,1,0 1/1"), ("?period=99999999999999999999999", "2,1,0 1/1"),
      ("?from=2026-11-11", "2,1,0 1/1"), ("?from=2026-11-11+01:36:35", "2,0 1/1"),
      ("?from=2026-11-11&to=2028", "6,2,1,0 1/1"), ("?to=2026-11-20", "5,2,1 1/1"),
      ("?from=2026-11-20&period=365", "0 1/1"), ("?page=1", "6,5,4,3,2,1,0 1/1"), ("?page=7&project=nope", " 7/0"),
      ("?page=2", "400 Request page > total_pages [1]"), ("?page=x", "400 page must be int"),
      ("?page=", "400 page must be int"), ("?last=1.5", "400 last must be int"),
      ("?period=ten", "400 period must be int"),
      ("?build_id=x", "400 build_id must be int"), ("?build_id=5", " 1/0"), ("?case=%FF", "400 Bad Request"),
      ("?case=%00", "400 Bad Request"), ("?" + String(repeating: "a=1&", count: 65), "400 Bad Request"),
      ("?case=" + String(repeating: "x", count: 9000), "414 URI Too Long"), ("?details.x%22%27=1", " 1/0"),
    ]
    try await TestServer.run { server in
      try await server.declare()
      for row in rows {
        let body = resultBody(#""build_tag": "\#(row.tag)", \#(row.more)"#)
        #expect(try await server.call("POST", Self.path, json: body).statusLine == "HTTP/1.1 200 OK")
      }
      for (query, tags) in expected { #expect(try await Self.ask(server, query) == tags, "\(query.prefix(60))") }
    }
  }

  @Test func pages() async throws {
    try await TestServer.run { server in
      try await server.declare()
      let connection = try server.connect()
      for number in 0..<45 {
        let body = resultBody(#""build_tag": "\#(number)""#)
        _ = try await connection.exchange(TestServer.request("POST", Self.path, json: body))
      }
      func range(_ tags: any Sequence<Int>) -> String { tags.map { "\($0)" }.joined(separator: ",") }
      let expected: [(query: String, tags: String)] = [
        ("", range((25...44).reversed()) + " 1/3"), ("?page=3", range((0...4).reversed()) + " 3/3"),
        ("?page=3&descend=false", range(40...44) + " 3/3"), ("?page=4", "400 Request page > total_pages [3]"),
        ("?last=21&page=2", "24 2/2"), ("?last=40", range((25...44).reversed()) + " 1/2"),
        ("?page=0", range(0...44)), ("?page=0&last=3", "42,43,44"),
      ]
      for (query, tags) in expected { #expect(try await Self.ask(server, query) == tags, "\(query)") }
    }
  }
}
