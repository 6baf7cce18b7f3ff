import Dialects
import Store

extension TestAPIDialect {
  func addCase(to project: String, _ call: Call) async throws -> Reply {
    let body = try TestAPI.Body(type: call.type, bytes: call.body)
    let name = try body.name("name")
    try call.mayWrite(project: project)
    let attributes = stored(TestAPI.TestCase.attributes(body))
    switch try await store.addCase(name, to: project, attributes: attributes) {
    case .added: return created(call, name)
    case .exists: throw TestAPI.Subject.testCase(name, project: project).exists
    case .parentAbsent: throw TestAPI.Subject.project(project).unknown
    }
  }

  func listCases(of project: String) async throws -> Reply {
    .json(TestAPI.list(try await store.cases(of: project).map(shown)))
  }

  func showCase(_ name: String, of project: String) async throws -> Reply {
    guard let testCase = try await store.testCase(name, of: project) else {
      throw TestAPI.Subject.testCase(name, project: project).absent
    }
    return .json(TestAPI.show(shown(testCase)))
  }

  func changeCase(_ name: String, of project: String, _ call: Call) async throws -> Reply {
    let change = try TestAPI.TestCaseChange(TestAPI.Body(type: call.type, bytes: call.body))
    try call.mayWrite(project: project)
    let outcome = try await store.changeCase(
      name, of: project, to: change.name, attributes: stored(change.attributes))
    switch outcome {
    case .changed(let testCase): return .json(TestAPI.show(shown(testCase)))
    case .unchanged: throw TestAPI.Refusal.nothingToUpdate
    case .absent: throw TestAPI.Subject.testCase(name, project: project).absent
    case .exists: throw TestAPI.Subject.testCase(change.name ?? name, project: project).exists
    case .tied: throw TestAPI.Refusal.associated
    }
  }

  func removeCase(_ name: String, of project: String, _ call: Call) async throws -> Reply {
    try call.mayWrite(project: project)
    return try removed(try await store.removeCase(name, of: project), .testCase(name, project: project))
  }

  private func shown(_ testCase: TestCase) -> TestAPI.TestCase {
    let attributes = testCase.attributes.compactMap { attribute, value in
      TestAPI.TestCase.Attribute(rawValue: attribute.rawValue).map { ($0, SentValue(value)) }
    }
    return TestAPI.TestCase(
      id: testCase.id.rawValue, creationDate: date(testCase.created), project: testCase.project, name: testCase.name,
      attributes: Dictionary(uniqueKeysWithValues: attributes))
  }

  /// The columns are named as the attributes of the wire.
  func stored(_ attributes: [TestAPI.TestCase.Attribute: SentValue]) -> [TestCase.Attribute: StoredValue] {
    let pairs = attributes.compactMap { attribute, value in
      TestCase.Attribute(rawValue: attribute.rawValue).map { ($0, StoredValue(value)) }
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}
