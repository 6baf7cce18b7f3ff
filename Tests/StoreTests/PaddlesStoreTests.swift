import GRDB
import Model
import Synchronization
import Testing

@testable import Store

@Suite struct PaddlesStoreTests {
  private static let time = Timestamp(nanoseconds: 5)

  private static func run(_ name: String, scheduled: Int64 = 0) -> RunRecord {
    var run = RunRecord(name: name, user: "u", scheduled: Timestamp(nanoseconds: scheduled), posted: time)
    run.status = "empty"
    return run
  }

  private static func write(_ run: RunRecord, _ values: [JobRecord.Column: StoredValue] = [:]) -> JobWrite {
    JobWrite(run: run, status: "queued", started: nil, updated: time, values: values, hosts: [])
  }

  /// How SQLite goes about a query: an index that fits, and never a sort.
  @Test(arguments: [
    (RunFilter(order: .posted), "SCAN runs"),
    (RunFilter(order: .scheduled), "SCAN runs USING INDEX paddles_runs_scheduled"),
    (RunFilter([.queued], order: .soonest), "SCAN runs USING INDEX paddles_runs_queued"),
    (RunFilter([.equals(.branch, "b")], order: .scheduled), "SEARCH runs USING INDEX paddles_runs_branch (branch=?)"),
    (RunFilter([.equals(.suite, "b")], order: .scheduled), "SEARCH runs USING INDEX paddles_runs_suite (suite=?)"),
    (RunFilter([.equals(.user, "b")], order: .scheduled), "SEARCH runs USING INDEX paddles_runs_user (user=?)"),
    (RunFilter([.equals(.status, "b")], order: .scheduled), "SEARCH runs USING INDEX paddles_runs_status (status=?)"),
    (
      RunFilter([.equals(.machineType, "b")], order: .scheduled),
      "SEARCH runs USING INDEX paddles_runs_machine_type (machine_type=?)"
    ),
    (
      RunFilter([.equals(.branch, "b"), .notBefore(time)], order: .scheduled),
      "SEARCH runs USING INDEX paddles_runs_branch (branch=? AND scheduled>?)"
    ),
  ])
  func runsComeInTheOrderOfAnIndex(_ filter: RunFilter, _ plan: String) async throws {
    try await withStore { store, _ in
      let found = try await Self.plan(RunScan(filter).statement(limit: 25), store)
      #expect(found == [plan])
    }
  }

  @Test(arguments: [
    (JobFilter([.run("r")], order: .id), "SEARCH jobs USING INDEX sqlite_autoindex_paddles_jobs_1 (run_key=?)"),
    (JobFilter([.run("r")]), "SEARCH jobs USING INDEX paddles_jobs_run (run_key=?)"),
    (JobFilter([.status("x"), .run("r")]), "SEARCH jobs USING INDEX paddles_jobs_run (run_key=?)"),
    (JobFilter([.status("x")]), "SEARCH jobs USING INDEX paddles_jobs_status (status=?)"),
    (JobFilter([.status("x"), .user("r"), .branch("b")]), "SEARCH jobs USING INDEX paddles_jobs_user (user=?)"),
    (JobFilter([.description("x")]), "SCAN jobs"),
    (JobFilter(), "SCAN jobs"),
  ])
  func jobsComeInTheOrderOfAnIndex(_ filter: JobFilter, _ plan: String) async throws {
    try await withStore { store, _ in
      let found = try await Self.plan(JobScan(filter).statement(limit: 25), store)
      #expect(found.first == plan, "\(found)")
      #expect(!found.contains { $0.contains("TEMP B-TREE") }, "\(found)")
      #expect(found.contains { $0 == "SEARCH configs USING INTEGER PRIMARY KEY (rowid=?)" })
      #expect(found.contains { $0 == "SEARCH runs USING INTEGER PRIMARY KEY (rowid=?)" })
    }
  }

  private static func plan(_ statement: (sql: String, arguments: StatementArguments), _ store: ResultStore)
    async throws -> [String]
  {
    try await store.read { db in
      try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + statement.sql, arguments: statement.arguments)
        .map { $0["detail"] as String }
    }
  }

  /// What a heartbeat, a change of status and the page of runs cost in statements.
  @Test func aWriteIsAHandfulOfStatementsAndAListIsOne() async throws {
    try await withStore { store, _ in
      for run in 0..<30 {
        for job in 0..<3 {
          _ = try await store.addJob("\(job)", to: Self.run("r\(run)"), requestKey: nil) { run, _ in Self.write(run) }
        }
      }
      let written = Statements()
      try await store.write { db in db.trace { written.add("\($0)") } }
      let isChanged = try await store.changeJob("1", of: "r7") { run, _ in
        Self.write(run, [.name: .string("r7"), .pid: .string("5")])
      }
      #expect(isChanged)
      try await store.write { db in db.trace(options: []) }
      let changing = written.all.filter { $0.hasPrefix("UPDATE") || $0.hasPrefix("SELECT") }
      #expect(changing.count == 4, "\(written.all)")

      let read = Statements()
      let chunk = try await store.read { db in
        db.trace { read.add("\($0)") }
        defer { db.trace(options: []) }
        return try RunScan(RunFilter(order: .posted), limit: 25).next(db)
      }
      #expect(chunk.runs.count == 25)
      #expect(read.all.count == 1, "\(read.all)")
    }
  }

  @Test func scansGoOnWhereTheyStopped() async throws {
    try await withStore { store, _ in
      for number in 0..<600 {
        // Three runs are scheduled for each time, so that the order within a time counts.
        _ = try await store.addRun(Self.run("r\(number)", scheduled: Int64(number / 3)), requestKey: nil)
      }
      for (order, expected) in [
        (.posted, Array((0..<600).reversed())), (.scheduled, Array((0..<600).reversed())), (.soonest, []),
      ] as [(RunFilter.Order, [Int])] {
        var scan: RunScan? = RunScan(RunFilter(order: order), skip: 10, limit: 580)
        var names: [String] = []
        var sizes: [Int] = []
        while let next = scan {
          let chunk = try await store.next(next)
          names += chunk.runs.map(\.run.name)
          sizes.append(chunk.runs.count)
          scan = chunk.rest
        }
        let all = expected.isEmpty ? Array(0..<600) : expected
        #expect(names == all[10..<590].map { "r\($0)" })
        #expect(sizes == [256, 256, 68])
      }
    }
  }

  @Test func jobsComeInChunksOfRowsAndOfBytes() async throws {
    try await withStore { store, _ in
      let text = String(repeating: "x", count: 60_000)
      for number in 0..<10 {
        _ = try await store.addJob("\(number)", to: Self.run("r"), requestKey: nil) { run, _ in
          Self.write(run, [.tasks: .json("\"\(text)\"")])
        }
      }
      let (_, first) = try #require(try await store.runWithJobs("r"))
      #expect(first.jobs.count == 5)
      let rest = try await store.next(try #require(first.rest))
      #expect(rest.jobs.count == 5)
      if let end = rest.rest { #expect(try await store.next(end).jobs.isEmpty) }
      #expect(try await store.jobs(of: "s", status: nil) == nil)
      #expect(try await store.runWithJobs("s") == nil)
    }
  }

  @Test func aRemovedRunTakesItsJobsAlongAndLeavesItsNodes() async throws {
    try await withStore { store, _ in
      _ = try await store.addJob("1", to: Self.run("r"), requestKey: nil) { run, _ in
        JobWrite(
          run: run, status: "queued", started: nil, updated: Self.time, values: [.machineType: .string("mira")],
          hosts: ["a", "b"])
      }
      #expect(try await store.next(JobScan(JobFilter([.node("a")]))).jobs.count == 1)
      #expect(try await store.removeRun(named: "r"))
      #expect(try await store.removeRun(named: "r") == false)
      let left = try await store.read { db in
        try ["jobs", "configs", "targets", "nodes"].map {
          try Int.fetchOne(db, sql: "SELECT count(*) FROM paddles_\($0)")
        }
      }
      #expect(left == [0, 0, 0, 2])
      #expect(try await store.node("a")?.node.attributes[.machineType] == "mira")
    }
  }

  @Test func twentyRequestsWithOneKeyMakeOneJob() async throws {
    try await withStore { store, _ in
      let additions = try await withThrowingTaskGroup(of: PaddlesAddition.self) { group in
        for _ in 0..<20 {
          group.addTask {
            try await store.addJob(nil, to: Self.run("r"), requestKey: "k") { run, _ in Self.write(run) }
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(additions.filter { $0 == .added("1") }.count == 1)
      #expect(additions.filter { $0 == .repeated("1") }.count == 19)
    }
  }
}

/// What SQLite was asked to do.
private final class Statements: Sendable {
  private let texts = Mutex<[String]>([])

  func add(_ text: String) { texts.withLock { $0.append(text) } }
  var all: [String] { texts.withLock { $0 } }
}
