import GRDB
import Model

/// The tables. A migration is never edited once released; a change is a new one.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: pods, projects, cases, results") { db in
      try db.execute(sql: first)
    }
    migrator.registerMigration("2: Test API") { db in try db.execute(sql: testAPI) }
    migrator.registerMigration("3: legacy Test API") { db in try db.execute(sql: legacyTestAPI) }
    migrator.registerMigration("4: paddles") { db in try db.execute(sql: paddles) }
    migrator.registerMigration("5: Avocado") { db in try db.execute(sql: avocado) }
    migrator.registerMigration("6: tokens") { db in try db.execute(sql: tokens) }
    return migrator
  }

  /// `key` is seconds << 24 | count, and increases with time; ids are made of it. Indexes end in it by themselves, so
  /// that every list by one column comes in the order of ids. Details lie apart, so that a scan of the results does not
  /// read them. Columns of type ANY hold a ``StoredValue``. `sortie_id` is the attempt's id that our own clients put into
  /// the details, and ask for when they do not know whether a result arrived.
  private static let first = """
    CREATE TABLE store (identity TEXT NOT NULL) STRICT;
    INSERT INTO store VALUES (lower(hex(randomblob(5))));

    CREATE TABLE pods (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, creator TEXT NOT NULL,
      name TEXT NOT NULL UNIQUE, mode ANY, role ANY, details ANY
    ) STRICT;

    CREATE TABLE projects (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, creator TEXT NOT NULL,
      name TEXT NOT NULL UNIQUE, description ANY
    ) STRICT;

    CREATE TABLE testcases (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
      project_name TEXT NOT NULL REFERENCES projects (name), name TEXT NOT NULL,
      url ANY, description ANY, catalog_description ANY, tier ANY, ci_loop ANY, criteria ANY, blocking ANY,
      dependencies ANY, run ANY, domains ANY, tags ANY, version ANY, trust ANY,
      UNIQUE (project_name, name)
    ) STRICT;

    CREATE TABLE results (
      key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
      pod_name TEXT NOT NULL REFERENCES pods (name), project_name TEXT NOT NULL, case_name TEXT NOT NULL,
      installer ANY, version ANY, scenario ANY, criteria ANY, build_tag ANY, start_date ANY, stop_date ANY,
      request_key TEXT,
      FOREIGN KEY (project_name, case_name) REFERENCES testcases (project_name, name)
    ) STRICT;
    CREATE INDEX results_pod ON results (pod_name);
    CREATE INDEX results_project ON results (project_name);
    CREATE INDEX results_case ON results (case_name);
    CREATE INDEX results_build ON results (build_tag);
    CREATE INDEX results_start ON results (start_date);
    CREATE UNIQUE INDEX results_request ON results (request_key) WHERE request_key IS NOT NULL;

    CREATE TABLE details (
      key INTEGER PRIMARY KEY REFERENCES results (key) ON DELETE CASCADE, json TEXT NOT NULL
    ) STRICT;
    CREATE INDEX details_attempt ON details (json_extract(json, '$.sortie_id')) WHERE instr(json, '"sortie_id"') > 0;
    """
}

extension Schema {
  /// Brings a file up to date.
  /// - Throws: `damaged` for a file of a newer release or of another program.
  static func migrate(_ pool: DatabasePool, identity: String?) throws {
    let migrator = Schema.migrator
    let isNew = try pool.read { db in
      if try migrator.hasBeenSuperseded(db) {
        throw Fault(
          .damaged, "the store \(pool.path) was written by a newer release", hint: "use that release, or another file")
      }
      return try migrator.appliedIdentifiers(db).isEmpty
    }
    if isNew, try pool.read({ try $0.tableExists("results") }) {
      throw Fault(.damaged, "\(pool.path) is a database of another program", hint: "name another file with --store")
    }
    try migrator.migrate(pool)
    if isNew, let identity {
      try pool.write { try $0.execute(sql: "UPDATE store SET identity = ?", arguments: [identity]) }
    }
  }
}
