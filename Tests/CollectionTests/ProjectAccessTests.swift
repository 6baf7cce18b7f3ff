import Dialects
import Logging
import Model
import Store
import Testing

@testable import Collection

/// What a sender may write who is limited to some projects.
@Suite struct ProjectAccessTests {
  private static let steps: [(verb: String, path: String, body: String, isAllowed: Bool)] = [
    ("POST", "projects", #"{"name": "mine"}"#, true), ("POST", "projects", #"{"name": "new"}"#, false),
    ("PUT", "projects/mine", #"{"description": "d"}"#, true), ("PUT", "projects/mine", #"{"name": "new"}"#, false),
    ("PUT", "projects/theirs", #"{"description": "d"}"#, false), ("DELETE", "projects/theirs", "", false),
    ("POST", "projects/mine/cases", #"{"name": "c"}"#, true),
    ("POST", "projects/theirs/cases", #"{"name": "d"}"#, false),
    ("PUT", "projects/mine/cases/c", #"{"tier": "t"}"#, true),
    ("PUT", "projects/theirs/cases/c", #"{"tier": "t"}"#, false),
    ("DELETE", "projects/theirs/cases/c", "", false),
    ("POST", "results", #"{"pod_name": "p", "project_name": "mine", "case_name": "c"}"#, true),
    ("POST", "results", #"{"pod_name": "p", "project_name": "theirs", "case_name": "c"}"#, false),
    // The right to write is looked at before the criteria, after the names.
    ("POST", "results", #"{"pod_name": "p", "project_name": "theirs", "case_name": "c", "criteria": 5}"#, false),
    ("DELETE", "projects/mine/cases/c", "", true),
    ("POST", "pods", #"{"name": "q"}"#, false), ("DELETE", "pods/p", "", false),
    ("POST", "deployresults", #"{"pod_name": "p", "installer": "i", "scenario": "s"}"#, false),
    ("POST", "scenarios", #"{"name": "s"}"#, false), ("PUT", "scenarios/s", #"{"name": "t"}"#, false),
    ("DELETE", "scenarios/s", "", false), ("POST", "scenarios/s/installers", "[]", false),
  ]

  @Test func writesStayWithinTheProjects() async throws {
    try await TestServer.run { server in
      try await server.declare(pod: "p", project: "theirs", testCase: "c")
      let now = Timestamp(nanoseconds: 0)
      let dialect = TestAPIDialect(
        store: server.store, clock: { now }, secondsEast: { _ in 0 }, matcher: literalNameMatcher)
      let access = Access(dialects: [.testapi], projects: ["mine"])
      func send(_ verb: String, _ path: String, _ body: String) async -> Reply {
        await dialect.answer(
          Call(
            verb: verb, path: ["api", "v1"] + path.split(separator: "/").map(String.init),
            fields: ["content-type": "application/json"], root: "http://x", address: "http://x/" + path,
            access: access, body: Array(body.utf8)))
      }
      for step in Self.steps {
        let reply = await send(step.verb, step.path, step.body)
        let isRefused =
          reply.status == 401 && reply.reason == "You do not have permission to perform this action"
        // A case with a result stays, for another reason.
        #expect(isRefused == !step.isAllowed, "\(step.verb) \(step.path) \(step.body): \(reply.reason ?? "")")
      }
      let ids = try await server.store.all(ResultFilter()).results.map(\.id.rawValue)
      #expect(ids.count == 1)
      #expect(await send("PUT", "results/" + (ids.first ?? ""), #"{"trust_indicator": 1}"#).status == 200)
      #expect(try await server.store.pods().map(\.facts.name) == ["p"])
    }
  }
}
