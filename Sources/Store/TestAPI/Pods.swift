import GRDB
import Model

extension ResultStore {
  /// Adds a pod.
  public func addPod(_ facts: Pod.Facts, creator: String) async throws(Fault) -> Addition<Pod> {
    let now = clock()
    return try await write { db in
      if try db.finds("SELECT 1 FROM pods WHERE name = ?", [facts.name]) { return .exists }
      let (key, id) = try Table.pods.nextID(db, now: now)
      try db.run(
        "INSERT INTO pods (key, id, created, creator, name, mode, role, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
          key, id.rawValue, now.nanoseconds, creator, facts.name, facts.mode.bound, facts.role.bound,
          facts.details.bound,
        ])
      return .added(Pod(id: id, created: now, creator: creator, facts: facts))
    }
  }

  /// All pods, the oldest first.
  public func pods() async throws(Fault) -> [Pod] {
    try await read { db in try Row.fetchAll(db, sql: "SELECT * FROM pods ORDER BY key").map(Pod.init(row:)) }
  }

  /// The pod of that name.
  public func pod(named name: String) async throws(Fault) -> Pod? {
    try await read { db in
      try Row.fetchOne(db, sql: "SELECT * FROM pods WHERE name = ?", arguments: [name]).map(Pod.init(row:))
    }
  }

  /// Removes a pod that no result names.
  public func removePod(named name: String) async throws(Fault) -> Removal {
    try await write { db in
      guard try db.finds("SELECT 1 FROM pods WHERE name = ?", [name]) else { return .absent }
      for table in [Table.results, .deployresults] {
        if try db.finds("SELECT 1 FROM \(table.rawValue) WHERE pod_name = ?", [name]) { return .tied }
      }
      try db.run("DELETE FROM pods WHERE name = ?", [name])
      return .removed
    }
  }
}

extension Pod {
  init(row: Row) {
    id = ObjectID(stored: row["id"])
    created = Timestamp(nanoseconds: row["created"])
    creator = row["creator"]
    facts = Facts(name: row["name"], mode: row.value("mode"), role: row.value("role"), details: row.value("details"))
  }
}
