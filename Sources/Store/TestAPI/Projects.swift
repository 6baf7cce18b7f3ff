import GRDB
import Model

extension ResultStore {
  /// Adds a project.
  public func addProject(named name: String, description: StoredValue, creator: String) async throws(Fault)
    -> Addition<Project>
  {
    let now = clock()
    return try await write { db in
      if try db.finds("SELECT 1 FROM projects WHERE name = ?", [name]) { return .exists }
      let (key, id) = try Table.projects.nextID(db, now: now)
      try db.run(
        "INSERT INTO projects (key, id, created, creator, name, description) VALUES (?, ?, ?, ?, ?, ?)",
        [key, id.rawValue, now.nanoseconds, creator, name, description.bound])
      return .added(Project(id: id, created: now, creator: creator, name: name, description: description))
    }
  }

  /// All projects, the oldest first.
  public func projects() async throws(Fault) -> [Project] {
    try await read { db in try Row.fetchAll(db, sql: "SELECT * FROM projects ORDER BY key").map(Project.init(row:)) }
  }

  /// The project of that name.
  public func project(named name: String) async throws(Fault) -> Project? {
    try await read { db in try Project.fetch(name, db) }
  }

  /// Changes the name or the description of a project; only one without cases can be renamed. What is nil stays.
  public func changeProject(named name: String, to newName: String?, description: StoredValue?) async throws(Fault)
    -> Change<Project>
  {
    try await write { db in
      guard let old = try Project.fetch(name, db) else { return .absent }
      var new = old
      new.name = newName ?? old.name
      new.description = description ?? old.description
      guard new != old else { return .unchanged }
      if new.name != old.name {
        if try Project.fetch(new.name, db) != nil { return .exists }
        if try Project.hasCases(name, db) { return .tied }
      }
      try db.run(
        "UPDATE projects SET name = ?, description = ? WHERE name = ?", [new.name, new.description.bound, old.name])
      return .changed(new)
    }
  }

  /// Removes a project that has no cases.
  public func removeProject(named name: String) async throws(Fault) -> Removal {
    try await write { db in
      guard try Project.fetch(name, db) != nil else { return .absent }
      if try Project.hasCases(name, db) { return .tied }
      try db.run("DELETE FROM projects WHERE name = ?", [name])
      return .removed
    }
  }
}

extension Project {
  static func fetch(_ name: String, _ db: Database) throws -> Project? {
    let statement = try db.cachedStatement(sql: "SELECT * FROM projects WHERE name = ?")
    return try Row.fetchOne(statement, arguments: [name]).map(Project.init(row:))
  }

  fileprivate static func hasCases(_ name: String, _ db: Database) throws -> Bool {
    try db.finds("SELECT 1 FROM testcases WHERE project_name = ?", [name])
  }

  fileprivate init(row: Row) {
    id = ObjectID(stored: row["id"])
    created = Timestamp(nanoseconds: row["created"])
    creator = row["creator"]
    name = row["name"]
    description = row.value("description")
  }
}
