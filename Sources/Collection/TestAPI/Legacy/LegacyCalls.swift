import Dialects

extension TestAPIDialect {
  /// Answers a call on an old path.
  func answer(_ call: Call, on route: LegacyRoute) async throws -> Reply {
    switch (route, call.verb) {
    case (.version, _):
      Reply(status: 200, type: "text/html; charset=UTF-8", content: .whole(TestAPI.Legacy.version))
    case (.pods, "POST"): try await addLegacyPod(call)
    case (.pods, _): try await listLegacyPods()
    case (.pod(let name), _): try await showLegacyPod(name)
    case (.projects, "POST"): try await addLegacyProject(call)
    case (.projects, _): try await listLegacyProjects()
    case (.project(let name), "PUT"): try await changeLegacyProject(name, call)
    case (.project(let name), "DELETE"): try await removeLegacyProject(name, call)
    case (.project(let name), _): try await showLegacyProject(name)
    case (.cases(let project), "POST"): try await addLegacyCase(to: project, call)
    case (.cases(let project), _): try await listLegacyCases(of: project)
    case (.testCase(let name, let project), "PUT"): try await changeLegacyCase(name, of: project, call)
    case (.testCase(let name, let project), "DELETE"): try await removeLegacyCase(name, of: project, call)
    case (.testCase(let name, let project), _): try await showLegacyCase(name, of: project)
    case (.results, "POST"): try await addLegacyResult(call)
    case (.results, _): try await listLegacyResults(call.query)
    case (.result(let id), _): try await showLegacyResult(id)
    case (.dashboard, _): try await showDashboard(call.query)
    case (.parametersInPath(let listing), _): try await listLegacy(listing, call)
    case (.dashboardResults, _): try await showSecondDashboard(call)
    case (.dashboardProjects, _): .json(TestAPI.Legacy.Dashboard.projectList)
    }
  }

  private func listLegacy(_ listing: LegacyRoute.Listing, _ call: Call) async throws -> Reply {
    let parameters = try Self.parameters(inPathOf: call, behind: listing.rawValue) + call.query
    return switch listing {
    case .results: try await listLegacyResults(parameters)
    case .dashboard: try await showDashboard(parameters)
    }
  }

  /// The parameters in the last segment of a path, which is taken as it was sent, for what is escaped belongs to them.
  private static func parameters(inPathOf call: Call, behind word: String) throws(TestAPI.Refusal)
    -> [(name: String, value: String)]
  {
    var segment = call.address.split(separator: "/").last ?? ""
    if segment.hasPrefix(word) { segment = segment.dropFirst(word.count) }
    while segment.first == "?" || segment.first == "&" { segment.removeFirst() }
    guard let parameters = URLText.query(segment, limit: 64) else { throw .badRequest }
    return parameters
  }
}
