import Dialects
import Store

extension TestAPIDialect {
  func addLegacyCase(to project: String, _ call: Call) async throws -> Reply {
    let body = try TestAPI.Legacy.body(type: call.type, bytes: call.body)
    let name = try TestAPI.Legacy.name("name", in: body)
    try call.mayWrite(project: project)
    switch try await store.addCase(name, to: project, attributes: stored(TestAPI.TestCase.attributes(body))) {
    case .added(let testCase): return .json(TestAPI.show(legacy(testCase)))
    case .exists: throw TestAPI.Legacy.Obstacle.caseExists(name, project: project).refusal
    case .parentAbsent: throw TestAPI.Legacy.Obstacle.noProjectForCase(project).refusal
    }
  }

  func listLegacyCases(of project: String) async throws -> Reply {
    .json(TestAPI.Legacy.list(try await store.cases(of: project).map(legacy)))
  }

  func showLegacyCase(_ name: String, of project: String) async throws -> Reply {
    .json(TestAPI.Legacy.list([try await store.testCase(name, of: project)].compactMap { $0.map(legacy) }))
  }

  func changeLegacyCase(_ name: String, of project: String, _ call: Call) async throws -> Reply {
    let body = try TestAPI.Legacy.body(type: call.type, bytes: call.body)
    let change = try TestAPI.Legacy.TestCase.change(body, of: project)
    try call.mayWrite(project: project)
    let outcome = try await store.changeCase(
      name, of: project, to: change.name, attributes: stored(change.attributes))
    switch outcome {
    case .changed(let testCase): return .json(TestAPI.Legacy.changed(legacy(testCase)))
    case .unchanged: throw TestAPI.Refusal.nothingToUpdate
    case .absent: throw TestAPI.Legacy.Obstacle.noCase(name, project: project).refusal
    case .exists: throw TestAPI.Legacy.Obstacle.caseExists(change.name ?? name, project: project).refusal
    case .tied: throw TestAPI.Legacy.Obstacle.associated.refusal
    }
  }

  func removeLegacyCase(_ name: String, of project: String, _ call: Call) async throws -> Reply {
    try call.mayWrite(project: project)
    return try legacyRemoved(
      try await store.removeCase(name, of: project), .noCaseToRemove(name, project: project))
  }

  private func legacy(_ testCase: TestCase) -> TestAPI.Legacy.TestCase {
    let attributes = testCase.attributes
    return TestAPI.Legacy.TestCase(
      id: testCase.id.rawValue, name: testCase.name, description: SentValue(attributes[.description] ?? .null),
      url: SentValue(attributes[.url] ?? .null), creationDate: date(testCase.created))
  }
}
