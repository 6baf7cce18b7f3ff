import Model
import Store
import Testing

@testable import Collection

/// What may be written with a token that is limited to some projects, over the wire.
@Suite struct ProjectAccessTests {
  private typealias Attempt = (verb: String, path: String, body: String, isAllowed: Bool)

  private static let today: [Attempt] = [
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
    // A case with a result stays, for another reason.
    ("DELETE", "projects/mine/cases/c", "", true),
    ("POST", "pods", #"{"name": "q"}"#, false), ("DELETE", "pods/p", "", false),
    ("POST", "deployresults", #"{"pod_name": "p", "installer": "i", "scenario": "s"}"#, false),
    ("POST", "scenarios", #"{"name": "s"}"#, false), ("PUT", "scenarios/s", #"{"name": "t"}"#, false),
    ("DELETE", "scenarios/s", "", false), ("POST", "scenarios/s/installers", "[]", false),
  ]

  private static let legacy: [Attempt] = [
    ("POST", "test_projects", #"{"name": "mine"}"#, true), ("POST", "test_projects", #"{"name": "new"}"#, false),
    ("PUT", "test_projects/mine", #"{"description": "d"}"#, true),
    ("PUT", "test_projects/mine", #"{"name": "new"}"#, false),
    ("PUT", "test_projects/theirs", #"{"description": "d"}"#, false), ("DELETE", "test_projects/theirs", "", false),
    ("POST", "test_projects/mine/cases", #"{"name": "c"}"#, true),
    ("POST", "test_projects/theirs/cases", #"{"name": "d"}"#, false),
    ("PUT", "test_projects/mine/cases/c", #"{"url": "u"}"#, true),
    ("PUT", "test_projects/theirs/cases/c", #"{"url": "u"}"#, false),
    ("DELETE", "test_projects/theirs/cases/c", "", false),
    ("POST", "results", #"{"pod_name": "p", "project_name": "mine", "case_name": "c"}"#, true),
    ("POST", "results", #"{"pod_name": "p", "project_name": "theirs", "case_name": "c"}"#, false),
    ("POST", "results", #"{"pod_id": 1, "project_name": "theirs", "case_name": "c"}"#, false),
    // Nobody learns from a refusal which pods there are.
    ("POST", "results", #"{"pod_id": 7, "project_name": "theirs", "case_name": "c"}"#, false),
    ("DELETE", "test_projects/mine/cases/c", "", true), ("POST", "pods", #"{"name": "q"}"#, false),
  ]

  @Test(arguments: ["/api/v1/", "/test/api/v1/"])
  func writesStayWithinTheProjects(_ base: String) async throws {
    try await Self.check(Self.today, under: base) { server, token, theirs in
      let ids = try await server.store.all(ResultFilter()).results.map(\.id.rawValue)
      #expect(ids.count == 2)
      for id in ids {
        let answer = try await server.call(
          "PUT", base + "results/" + id, json: #"{"trust_indicator": 1}"#, headers: ["X-Auth-Token: \(token)"])
        #expect(answer.statusLine.contains(" 401 ") == (id == theirs), "\(answer.statusLine)")
      }
    }
  }

  @Test(arguments: ["/", "/testapi/"])
  func writesOnOldPathsStayWithinTheProjects(_ base: String) async throws {
    try await Self.check(Self.legacy, under: base) { server, _, _ in
      let results = try await server.store.all(ResultFilter()).results
      #expect(results.count == 2)
    }
  }

  /// Makes the attempts with a token for the project `mine`, beside `theirs`, which has a case and a result.
  private static func check(
    _ attempts: [Attempt], under base: String,
    _ then: @escaping @Sendable (TestServer, _ token: String, _ theirs: String) async throws -> Void
  ) async throws {
    var protection = Protection()
    protection.requiresToken = true
    try await TestServer.run(protection: protection) { server in
      let store = server.store
      let facts = Pod.Facts(name: "p", mode: .null, role: .null, details: .null)
      _ = try await store.addPod(facts, creator: "")
      _ = try await store.addProject(named: "theirs", description: .null, creator: "")
      _ = try await store.addCase("c", to: "theirs", attributes: [:])
      let report = CaseResult.Report(pod: "p", project: "theirs", testCase: "c")
      guard case .added(let theirs) = try await store.addResult(report, requestKey: nil) else {
        throw Fault(.notFound, "the result was not added")
      }
      let token = try await server.token(projects: ["mine"])
      for (verb, path, body, isAllowed) in attempts {
        let answer = try await server.call(
          verb, base + path, json: body.isEmpty ? nil : body, headers: ["X-Auth-Token: \(token)"])
        let refusal = "HTTP/1.1 401 You do not have permission to perform this action"
        #expect((answer.statusLine == refusal) == !isAllowed, "\(verb) \(path) \(body): \(answer.statusLine)")
        #expect(!answer.statusLine.contains("Invalid Token"))
      }
      try await then(server, token, theirs.rawValue)
      #expect(try await store.pods().map(\.facts.name) == ["p"])
      #expect(try await store.projects().map(\.name) == ["theirs", "mine"])
      #expect(try await store.cases(of: "theirs").map(\.name) == ["c"])
    }
  }
}
