import Dialects

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
  case deployResults
  case deployResult(String)
  case scenarios
  case scenario(String)
  case scenarioPart(TestAPI.ScenarioEdit.Item, scenario: String)
  case profile
  case sign(Sign)
  case swagger(Swagger)

  /// The last segments of the paths for signing in and out.
  enum Sign: String {
    case signin, signout
    case back = "signin_return"
  }

  /// The documents in Swagger's first shape.
  enum Swagger: String {
    case page = "spec.html"
    case resources = "resources.json"
    case declaration = "APIs"
  }

  /// Reads a path. Nil for unknown ones, and for a trailing slash, whose last segment is empty.
  init?(_ path: [String]) {
    guard !path.contains("") else { return nil }
    if path == ["versions"] {
      self = .versions
    } else if path.count == 2, path[0] == "swagger", let document = Swagger(rawValue: path[1]) {
      self = .swagger(document)
    } else if path.count > 2, path[0] == "api", path[1] == "v1" {
      self.init(resource: path[2], Array(path[3...]))
    } else {
      return nil
    }
  }

  private init?(resource: String, _ names: [String]) {
    switch (resource, names.count) {
    case ("pods", 0): self = .pods
    case ("pods", 1): self = .pod(names[0])
    case ("projects", 0): self = .projects
    case ("projects", 1): self = .project(names[0])
    case ("projects", 2) where names[1] == "cases": self = .cases(project: names[0])
    case ("projects", 3) where names[1] == "cases": self = .testCase(names[2], project: names[0])
    case ("results", 0): self = .results
    case ("results", 1): self = .result(names[0])
    case ("deployresults", 0): self = .deployResults
    case ("deployresults", 1): self = .deployResult(names[0])
    case ("scenarios", 0): self = .scenarios
    case ("scenarios", 1): self = .scenario(names[0])
    case ("scenarios", 2):
      guard let item = TestAPI.ScenarioEdit.Item(rawValue: names[1]) else { return nil }
      self = .scenarioPart(item, scenario: names[0])
    case ("profile", 0): self = .profile
    case ("auth", 1):
      guard let sign = Sign(rawValue: names[0]) else { return nil }
      self = .sign(sign)
    default: return nil
    }
  }

  /// The verbs it understands. A result's PUT is for the one body that clients of old generations send; to all others it
  /// says no.
  var verbs: [String] {
    switch self {
    case .versions, .deployResult, .profile, .sign, .swagger: ["GET"]
    case .result: ["GET", "PUT"]
    case .pods, .projects, .cases, .results, .deployResults, .scenarios: ["GET", "POST"]
    case .pod: ["GET", "DELETE"]
    case .project, .testCase, .scenario: ["GET", "PUT", "DELETE"]
    case .scenarioPart(let item, _): item.verbs
    }
  }
}
