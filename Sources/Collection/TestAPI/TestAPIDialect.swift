import Dialects
import Model
import Store

/// The OPNFV Test API: the last generation at `/api/v1`, `/versions` and `/swagger`, and the paths of those before it.
struct TestAPIDialect: Dialect {
  let store: ResultStore
  let clock: @Sendable () -> Timestamp
  let secondsEast: @Sendable (Timestamp) -> Int
  let matcher: NameMatcher

  var name: DialectName { .testapi }

  var document: OpenAPI.Document { Self.document }

  func refuse(_ status: Int, _ message: String) -> Reply { Reply(TestAPI.Refusal(status, message)) }

  func claims(_ path: [String]) -> Bool {
    ["versions", "api", "swagger"].contains(path.first) || LegacyRoute(path) != nil
  }

  func answer(_ call: Call) async -> Reply {
    if let route = LegacyRoute(call.path) {
      guard route.verbs.contains(call.verb) else { return Reply(.wrongVerb, allowed: route.verbs) }
      return await reply { try await answer(call, on: route) }
    }
    guard let route = Route(call.path) else { return Reply(.noSuchPath) }
    guard route.verbs.contains(call.verb) else { return Reply(.wrongVerb, allowed: route.verbs) }
    return await reply {
      // A body that calls itself JSON must be, also where nobody needs it.
      if ["GET", "DELETE"].contains(call.verb) { _ = try TestAPI.json(type: call.type, bytes: call.body) }
      return try await perform(call, on: route)
    }
  }

  /// The answer that the work comes to, or why it does not.
  private func reply(_ work: () async throws -> Reply) async -> Reply {
    do {
      return try await work()
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
    case (.pod(let name), "DELETE"): try await removePod(name, call)
    case (.pod(let name), _): try await showPod(name)
    case (.projects, "POST"): try await addProject(call)
    case (.projects, _): try await listProjects(call)
    case (.project(let name), "PUT"): try await changeProject(name, call)
    case (.project(let name), "DELETE"): try await removeProject(name, call)
    case (.project(let name), _): try await showProject(name)
    case (.cases(let project), "POST"): try await addCase(to: project, call)
    case (.cases(let project), _): try await listCases(of: project)
    case (.testCase(let name, let project), "PUT"): try await changeCase(name, of: project, call)
    case (.testCase(let name, let project), "DELETE"): try await removeCase(name, of: project, call)
    case (.testCase(let name, let project), _): try await showCase(name, of: project)
    case (.results, "POST"): try await addResult(call)
    case (.results, _): try await listResults(call)
    case (.result(let id), "PUT"): try await changeResult(id, call)
    case (.result(let id), _): try await showResult(id)
    case (.deployResults, "POST"): try await addDeployResult(call)
    case (.deployResults, _): try await listDeployResults(call)
    case (.deployResult(let id), _): try await showDeployResult(id)
    case (.scenarios, "POST"): try await addScenario(call)
    case (.scenarios, _): try await listScenarios(call)
    case (.scenario(let name), "PUT"): try await renameScenario(name, call)
    case (.scenario(let name), "DELETE"): try await removeScenario(name, call)
    case (.scenario(let name), _): try await showScenario(name)
    case (.scenarioPart(let item, let name), _): try await editScenario(name, item, call)
    case (.profile, _): .json(TestAPI.profile)
    case (.sign(let step), _): sign(step, call)
    case (.swagger(let document), _): swagger(document, call)
    }
  }
}

extension Call {
  /// Lets writes of a project pass that the sender may make; nil for what belongs to none.
  /// - Throws: `401 You do not have permission to perform this action`.
  func mayWrite(project: String?) throws(TestAPI.Refusal) {
    guard access.allows(project: project) else { throw .notPermitted }
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
