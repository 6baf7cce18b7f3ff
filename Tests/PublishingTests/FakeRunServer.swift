import Dialects
import FoundationEssentials
import Model
import Synchronization

/// A paddles and an Avocado server as the originals are, in one: no idempotency, doubles refused with the originals'
/// answers, pages of two, numbers for tests that only lists tell.
final class FakeRunServer: Sendable {
  struct Content: Sendable {
    var runs: Set<String> = []
    /// By run and id.
    var jobs: [String: [String: JSONValue]] = [:]
    /// By id.
    var avocado: [String: [String: JSONValue]] = [:]
    /// Objects of each list, in order.
    var lists: [String: [JSONValue]] = [:]
    /// Each write that changed something.
    var writes: [String] = []
  }

  private let state = Mutex(Content())
  var content: Content { state.withLock { $0 } }
  func change(_ change: (inout Content) -> Void) { state.withLock { change(&$0) } }

  func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Action {
    state.withLock { content in
      let halves = request.target.split(separator: "?", maxSplits: 1).map(String.init)
      guard halves[0].hasSuffix("/") else { return .answer("301 Moved", headers: ["Location: http://x\(halves[0])/"]) }
      let path = halves[0].split(separator: "/").map(String.init)
      let body = (try? JSONDecoder().decode(JSONValue.self, from: Data(request.body)))?.object ?? [:]
      let page = halves.count > 1 ? halves[1].split(separator: "=").last.map(String.init) : nil
      switch path.first {
      case "paddles": return paddles(request.method, Array(path.dropFirst()), body, &content)
      case "avocado": return avocado(request.method, Array(path.dropFirst()), body, page, &content)
      default: return .answer("404 Not Found", body: "<h1>Not Found</h1>")
      }
    }
  }

  private func json(_ value: JSONValue, _ line: String = "200 OK") -> ScriptedServer.Action {
    .answer(line, body: String(decoding: SortedJSON.bytes(of: value), as: UTF8.self))
  }

  private func paddles(
    _ method: String, _ path: [String], _ body: [String: JSONValue], _ content: inout Content
  ) -> ScriptedServer.Action {
    switch (method, path.count) {
    case ("POST", 1):
      let name = body["name"]?.string ?? ""
      guard content.runs.insert(name).inserted else {
        return json(["message": .string("run with name \(name) already exists")], "400 Bad Request")
      }
      content.writes.append("run")
      return json([:])
    case ("GET", 2):
      return content.runs.contains(path[1])
        ? json(["name": .string(path[1])]) : .answer("404 Not Found", body: "<html>")
    case ("POST", 3):
      let id = body["job_id"]?.string ?? ""
      guard content.jobs[path[1] + " " + id] == nil else {
        return json(["message": .string("job with job_id \(id) already exists")], "400 Bad Request")
      }
      content.jobs[path[1] + " " + id] = body
      content.writes.append("job \(id) \(body["status"]?.string ?? "-")")
      return json(["job_id": .string(id)])
    case ("GET", 4):
      return content.jobs[path[1] + " " + path[3]].map { json(.object($0)) } ?? .answer("404 Not Found", body: "<html>")
    case ("PUT", 4):
      let key = path[1] + " " + path[3]
      guard let job = content.jobs[key] else {
        return json(["message": "attempted to update a non-existent job"], "404 Not Found")
      }
      var merged = job.merging(body) { $1 }
      if ["pass", "fail"].contains(job["status"]?.string) { merged["status"] = job["status"] }
      if merged["status"] != job["status"] {
        content.writes.append("job \(path[3]) \(body["status"]?.string ?? "-")")
      }
      content.jobs[key] = merged
      return json([:])
    default: return .answer("500 Internal Server Error", body: "<html>")
    }
  }

  private func avocado(
    _ method: String, _ path: [String], _ body: [String: JSONValue], _ page: String?, _ content: inout Content
  ) -> ScriptedServer.Action {
    let list = path.joined(separator: "/")
    switch (method, path.count) {
    case ("POST", 1):
      let id = body["id"]?.string ?? ""
      guard content.avocado[id] == nil else {
        return json(["id": ["This field must be unique."]], "400 Bad Request")
      }
      content.avocado[id] = body
      content.writes.append("job")
      return json(.object(body), "201 Created")
    case ("GET", 2):
      return content.avocado[path[1]].map { json(.object($0)) } ?? json(["detail": "Not found"], "404 Not Found")
    case ("PATCH", 2):
      guard let job = content.avocado[path[1]] else { return json(["detail": "Not found"], "404 Not Found") }
      content.avocado[path[1]] = job.merging(body) { $1 }
      return json(.object(job))
    case ("POST", _):
      guard content.avocado[path[1]] != nil else { return json(["detail": "Not found"], "404 Not Found") }
      var object = body
      var known = content.lists[list] ?? []
      var key = ["activity", "time", "status"]
      switch path.last {
      case "tests":
        let count = content.lists.filter { $0.key.hasSuffix("/tests") }.map(\.value.count).reduce(0, +)
        object["id"] = .integer(Int64(count + 1))
        object["job"] = .string(path[1])
        key = ["tag"]
      case "data":
        object["test"] = Int64(path[3]).map(JSONValue.integer)
        object["value"] = "YmFzZTY0"
        key = ["category", "key"]
      default:
        if path.count == 3 {
          object["job"] = .string(path[1])
        } else {
          object["test"] = Int64(path[3]).map(JSONValue.integer)
          // Doubles without a status are taken.
          if body["status"] == .null { key.append("never") }
        }
      }
      let isDouble = known.contains { one in key.allSatisfy { one[$0] == object[$0] } } && !key.contains("never")
      if isDouble { return .answer("500 Internal Server Error", body: "<h1>Server Error (500)</h1>") }
      known.append(.object(object))
      content.lists[list] = known
      content.writes.append(list)
      return json(["status": "added"])
    case ("GET", _): return self.page(content.lists[list] ?? [], page)
    default: return json(["detail": "Method not allowed."], "405 Method Not Allowed")
    }
  }

  private func page(_ all: [JSONValue], _ page: String?) -> ScriptedServer.Action {
    let pages = max(1, (all.count + 1) / 2)
    let number = page == "last" ? pages : Int(page ?? "1") ?? 1
    let results = Array(all.dropFirst((number - 1) * 2).prefix(2))
    let previous: JSONValue =
      number > 1 ? .string("http://elsewhere/x/" + (number > 2 ? "?page=\(number - 1)" : "")) : .null
    return json(["count": .integer(Int64(all.count)), "next": .null, "previous": previous, "results": .array(results)])
  }

  /// What stands there of one run.
  var truth: RunScript.Truth {
    let content = content
    var truth = RunScript.Truth()
    for (key, job) in content.jobs { truth.jobs[String(key.split(separator: " ")[1])] = job["status"]?.string }
    truth.job = content.avocado.values.first?["status"]?.string
    for (path, list) in content.lists {
      if path.hasSuffix("/tests") {
        for one in list { truth.tests[one["tag"]?.string ?? ""] = one["status"]?.string }
      }
    }
    for (path, list) in content.lists where path.contains("/tests/") && path.hasSuffix("/activities") {
      let number = path.split(separator: "/").dropLast().last.flatMap { Int64($0) }
      let test = content.lists.first { $0.key.hasSuffix("/tests") }?.value.first { $0["id"] == .integer(number ?? 0) }
      truth.attempts[test?["tag"]?.string ?? ""] = list.count
    }
    return truth
  }
}
