import FoundationEssentials
import Model
import Synchronization

/// A Test API without idempotency, as the real one: what a scripted server answers when it behaves. A test may step in
/// before or after the real answer.
final class FakeTestAPI: Sendable {
  struct Content: Sendable {
    var pods: Set<String> = []
    var projects: Set<String> = []
    var cases: Set<String> = []
    var results: [JSONValue] = []
    /// Answers `GET /results` with everything, whatever was asked for.
    var ignoresFilters = false
  }

  private let content = Mutex(Content())

  var results: [JSONValue] { content.withLock { $0.results } }
  /// The attempts whose results are stored, in the order they came.
  var stored: [String] { results.compactMap { $0["details"]?["sortie_id"]?.string } }
  func change(_ change: (inout Content) -> Void) { content.withLock { change(&$0) } }

  func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Action {
    content.withLock { answer(request, &$0) }
  }

  private func answer(_ request: ScriptedServer.Request, _ content: inout Content) -> ScriptedServer.Action {
    let parts = request.target.split(separator: "?", maxSplits: 1)
    let path = parts[0].split(separator: "/").dropFirst(2).map(String.init)
    let body = try? JSONDecoder().decode(JSONValue.self, from: Data(request.body))
    let name = body?["name"]?.string ?? path.last ?? ""
    switch (request.method, path.count, path.first) {
    case ("POST", 1, "results"): return create(body, &content)
    case ("GET", 1, "results"):
      let wanted = parts.count > 1 ? parts[1].split(separator: "=").last.map(String.init) : nil
      let hits = content.results.filter { content.ignoresFilters || $0["details"]?["sortie_id"]?.string == wanted }
      let data = try? JSONEncoder().encode(["results": hits])
      return .answer("200 OK", body: data.map { String(decoding: $0, as: UTF8.self) } ?? "")
    case (let method, let count, "pods"): return one(method, count == 1, name, "pods", &content.pods)
    case (let method, let count, "projects") where count < 3:
      return one(method, count == 1, name, "projects", &content.projects)
    case (let method, let count, "projects"):
      guard content.projects.contains(path[1]) else { return missing("projects", path[1]) }
      return one(method, count == 3, path[1] + "/" + name, "testcases", &content.cases)
    default: return .answer("404 Not Found")
    }
  }

  private func one(_ method: String, _ isList: Bool, _ name: String, _ table: String, _ names: inout Set<String>)
    -> ScriptedServer.Action
  {
    if method == "GET" {
      return names.contains(name) ? .answer("200 OK", body: "{}") : missing(table, name, status: 404)
    }
    guard isList, names.insert(name).inserted else {
      return .answer("403 \(table) [{'name': u'\(name)'}] Already Exists")
    }
    return .answer("200 OK", body: "{\"href\": \"http://elsewhere/api/v1/\(table)/\(name)\"}")
  }

  private func missing(_ table: String, _ name: String, status: Int = 403) -> ScriptedServer.Action {
    .answer("\(status) Could Not Found \(table) [{'name': u'\(name)'}]", body: "<html></html>")
  }

  private func create(_ body: JSONValue?, _ content: inout Content) -> ScriptedServer.Action {
    guard let body, case .object(var members) = body, let pod = members["pod_name"]?.string,
      let project = members["project_name"]?.string, let name = members["case_name"]?.string
    else { return .answer("400 No Body") }
    guard content.pods.contains(pod) else { return missing("pods", pod) }
    guard content.projects.contains(project) else { return missing("projects", project) }
    guard content.cases.contains(project + "/" + name) else { return missing("testcases", name) }
    let id = "5f00000000000000000000" + (content.results.count < 10 ? "0" : "") + String(content.results.count)
    members["_id"] = .string(id)
    content.results.append(.object(members))
    return .answer("200 OK", body: "{\"href\": \"http://elsewhere/api/v1/results/\(id)\"}")
  }
}
