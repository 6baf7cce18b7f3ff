import GRDB
import Model
import Synchronization
import Testing

@testable import Store

@Suite struct AvocadoStoreTests {
  private static let everything: AvocadoWindow = { _ in (0, 1000) }

  private static func add(_ id: String, status: Int = 6, to store: ResultStore, request: AvocadoRequest? = nil)
    async throws
    -> AvocadoAnswer
  {
    try await store.addAvocadoJob(AvocadoJob.Draft(id: id, status: status), request: request) { job in
      AvocadoAnswer(status: 201, body: Array("\(job.id) \(job.key)".utf8))
    }
  }

  private static func name(_ text: String) -> AvocadoJobName { AvocadoJobName(text, forWriting: true) }

  private static let added = AvocadoAnswer(status: 200, body: [])

  @Test func countersFollowEveryWrite() async throws {
    try await withStore { store, path in
      for (id, status) in [("a", 6), ("b", 4), ("c", 3), ("d", 1)] {
        _ = try await Self.add(id, status: status, to: store)
      }
      #expect(try await store.avocadoJobSummary() == AvocadoSummary(passed: 1, failed: 2, other: 1))
      _ = try await store.changeAvocadoJob(Self.name("d"), AvocadoJob.Change(status: 6))
      try await store.removeAvocadoJob(Self.name("b"))
      #expect(try await store.avocadoJobSummary() == AvocadoSummary(passed: 2, failed: 1, other: 0))
      for status in 1...5 {
        _ = try await store.addAvocadoTest(
          "t\(status)", status: status, to: Self.name("a"), request: nil, answer: Self.added)
      }
      #expect(try await store.avocadoTestSummary(of: Self.name("a")) == AvocadoSummary(passed: 1, failed: 2, other: 2))
      _ = try await store.changeAvocadoTest(1, of: Self.name("a"), job: Self.name("c"), tag: nil, status: 3)
      try await store.removeAvocadoTest(2, of: Self.name("a"))
      #expect(try await store.avocadoTestSummary(of: Self.name("a")) == AvocadoSummary(passed: 0, failed: 1, other: 2))
      #expect(try await store.avocadoTestSummary(of: Self.name("c")) == AvocadoSummary(passed: 0, failed: 1, other: 0))
      let counted = try await DatabaseQueue(path: path).read { db in
        try Bool.fetchOne(
          db,
          sql: """
            SELECT (SELECT sum(jobs) FROM avocado_job_statuses) = (SELECT count(*) FROM avocado_jobs)
              AND (SELECT sum(passed + failed + other) FROM avocado_jobs) = (SELECT count(*) FROM avocado_tests)
            """)
      }
      #expect(counted == true)
    }
  }

  @Test func removingAJobTakesEverythingInIt() async throws {
    try await withStore { store, path in
      _ = try await Self.add("a", to: store)
      let request = AvocadoRequest(key: "k", digest: "d")
      _ = try await store.addAvocadoTest("t", status: 1, to: Self.name("a"), request: request, answer: Self.added)
      let activity = AvocadoActivity(activity: "A", time: 5)
      _ = try await store.addAvocadoActivity(activity, toJob: Self.name("a"), request: nil, answer: Self.added)
      _ = try await store.addAvocadoActivity(
        activity, toTest: 1, of: Self.name("a"), request: nil, answer: Self.added)
      let datum = AvocadoDatum(category: "c", name: "n", value: [1])
      _ = try await store.addAvocadoDatum(datum, toTest: 1, of: Self.name("a"), request: nil, answer: Self.added)
      try await store.removeAvocadoJob(Self.name("a"))
      let left = try await DatabaseQueue(path: path).read { db in
        let tables = ["jobs", "tests", "job_activities", "test_activities", "test_data", "requests"]
        return try tables.map { try Int.fetchOne(db, sql: "SELECT count(*) FROM avocado_\($0)") ?? -1 }
      }
      #expect(left == [0, 0, 0, 0, 0, 0])
    }
  }

  @Test func aRequestIsDoneOnce() async throws {
    try await withStore { store, _ in
      let request = AvocadoRequest(key: "k", digest: "d")
      let first = try await Self.add("a", to: store, request: request)
      #expect(try await Self.add("b", to: store, request: request) == first)
      await #expect(throws: AvocadoProblem.requestKeyReused) {
        try await Self.add("b", to: store, request: AvocadoRequest(key: "k", digest: "e"))
      }
      // What is refused may be asked for again under its key.
      let other = AvocadoRequest(key: "l", digest: "d")
      await #expect(throws: AvocadoProblem.exists) { try await Self.add("a", to: store, request: other) }
      #expect(try await Self.add("c", to: store, request: other).status == 201)
    }
  }

  @Test func aScanComesInChunksAndLeavesOutWhatIsLate() async throws {
    try await withStore { store, _ in
      for id in ["a", "b"] {
        _ = try await Self.add(id, to: store)
        for number in 0..<1500 {
          _ = try await store.addAvocadoTest(
            "t\(number)", status: 1, to: Self.name(id), request: nil, answer: Self.added)
        }
      }
      var (total, chunk) = try await store.avocadoJobs(order: [], window: Self.everything)
      #expect(total == 2)
      _ = try await store.addAvocadoTest("late", status: 1, to: Self.name("b"), request: nil, answer: Self.added)
      var (sizes, pieces) = ([chunk.pieces.count], chunk.pieces)
      while let rest = chunk.rest {
        chunk = try await store.next(rest)
        sizes.append(chunk.pieces.count)
        pieces += chunk.pieces
      }
      #expect(sizes.allSatisfy { $0 <= 1024 })
      let tests = pieces.compactMap { if case .test(let test) = $0 { "\(test.job) \(test.tag)" } else { nil } }
      #expect(tests == ["a", "b"].flatMap { id in (0..<1500).map { "\(id) t\($0)" } })
    }
  }

  @Test func pagesFromEitherEndAgree() async throws {
    try await withStore { store, _ in
      for number in 0..<47 { _ = try await Self.add("j\(number)", status: number % 3 + 1, to: store) }
      for order in [
        [], [AvocadoJobOrder(.status, isDescending: true)],
        [AvocadoJobOrder(.status), .init(.time, isDescending: true)],
      ] {
        func ids(_ offset: Int, _ limit: Int) async throws -> [String] {
          let found = try await store.avocadoJobs(order: order) { _ in (offset, limit) }
          return found.chunk.pieces.compactMap { if case .job(let job) = $0 { job.id } else { nil } }
        }
        let whole = try await ids(0, 47)
        #expect(Set(whole).count == 47)
        var paged: [String] = []
        for offset in stride(from: 0, to: 47, by: 10) { paged += try await ids(offset, 10) }
        #expect(paged == whole)
      }
    }
  }

  /// A list of any size: what belongs to one job or test is found, and pages come out of an index.
  @Test func noListReadsAWholeTable() async throws {
    try await withStore { store, _ in
      _ = try await Self.add("j", status: 1, to: store)
      _ = try await store.addAvocadoTest("t", status: 1, to: Self.name("j"), request: nil, answer: Self.added)
      let asked = Mutex<Set<String>>([])
      // The one reader that is there reads everything that follows, one after the other.
      try await store.read { db in
        db.trace { event in
          if case .statement(let statement) = event { _ = asked.withLock { $0.insert(statement.sql) } }
        }
      }
      let name = Self.name("j")
      _ = try await store.avocadoJob(name)
      for order in [[], [AvocadoJobOrder(.status)], [AvocadoJobOrder(.description, isDescending: true)]] {
        _ = try await store.avocadoJobs(order: order) { _ in (0, 1) }
      }
      _ = try await store.avocadoTests(of: name, order: [], window: Self.everything)
      _ = try await store.avocadoTestSummary(of: name)
      _ = try await store.avocadoActivities(ofJob: name, window: Self.everything)
      _ = try await store.avocadoActivities(ofTest: 1, of: name, window: Self.everything)
      _ = try await store.avocadoDataKeys(ofTest: 1, of: name, window: Self.everything)
      let statements = asked.withLock { $0.filter { $0.hasPrefix("SELECT") } }
      #expect(statements.count >= 8, "\(statements)")
      try await store.read { db in
        for sql in statements {
          let plan = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql.replacing("?", with: "1")).map {
            $0["detail"] as String
          }
          let whole = plan.filter { $0.hasPrefix("SCAN avocado_") && !$0.contains("USING") }
          #expect(whole.isEmpty || whole == ["SCAN avocado_job_statuses"], "\(sql): \(plan)")
          #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(sql): \(plan)")
        }
      }
    }
  }

  @Test func fixturesAreTheOriginals() async throws {
    try await withStore { store, _ in
      let expected: [(AvocadoList, [[String]])] = [
        (.distros, [["unknown", "0", "0", "unknown"]]), (.kinds, [["unknown"]]), (.arches, [["unknown"]]),
        (.components, []), (.environments, []),
      ]
      for (list, rows) in expected {
        let found = try await store.avocadoRows(of: list, window: Self.everything)
        #expect(found.rows == rows)
      }
    }
  }
}
