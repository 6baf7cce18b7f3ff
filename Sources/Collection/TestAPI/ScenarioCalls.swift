import Dialects
import Store

extension TestAPIDialect {
  func addScenario(_ call: Call) async throws -> Reply {
    let body = try TestAPI.Body(type: call.type, bytes: call.body)
    let name = try body.name("name")
    try call.mayWrite(project: nil)
    let installers = try TestAPI.Scenario(body["installers"]).json()
    switch try await store.addScenario(named: name, installers: installers) {
    case .added: return created(call, name)
    case .exists, .parentAbsent: throw TestAPI.Subject.scenario(name).exists
    }
  }

  func listScenarios(_ call: Call) async throws -> Reply {
    let matches = try nameFilter(call)
    let query = TestAPI.ScenarioQuery(call.query)
    let dialect = self
    let pieces = ListPieces<Scenario, TestAPI.ScenarioRecord>(store) { kept in
      guard matches(kept.name), let scenario = try? TestAPI.Scenario(json: kept.installers),
        query.matches(id: kept.id.rawValue, scenario)
      else { return nil }
      return TestAPI.ScenarioRecord(kept, created: dialect.date(kept.created))
    }
    return pieces.reply(try await store.scenarios())
  }

  func showScenario(_ name: String) async throws -> Reply {
    guard let scenario = try await store.scenario(named: name) else { throw TestAPI.Subject.scenario(name).absent }
    return .json(TestAPI.show(TestAPI.ScenarioRecord(scenario, created: date(scenario.created))))
  }

  func renameScenario(_ name: String, _ call: Call) async throws -> Reply {
    let newName = try TestAPI.ScenarioChange(TestAPI.Body(type: call.type, bytes: call.body)).name ?? name
    try call.mayWrite(project: nil)
    switch try await store.renameScenario(name, to: newName) {
    case .changed(let scenario):
      return .json(TestAPI.show(TestAPI.ScenarioRecord(scenario, created: date(scenario.created))))
    case .unchanged: throw TestAPI.Refusal.nothingToUpdate
    case .absent: throw TestAPI.Subject.scenario(name).absent
    case .exists, .tied: throw TestAPI.Subject.scenario(newName).exists
    }
  }

  func removeScenario(_ name: String, _ call: Call) async throws -> Reply {
    try call.mayWrite(project: nil)
    return try removed(try await store.removeScenario(named: name), .scenario(name))
  }

  /// Changes a part of a scenario: scores, trust indicators, customs, projects, versions, installers or the owner.
  func editScenario(_ name: String, _ item: TestAPI.ScenarioEdit.Item, _ call: Call) async throws -> Reply {
    let edit = try TestAPI.ScenarioEdit(
      item, verb: call.verb, scenario: name, parameter: call.parameter, type: call.type, bytes: call.body)
    try call.mayWrite(project: nil)
    let outcome = try await store.editScenario(name) { (json) throws(TestAPI.Refusal) in try edit.apply(to: json) }
    switch outcome {
    case .edited: return .empty
    case .absent: throw edit.absent
    case .refused(let refusal): throw refusal
    }
  }
}

extension TestAPI.ScenarioRecord {
  fileprivate init(_ scenario: Scenario, created: String) {
    self.init(
      id: scenario.id.rawValue, creationDate: created, name: scenario.name, installers: scenario.installers)
  }
}
