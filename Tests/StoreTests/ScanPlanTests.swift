import Foundation
import GRDB
import Model
import Testing

@testable import Store

/// Which index a filter is answered with: of all that fit, the one that leaves the fewest rows.
@Suite struct ScanPlanTests {
  private static let cases: [(conditions: [ResultFilter.Condition], index: String)] = [
    ([.equals(.buildTag, "t")], "results_build"),
    ([.equals(.project, "p"), .equals(.testCase, "c"), .equals(.pod, "n"), .equals(.buildTag, "t")], "results_build"),
    ([.equals(.project, "p"), .equals(.testCase, "c"), .equals(.pod, "n")], "results_case"),
    ([.equals(.project, "p"), .equals(.pod, "n")], "results_pod"),
    ([.equals(.testCase, "c"), .notBefore(.startDate, "2026"), .before(.startDate, "2027")], "results_case"),
    ([.equals(.project, "p"), .equals(.installer, "i")], "results_project"),
    ([.trust(0.5), .equals(.testCase, "c")], "results_trust"),
    ([.equals(.id, "i"), .equals(.buildTag, "t")], "sqlite_autoindex_results_1"),
    ([.detail(path: ["sortie_id"], "x"), .equals(.testCase, "c")], "details_attempt"),
  ]

  @Test(arguments: cases.indices)
  func theBestIndexIsUsed(_ index: Int) async throws {
    let (conditions, name) = Self.cases[index]
    let filter = ResultFilter(conditions)
    try await withStore { _, path in
      let queue = try DatabaseQueue(path: path)
      let scan = Scan(CaseResult.source, filter, keys: 0...Int64.max, ascending: false, skip: 0, limit: 20)
      for query in [scan.query, ScanTable.results.counting(filter)] {
        let (sql, values) = ("EXPLAIN QUERY PLAN " + query.sql, query.arguments.map(\.databaseValue))
        let plan = try await queue.read { db in
          try Row.fetchAll(db, sql: sql, arguments: StatementArguments(values)).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains(name) }, "\(query.sql): \(plan)")
        // What has an index comes in the order of keys by itself, and is not sorted.
        #expect(name == "details_attempt" || !plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN results") }, "\(plan)")
      }
      try queue.close()
    }
  }

  @Test func aCountOfEverythingCountsNothing() async throws {
    try await withStore { store, _ in
      try await store.declare()
      for number in 0..<30 { try await store.add(.sample(buildTag: .string("\(number)"))) }
      #expect(try await store.page(ResultFilter(), page: 1, size: 20, ascending: false).total == 30)
      #expect(try await store.page(ResultFilter(newest: 7), page: 1, size: 20, ascending: false).total == 7)
      #expect(try await store.deployPage(ResultFilter(), page: 1, size: 20, ascending: false).total == 0)
      let deployed = DeployResult.Report(pod: "pod1", installer: .string("i"), scenario: .string("s"))
      _ = try await store.addDeployResult(deployed, requestKey: nil)
      #expect(try await store.deployPage(ResultFilter(), page: 1, size: 20, ascending: false).total == 1)
      #expect(try await store.addDeployResult(deployed, requestKey: "k") != .podAbsent)
      try await store.write { try $0.execute(sql: "DELETE FROM results WHERE build_tag = '3'") }
      #expect(try await store.page(ResultFilter(), page: 1, size: 20, ascending: false).total == 29)
    }
  }

  @Test func resultsOfAnOlderStoreAreCounted() async throws {
    try await withStore { _, path in
      let queue = try DatabaseQueue(path: path + ".old")
      try Schema.migrator.migrate(queue, upTo: "1: pods, projects, cases, results")
      try await queue.write { db in
        try db.execute(
          sql: """
            INSERT INTO pods VALUES (1, 'a', 0, '', 'pod1', NULL, NULL, NULL);
            INSERT INTO projects VALUES (1, 'a', 0, '', 'functest', NULL);
            INSERT INTO testcases (key, id, created, project_name, name) VALUES (1, 'a', 0, 'functest', 'vping');
            INSERT INTO results (key, id, pod_name, project_name, case_name) VALUES (1, 'a', 'pod1', 'functest', 'vping');
            INSERT INTO details VALUES (1, 'null');
            """)
      }
      try queue.close()
      let store = try openStore(path + ".old")
      #expect(try await store.page(ResultFilter(), page: 1, size: 20, ascending: false).chunk.results.count == 1)
      try store.close()
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ".old" + suffix) }
    }
  }
}
