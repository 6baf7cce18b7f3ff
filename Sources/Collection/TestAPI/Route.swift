/// What the paths of the Test API name.
enum Route: Hashable {
  case versions
  case pods
  case pod(String)
  case projects
  case project(String)
  case cases(project: String)
  case testCase(String, project: String)
  case results
  case result(String)

  /// Reads a path. Nil for unknown ones, and for a trailing slash, whose last segment is empty.
  init?(_ path: [String]) {
    if path == ["versions"] {
      self = .versions
      return
    }
    guard path.count > 2, path[0] == "api", path[1] == "v1", !path.contains("") else { return nil }
    let names = Array(path[3...])
    switch (path[2], names.count) {
    case ("pods", 0): self = .pods
    case ("pods", 1): self = .pod(names[0])
    case ("projects", 0): self = .projects
    case ("projects", 1): self = .project(names[0])
    case ("projects", 2) where names[1] == "cases": self = .cases(project: names[0])
    case ("projects", 3) where names[1] == "cases": self = .testCase(names[2], project: names[0])
    case ("results", 0): self = .results
    case ("results", 1): self = .result(names[0])
    default: return nil
    }
  }

  /// The verbs it understands.
  var verbs: [String] {
    switch self {
    case .versions, .result: ["GET"]
    case .pods, .projects, .cases, .results: ["GET", "POST"]
    case .pod: ["GET", "DELETE"]
    case .project, .testCase: ["GET", "PUT", "DELETE"]
    }
  }
}
