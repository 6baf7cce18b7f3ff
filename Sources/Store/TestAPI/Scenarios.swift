import GRDB
import Model

/// A scenario: what is deployed, and how it does with each installer, version and project.
public struct Scenario: Hashable, Sendable {
  /// The id.
  public var id: ObjectID
  /// When it was added.
  public var created: Timestamp
  /// The name, unique.
  public var name: String
  /// Its installers, as the JSON text that the dialect made of them.
  public var installers: String
}

/// What came of an edit of a scenario.
public enum ScenarioEditing<Refusal: Error>: Sendable {
  /// It is on disk.
  case edited
  /// There is no such scenario.
  case absent
  /// The edit refused, and nothing was changed.
  case refused(Refusal)
}

extension ResultStore {
  /// Adds a scenario.
  public func addScenario(named name: String, installers: String) async throws(Fault) -> Addition<Scenario> {
    let now = clock()
    return try await write { db in
      if try db.finds("SELECT 1 FROM scenarios WHERE name = ?", [name]) { return .exists }
      let (key, id) = try Table.scenarios.nextID(db, now: now)
      try db.run(
        "INSERT INTO scenarios (key, id, created, name, installers) VALUES (?, ?, ?, ?, ?)",
        [key, id.rawValue, now.nanoseconds, name, installers])
      return .added(Scenario(id: id, created: now, name: name, installers: installers))
    }
  }

  /// All scenarios, the oldest first: the first chunk.
  public func scenarios() async throws(Fault) -> Scan<Scenario>.Chunk {
    try await all(Scenario.source, ResultFilter())
  }

  /// The scenario of that name.
  public func scenario(named name: String) async throws(Fault) -> Scenario? {
    try await read { db in try Scenario.fetch(name, db) }
  }

  /// Changes the name of a scenario.
  public func renameScenario(_ name: String, to newName: String) async throws(Fault) -> Change<Scenario> {
    try await write { db in
      guard var scenario = try Scenario.fetch(name, db) else { return .absent }
      guard newName != name else { return .unchanged }
      if try Scenario.fetch(newName, db) != nil { return .exists }
      try db.run("UPDATE scenarios SET name = ? WHERE name = ?", [newName, name])
      scenario.name = newName
      return .changed(scenario)
    }
  }

  /// Changes the installers of a scenario.
  /// - Parameter edit: makes the new JSON text of the old one; it is called within the transaction that writes it, so
  ///   that no other change is lost, and must be quick. What it throws is handed back as it is.
  public func editScenario<Refusal: Error>(
    _ name: String, _ edit: @escaping @Sendable (String) throws(Refusal) -> String
  ) async throws(Fault) -> ScenarioEditing<Refusal> {
    try await write { db in
      guard let scenario = try Scenario.fetch(name, db) else { return .absent }
      let installers: String
      do throws(Refusal) { installers = try edit(scenario.installers) } catch { return .refused(error) }
      try db.run("UPDATE scenarios SET installers = ? WHERE name = ?", [installers, name])
      return .edited
    }
  }

  /// Removes a scenario.
  public func removeScenario(named name: String) async throws(Fault) -> Removal {
    try await write { db in
      try db.run("DELETE FROM scenarios WHERE name = ?", [name])
      return db.changesCount > 0 ? .removed : .absent
    }
  }
}

extension Scenario {
  private static let columns = "key, id, created, name, installers FROM scenarios"

  fileprivate static let source = ScanSource(
    table: .scenarios, columns: columns, read: Scenario.init(row:), size: { $0.installers.utf8.count })

  fileprivate static func fetch(_ name: String, _ db: Database) throws -> Scenario? {
    let statement = try db.cachedStatement(sql: "SELECT \(columns) WHERE name = ?")
    return try Row.fetchOne(statement, arguments: [name]).map(Scenario.init(row:))
  }

  @Sendable private init(row: Row) {
    id = ObjectID(stored: row[1])
    created = Timestamp(nanoseconds: row[2])
    name = row[3]
    installers = row[4]
  }
}
