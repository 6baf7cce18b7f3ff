import GRDB
import Model

extension ResultStore {
  /// Adds a case to a project.
  public func addCase(_ name: String, to project: String, attributes: [TestCase.Attribute: StoredValue])
    async throws(Fault) -> Addition<TestCase>
  {
    let now = clock()
    return try await write { db in
      guard try db.finds("SELECT 1 FROM projects WHERE name = ?", [project]) else { return .parentAbsent }
      if try TestCase.exists(name, in: project, db) { return .exists }
      let (key, id) = try Table.testcases.nextID(db, now: now)
      let testCase = TestCase(id: id, created: now, project: project, name: name, attributes: attributes)
      try testCase.insert(key: key, db)
      return .added(testCase)
    }
  }

  /// The cases of a project, the oldest first; none if there is no such project.
  public func cases(of project: String) async throws(Fault) -> [TestCase] {
    try await read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM testcases WHERE project_name = ? ORDER BY key", arguments: [project])
        .map(TestCase.init(row:))
    }
  }

  /// The case of that name in a project.
  public func testCase(_ name: String, of project: String) async throws(Fault) -> TestCase? {
    try await read { db in try TestCase.fetch(name, in: project, db) }
  }

  /// Changes a case; only one without results can be renamed. What is nil or not named stays.
  public func changeCase(
    _ name: String, of project: String, to newName: String?, attributes: [TestCase.Attribute: StoredValue]
  ) async throws(Fault) -> Change<TestCase> {
    try await write { db in
      guard let old = try TestCase.fetch(name, in: project, db) else { return .absent }
      var new = old
      new.name = newName ?? old.name
      new.attributes.merge(attributes) { $1 }
      guard new != old else { return .unchanged }
      if new.name != old.name {
        if try TestCase.exists(new.name, in: project, db) { return .exists }
        if try TestCase.hasResults(name, in: project, db) { return .tied }
      }
      try new.update(from: old.name, db)
      return .changed(new)
    }
  }

  /// Removes a case that has no results.
  public func removeCase(_ name: String, of project: String) async throws(Fault) -> Removal {
    try await write { db in
      guard try TestCase.exists(name, in: project, db) else { return .absent }
      if try TestCase.hasResults(name, in: project, db) { return .tied }
      try db.run("DELETE FROM testcases WHERE project_name = ? AND name = ?", [project, name])
      return .removed
    }
  }
}

extension TestCase {
  static func exists(_ name: String, in project: String, _ db: Database) throws -> Bool {
    try db.finds("SELECT 1 FROM testcases WHERE project_name = ? AND name = ?", [project, name])
  }

  fileprivate static func hasResults(_ name: String, in project: String, _ db: Database) throws -> Bool {
    try db.finds("SELECT 1 FROM results WHERE case_name = ? AND project_name = ?", [name, project])
  }

  fileprivate static func fetch(_ name: String, in project: String, _ db: Database) throws -> TestCase? {
    let sql = "SELECT * FROM testcases WHERE project_name = ? AND name = ?"
    return try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [project, name]).map(TestCase.init(row:))
  }

  fileprivate init(row: Row) {
    id = ObjectID(stored: row["id"])
    created = Timestamp(nanoseconds: row["created"])
    project = row["project_name"]
    name = row["name"]
    let known = Attribute.allCases.map { ($0, row.value($0.rawValue)) }.filter { $0.1 != .null }
    attributes = Dictionary(uniqueKeysWithValues: known)
  }

  private static let columns = Attribute.allCases.map(\.rawValue)

  private var values: [any DatabaseValueConvertible] { Attribute.allCases.map { (attributes[$0] ?? .null).bound } }

  fileprivate func insert(key: Int64, _ db: Database) throws {
    let names = ["key", "id", "created", "project_name", "name"] + Self.columns
    let marks = names.map { _ in "?" }.joined(separator: ", ")
    let head: [any DatabaseValueConvertible] = [key, id.rawValue, created.nanoseconds, project, name]
    try db.run(
      "INSERT INTO testcases (\(names.joined(separator: ", "))) VALUES (\(marks))", StatementArguments(head + values))
  }

  fileprivate func update(from oldName: String, _ db: Database) throws {
    let settings = (["name"] + Self.columns).map { "\($0) = ?" }.joined(separator: ", ")
    let arguments: [any DatabaseValueConvertible] = [name] + values + [project, oldName]
    try db.run(
      "UPDATE testcases SET \(settings) WHERE project_name = ? AND name = ?", StatementArguments(arguments))
  }
}
