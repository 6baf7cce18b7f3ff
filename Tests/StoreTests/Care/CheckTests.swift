import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite struct CheckTests {
  @Test func aSoundStoreHasNoProblems() async throws {
    try await withStore { store, path in
      try await store.declare()
      try await store.add(.sample())
      let outcomes = try StoreInspection.check(path)
      #expect(outcomes.flatMap(\.problems) == [])
      #expect(outcomes.count == StoreCheck.ofTheFile.count + 1 + StoreCheck.ofTheTables.count)
      #expect(try await StoreInspection.durability(path) == [.init(name: "durability", problems: [])])
      // A backup stays one file.
      _ = try StoreBackup.make(of: path, at: path + ".backup", replacing: false)
      #expect(try StoreInspection.check(path + ".backup").flatMap(\.problems) == [])
      #expect(try await StoreInspection.durability(path + ".backup").isEmpty)
      #expect(!StoreFile.exists(path + ".backup-wal"))
    }
  }

  private static let run = """
    INSERT INTO paddles_runs VALUES (1, 'r', 'queued', '', 0, '', '', '', 0, NULL, NULL, 1, 0, 0, 0, 0, 0, 0, '1', NULL,
      NULL, NULL, NULL);
    INSERT INTO paddles_jobs (key, run_key, job_id, status, posted, updated) VALUES (1, 1, '1', 'queued', 0, 0);
    INSERT INTO paddles_configs (job_key) VALUES (1);
    """

  @Test(arguments: [
    ("identity", "UPDATE store SET identity = 'x'"), ("identity", "DELETE FROM store"),
    ("details of results", "DELETE FROM details"), ("details of results", "UPDATE details SET json = '{'"),
    ("tallies", "UPDATE tallies SET number = 7 WHERE name = 'deployresults'"),
    ("tallies", "DELETE FROM tallies"), ("references", "DELETE FROM pods"),
    ("schema", "DELETE FROM grdb_migrations WHERE identifier LIKE '6%'"),
    ("schema", "INSERT INTO grdb_migrations VALUES ('99: from the future')"),
    ("jobs of paddles runs", "UPDATE paddles_runs SET passed = 1"),
    ("jobs of paddles runs", "UPDATE paddles_jobs SET status = 'pass'"),
    ("first jobs of paddles runs", "UPDATE paddles_runs SET first_job = '2'"),
    ("first jobs of paddles runs", "UPDATE paddles_runs SET first_job = NULL"),
    ("configurations of paddles jobs", "DELETE FROM paddles_configs"),
  ])
  func whatIsBrokenIsFound(_ check: String, _ sql: String) async throws {
    try await withStore { store, path in
      try await store.declare()
      try await store.add(.sample())
      let other = try DatabaseQueue(path: path)
      try await other.write { try $0.execute(sql: Self.run) }
      #expect(try StoreInspection.check(path).flatMap(\.problems) == [])
      try await other.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA foreign_keys = OFF")
        try db.execute(sql: sql)
      }
      try other.close()
      let found = try StoreInspection.check(path).filter { !$0.problems.isEmpty }
      #expect(found.map(\.name) == [check], "\(found)")
    }
  }

  @Test func aTornPageIsFound() async throws {
    try await withStore { store, path in
      try await store.declare()
      for _ in 0..<200 { try await store.add(.sample(details: "\"" + String(repeating: "x", count: 500) + "\"")) }
      try settle(store, path)
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      bytes[(bytes.count / 4096 - 3) * 4096] ^= 0xFF
      try bytes.write(to: URL(fileURLWithPath: path + ".torn"))
      do throws(Fault) {
        let found = try StoreInspection.check(path + ".torn").filter { !$0.problems.isEmpty }
        #expect(found.contains { $0.name == "integrity" }, "\(found)")
      } catch {
        #expect(error.code == .damaged)
      }
    }
  }

  @Test func whatIsNoStoreIsAFault() async throws {
    try await withStore { _, path in
      #expect(throws: Fault.self) { try StoreInspection.check(path + ".nowhere") }
      try Data("hello, this is no database, and quite long".utf8).write(to: URL(fileURLWithPath: path + ".text"))
      let fault = #expect(throws: Fault.self) { try StoreInspection.check(path + ".text") }
      #expect(fault?.code == .damaged)
      let foreign = try DatabaseQueue(path: path + ".foreign")
      try await foreign.write { try $0.execute(sql: "CREATE TABLE x (y)") }
      try foreign.close()
      let found = try StoreInspection.check(path + ".foreign").filter { !$0.problems.isEmpty }
      #expect(found.map(\.name) == ["schema"])
    }
  }
}
