import Dialects
import GRDB
import Store
import Testing

/// The statuses stand twice: as rows, which other rows refer to, and as the words of the wire. They must be the same.
@Suite struct AvocadoStatusTests {
  private static func rows(_ table: String, _ path: String) async throws -> [[String]] {
    try await DatabaseQueue(path: path).read { db in
      try Row.fetchAll(db, sql: "SELECT key, name, description FROM \(table) ORDER BY key").map { row in
        ["\(row[0] as Int)", row[1], row[2]]
      }
    }
  }

  private static func words<Kind: Avocado.Status>(_ kind: Kind.Type) -> [[String]] {
    kind.allCases.map { ["\($0.rawValue)", $0.name, $0.description] }
  }

  @Test func rowsAndWordsAreTheSame() async throws {
    try await withStore { _, path in
      let (jobs, tests) = (
        try await Self.rows("avocado_job_statuses", path), try await Self.rows("avocado_test_statuses", path)
      )
      #expect(jobs == Self.words(Avocado.JobStatus.self))
      #expect(tests == Self.words(Avocado.TestStatus.self))
    }
  }

  @Test func everyStatusCountsAsWhatItMeans() async throws {
    func expected(_ name: String) -> AvocadoSummary {
      AvocadoSummary(
        passed: name == "PASS" ? 1 : 0, failed: ["FAIL", "ERROR"].contains(name) ? 1 : 0,
        other: ["PASS", "FAIL", "ERROR"].contains(name) ? 0 : 1)
    }
    let answer = AvocadoAnswer(status: 201, body: [])
    for status in Avocado.JobStatus.allCases {
      try await withStore { store, _ in
        let draft = AvocadoJob.Draft(id: "a", status: status.rawValue)
        _ = try await store.addAvocadoJob(draft, request: nil) { _ in answer }
        #expect(try await store.avocadoJobSummary() == expected(status.name), "\(status)")
      }
    }
    try await withStore { store, _ in
      for status in Avocado.TestStatus.allCases {
        let name = AvocadoJobName(status.name, forWriting: true)
        let draft = AvocadoJob.Draft(id: status.name, status: 1)
        _ = try await store.addAvocadoJob(draft, request: nil) { _ in answer }
        _ = try await store.addAvocadoTest("t", status: status.rawValue, to: name, request: nil, answer: answer)
        #expect(try await store.avocadoTestSummary(of: name) == expected(status.name), "\(status)")
      }
    }
  }
}
