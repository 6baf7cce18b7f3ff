import Foundation
import GRDB
import Model

extension ResultStore {
  /// Adds a token; `created` is taken as given.
  public func addToken(_ token: StoredToken) async throws(Fault) -> Addition<StoredToken> {
    try await write { db in
      if try db.finds("SELECT 1 FROM tokens WHERE name = ?", [token.name]) { return .exists }
      try db.run(
        "INSERT INTO tokens (name, hash, created, expires) VALUES (?, ?, ?, ?)",
        [token.name, Data(token.hash), token.created.nanoseconds, token.expires?.nanoseconds])
      let key = db.lastInsertedRowID
      for (kind, values) in [("dialect", token.dialects), ("project", token.projects)] {
        for value in values {
          try db.run("INSERT INTO token_scopes (token, kind, value) VALUES (?, ?, ?)", [key, kind, value])
        }
      }
      return .added(token)
    }
  }

  /// All tokens, the oldest first; expired ones too.
  public func tokens() async throws(Fault) -> [StoredToken] {
    try await read { db in
      var scopes: [Int64: [(kind: String, value: String)]] = [:]
      for row in try Row.fetchAll(db.cachedStatement(sql: "SELECT token, kind, value FROM token_scopes")) {
        scopes[row[0], default: []].append((row[1], row[2]))
      }
      let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM tokens ORDER BY key"))
      return rows.map { StoredToken($0, scopes: scopes[$0["key"]] ?? []) }
    }
  }

  /// Removes a token.
  /// - Returns: whether it was there.
  public func removeToken(named name: String) async throws(Fault) -> Bool {
    try await write { db in
      try db.run("DELETE FROM tokens WHERE name = ?", [name])
      return db.changesCount > 0
    }
  }
}

extension StoredToken {
  fileprivate init(_ row: Row, scopes: [(kind: String, value: String)]) {
    let expires: Int64? = row["expires"]
    self.init(
      name: row["name"], hash: Array(row["hash"] as Data), created: Timestamp(nanoseconds: row["created"]),
      expires: expires.map { Timestamp(nanoseconds: $0) },
      dialects: Set(scopes.filter { $0.kind == "dialect" }.map(\.value)),
      projects: Set(scopes.filter { $0.kind == "project" }.map(\.value)))
  }
}
