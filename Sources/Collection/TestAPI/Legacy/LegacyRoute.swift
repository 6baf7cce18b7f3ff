/// What the paths of the generations before `/api/v1` name, and the dashboards of the one after them. A slash at the end
/// makes no difference to these.
enum LegacyRoute: Hashable {
  case version
  case pods
  case pod(String)
  case projects
  case project(String)
  case cases(project: String)
  case testCase(String, project: String)
  case results
  case result(String)
  case dashboard
  /// Results or the dashboard, with the parameters in the path: `/results/project=functest&case=vPing`, as their own
  /// documentation had it, also without the slash.
  case parametersInPath(of: Listing)
  case dashboardResults
  case dashboardProjects

  /// What has parameters.
  enum Listing: String {
    case results, dashboard
  }

  /// Reads a path; nil for unknown ones.
  init?(_ path: [String]) {
    let names = path.count > 1 && path.last == "" ? Array(path.dropLast()) : path
    guard let first = names.first, !names.contains("") else { return nil }
    switch (first, names.count) {
    case ("version", 1): self = .version
    case ("pods", 1): self = .pods
    case ("pods", 2): self = .pod(names[1])
    case ("test_projects", 1): self = .projects
    case ("test_projects", 2): self = .project(names[1])
    case ("test_projects", 3) where names[2] == "cases": self = .cases(project: names[1])
    case ("test_projects", 4) where names[2] == "cases": self = .testCase(names[3], project: names[1])
    case ("results", 1): self = .results
    case ("results", 2): self = names[1].contains("=") ? .parametersInPath(of: .results) : .result(names[1])
    case ("dashboard", 1): self = .dashboard
    case ("dashboard", 2) where names[1].contains("="): self = .parametersInPath(of: .dashboard)
    case ("dashboard", 3) where names[1...] == ["v1", "results"]: self = .dashboardResults
    case ("dashboard", 3) where names[1...] == ["v1", "projects"]: self = .dashboardProjects
    case (_, 1) where first.hasPrefix("results") && first.contains("="): self = .parametersInPath(of: .results)
    case (_, 1) where first.hasPrefix("dashboard") && first.contains("="): self = .parametersInPath(of: .dashboard)
    default: return nil
    }
  }

  /// The verbs it understands.
  var verbs: [String] {
    switch self {
    case .pods, .projects, .cases, .results: ["GET", "POST"]
    case .project, .testCase: ["GET", "PUT", "DELETE"]
    case .version, .pod, .result, .parametersInPath, .dashboard, .dashboardResults, .dashboardProjects: ["GET"]
    }
  }
}
