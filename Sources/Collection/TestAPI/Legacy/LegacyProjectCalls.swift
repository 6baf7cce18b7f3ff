import Dialects
import Store

extension TestAPIDialect {
  func addLegacyProject(_ call: Call) async throws -> Reply {
    let body = try TestAPI.Legacy.body(type: call.type, bytes: call.body)
    let name = try TestAPI.Legacy.name("name", in: body)
    try call.mayWrite(project: name)
    switch try await store.addProject(named: name, description: StoredValue(body["description"]), creator: "") {
    case .added(let project): return .json(TestAPI.show(legacy(project)))
    case .exists, .parentAbsent: throw TestAPI.Legacy.Obstacle.projectExists(name).refusal
    }
  }

  func listLegacyProjects() async throws -> Reply {
    .json(TestAPI.Legacy.list(try await store.projects().map(legacy)))
  }

  func showLegacyProject(_ name: String) async throws -> Reply {
    .json(TestAPI.Legacy.list([try await store.project(named: name)].compactMap { $0.map(legacy) }))
  }

  func changeLegacyProject(_ name: String, _ call: Call) async throws -> Reply {
    let change = try TestAPI.Legacy.Project.change(TestAPI.Legacy.body(type: call.type, bytes: call.body))
    try call.mayWrite(project: name)
    if let newName = change.name { try call.mayWrite(project: newName) }
    let outcome = try await store.changeProject(
      named: name, to: change.name, description: change.description.map { StoredValue($0) })
    switch outcome {
    case .changed(let project): return .json(TestAPI.Legacy.changed(legacy(project)))
    case .unchanged: throw TestAPI.Refusal.nothingToUpdate
    case .absent: throw TestAPI.Legacy.Obstacle.noProject(name).refusal
    case .exists: throw TestAPI.Legacy.Obstacle.projectExists(change.name ?? name).refusal
    case .tied: throw TestAPI.Legacy.Obstacle.associated.refusal
    }
  }

  func removeLegacyProject(_ name: String, _ call: Call) async throws -> Reply {
    try call.mayWrite(project: name)
    return try legacyRemoved(try await store.removeProject(named: name), .noProjectToRemove(name))
  }

  /// The answer to a DELETE.
  func legacyRemoved(_ removal: Removal, _ absence: TestAPI.Legacy.Obstacle) throws(TestAPI.Refusal) -> Reply {
    switch removal {
    case .removed: return .json(TestAPI.Legacy.removed)
    case .absent: throw absence.refusal
    case .tied: throw TestAPI.Legacy.Obstacle.associated.refusal
    }
  }

  private func legacy(_ project: Project) -> TestAPI.Legacy.Project {
    TestAPI.Legacy.Project(
      id: project.id.rawValue, name: project.name, description: SentValue(project.description),
      creationDate: date(project.created))
  }
}
