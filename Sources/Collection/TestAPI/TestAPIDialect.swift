import Dialects
import Model
import Store

/// The OPNFV Test API at `/api/v1` and `/versions`.
struct TestAPIDialect: Dialect {
  let store: ResultStore
  let clock: @Sendable () -> Timestamp
  let secondsEast: @Sendable (Timestamp) -> Int
  let matcher: NameMatcher

  var name: DialectName { .testapi }

  func refuse(_ status: Int, _ message: String) -> Reply { Reply(TestAPI.Refusal(status, message)) }

  func claims(_ path: [String]) -> Bool { path.first == "versions" || path.first == "api" }

  func answer(_ call: Call) async -> Reply {
    guard let route = Route(call.path) else { return Reply(.noSuchPath) }
    guard route.verbs.contains(call.verb) else { return Reply(.wrongVerb, allowed: route.verbs) }
    do {
      return try await perform(call, on: route)
    } catch let refusal as TestAPI.Refusal {
      return Reply(refusal)
    } catch {
      return Reply(TestAPI.Refusal(503, "Store Failure: \(error)"))
    }
  }

  private func perform(_ call: Call, on route: Route) async throws -> Reply {
    switch (route, call.verb) {
    case (.versions, _): .json(TestAPI.versions)
    case (.pods, "POST"): try await addPod(call)
    case (.pods, _): try await listPods(call)
    case (.pod(let name), "DELETE"): try await removePod(name)
    case (.pod(let name), _): try await showPod(name)
    case (.projects, "POST"): try await addProject(call)
    case (.projects, _): try await listProjects(call)
    case (.project(let name), "PUT"): try await changeProject(name, call)
    case (.project(let name), "DELETE"): try await removeProject(name)
    case (.project(let name), _): try await showProject(name)
    case (.cases(let project), "POST"): try await addCase(to: project, call)
    case (.cases(let project), _): try await listCases(of: project)
    case (.testCase(let name, let project), "PUT"): try await changeCase(name, of: project, call)
    case (.testCase(let name, let project), "DELETE"): try await removeCase(name, of: project)
    case (.testCase(let name, let project), _): try await showCase(name, of: project)
    case (.results, "POST"): try await addResult(call)
    case (.results, _): try await listResults(call)
    case (.result(let id), _): try await showResult(id)
    }
  }
}

extension TestAPIDialect {
  /// The answer to a POST: where the new thing is.
  func created(_ call: Call, _ name: String) -> Reply {
    .json(TestAPI.created(at: call.address + "/" + URLText.encode(name)))
  }

  /// The answer to a DELETE.
  func removed(_ removal: Removal, _ subject: TestAPI.Subject) throws(TestAPI.Refusal) -> Reply {
    switch removal {
    case .removed: return .empty
    case .absent: throw subject.absent
    case .tied: throw .associated
    }
  }

  /// What `name=` asks for; without it, everything.
  func nameFilter(_ call: Call) throws(TestAPI.Refusal) -> @Sendable (String) -> Bool {
    guard let pattern = call.parameter("name") else { return { _ in true } }
    do { return try matcher(pattern) } catch { throw .badFormat("name: \(error.message)") }
  }
}
