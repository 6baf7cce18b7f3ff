import GRDB

/// One thing that can be looked at in a store. A dialect whose tables must agree with each other adds its own to
/// ``StoreCheck/all``.
struct StoreCheck: Sendable {
  /// What is looked at, in a few words.
  let name: String
  /// Says what is wrong, a sentence each; nothing if all is well.
  let look: @Sendable (Database) throws -> [String]

  /// The most problems of one kind that are named.
  static let limit = 20

  /// What every store is held to, whatever its schema.
  static let ofTheFile: [StoreCheck] = [.integrity, .references, .journal]

  /// What the tables of the current schema are held to.
  static let ofTheTables: [StoreCheck] = [.identity, .details, .deployDetails, .tallies] + ofPaddles + ofAvocado

  /// SQLite's own look at every page and index.
  static let integrity = StoreCheck(name: "integrity") { db in
    let lines = try String.fetchAll(db, sql: "PRAGMA integrity_check(\(limit))")
    return lines == ["ok"] ? [] : lines
  }

  /// Every row that names another finds it.
  static let references = StoreCheck(name: "references") { db in
    let cursor = try Row.fetchCursor(db, sql: "PRAGMA foreign_key_check")
    var problems: [String] = []
    while problems.count < limit, let row = try cursor.next() {
      let key = (row[1] as Int64?).map { " \($0)" } ?? ""
      problems.append("\(row[0] as String? ?? "")\(key) names what is not in \(row[2] as String? ?? "")")
    }
    return problems
  }

  /// A store in use keeps a log; a backup is one file until it is opened.
  static let journal = StoreCheck(name: "journal") { db in
    let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
    return mode == "wal" || mode == "delete" ? [] : ["the journal mode is \(mode), and not wal"]
  }

  /// Ids are made of it.
  static let identity = StoreCheck(name: "identity") { db in
    let all = try String.fetchAll(db, sql: "SELECT identity FROM store")
    let isSound = all.count == 1 && all[0].utf8.count == 10 && all[0].allSatisfy(\.isHexDigit)
    return isSound ? [] : ["the store's identity is \(all)"]
  }

  /// Every result has its details, and they are JSON.
  static let details = details(of: "results", in: "details")
  /// Every deploy result too.
  static let deployDetails = details(of: "deployresults", in: "deploydetails")

  private static func details(of table: String, in place: String) -> StoreCheck {
    StoreCheck(name: "details of \(table)") { db in
      let lost = "SELECT id FROM \(table) WHERE key NOT IN (SELECT key FROM \(place)) LIMIT \(limit)"
      let broken = "SELECT id FROM \(table) JOIN \(place) USING (key) WHERE NOT json_valid(json) LIMIT \(limit)"
      return try String.fetchAll(db, sql: lost).map { "\($0) has no details" }
        + String.fetchAll(db, sql: broken).map { "the details of \($0) are no JSON" }
    }
  }

  /// What triggers count is so.
  static let tallies = StoreCheck(name: "tallies") { db in
    try ["results", "deployresults"].filter { table in
      let sql = "SELECT (SELECT number FROM tallies WHERE name = ?) IS (SELECT count(*) FROM \(table))"
      return try Bool.fetchOne(db, sql: sql, arguments: [table]) != true
    }.map { "the number of \($0) is wrong" }
  }
}
