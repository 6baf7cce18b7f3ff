import Dialects
import Store

extension TestAPIDialect {
  func addProject(_ call: Call) async throws -> Reply {
    let body = try TestAPI.Body(type: call.type, bytes: call.body)
    let name = try body.name("name")
    try call.mayWrite(project: name)
    switch try await store.addProject(named: name, description: StoredValue(body["description"]), creator: "") {
    case .added: return created(call, name)
    case .exists, .parentAbsent: throw TestAPI.Subject.project(name).exists
    }
  }

  func listProjects(_ call: Call) async throws -> Reply {
    let matches = try nameFilter(call)
    return .json(TestAPI.list(try await store.projects().filter { matches($0.name) }.map(shown)))
  }

  func showProject(_ name: String) async throws -> Reply {
    guard let project = try await store.project(named: name) else { throw TestAPI.Subject.project(name).absent }
    return .json(TestAPI.show(shown(project)))
  }

  func changeProject(_ name: String, _ call: Call) async throws -> Reply {
    let change = try TestAPI.ProjectChange(TestAPI.Body(type: call.type, bytes: call.body))
    try call.mayWrite(project: name)
    if let newName = change.name { try call.mayWrite(project: newName) }
    let outcome = try await store.changeProject(
      named: name, to: change.name, description: change.description.map { StoredValue($0) })
    switch outcome {
    case .changed(let project): return .json(TestAPI.show(shown(project)))
    case .unchanged: throw TestAPI.Refusal.nothingToUpdate
    case .absent: throw TestAPI.Subject.project(name).absent
    case .exists: throw TestAPI.Subject.project(change.name ?? name).exists
    case .tied: throw TestAPI.Refusal.associated
    }
  }

  func removeProject(_ name: String, _ call: Call) async throws -> Reply {
    try call.mayWrite(project: name)
    return try removed(try await store.removeProject(named: name), .project(name))
  }

  private func shown(_ project: Project) -> TestAPI.Project {
    TestAPI.Project(
      id: project.id.rawValue, creationDate: date(project.created), creator: project.creator, name: project.name,
      description: SentValue(project.description))
  }
}
