import Dispatch
import GRDB
import Model
import Testing

@testable import Store

/// What the store knows about itself.
@Suite struct FigureTests {
  @Test func valuesFallBelowTheirBounds() {
    var histogram = Histogram(bounds: [1, 2, 4])
    for value in [0.5, 1, 1.5, 4, 9] { histogram.add(value) }
    #expect(histogram.counts == [2, 1, 1, 1])
    #expect(histogram.sum == 16)
  }

  @Test func everyTransactionIsCounted() async throws {
    try await withStore { store, _ in
      try await store.declare()
      let before = store.figures
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<100 { group.addTask { try await store.add(.sample()) } }
        try await group.waitForAll()
      }
      let after = store.figures
      #expect(after.groups.sum - before.groups.sum == 100)
      #expect(after.groups.counts.reduce(0, +) == after.commits.counts.reduce(0, +))
      #expect(after.waiting == 0 && after.failures == 0 && after.busySince == nil)
      #expect(after.commits.sum > before.commits.sum)
    }
  }

  @Test func aFailedTransactionIsHeldAgainstTheStoreUntilOneSucceeds() async throws {
    try await withStore { store, _ in
      #expect(await store.obstacle(within: 10) == nil)
      let size = try await store.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
      try await store.write { try $0.execute(sql: "PRAGMA max_page_count = \(size + 8)") }
      await #expect(throws: Fault.self) {
        try await store.write { db in
          try db.execute(sql: "CREATE TABLE filler (x); INSERT INTO filler VALUES (zeroblob(10000000))")
        }
      }
      #expect(await store.obstacle(within: 10)?.message == "the store's disk is full")
      #expect(store.figures.failures == 1)
      try await store.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
      #expect(await store.obstacle(within: 10) == nil)
    }
  }

  @Test func aTransactionThatHangsIsNoticed() async throws {
    try await withStore { store, _ in
      let (begun, begin) = AsyncStream<Void>.makeStream()
      let (ended, end) = AsyncStream<Void>.makeStream()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await store.write { _ in
            begin.finish()
            // Blocks the writer's own thread until the test has looked.
            let gate = DispatchSemaphore(value: 0)
            end.onTermination = { _ in gate.signal() }
            gate.wait()
          }
        }
        for await _ in begun {}
        let fault = await store.obstacle(within: 0)
        #expect(fault?.message.contains("at work") == true)
        end.finish()
        for await _ in ended {}
        try await group.waitForAll()
      }
    }
  }

  @Test func rowsAreCountedByTable() async throws {
    try await withStore { store, _ in
      try await store.declare()
      let counts = Dictionary(await store.rowCounts().map { ($0.table, $0.rows) }, uniquingKeysWith: { $1 })
      #expect(counts["pods"] == 1 && counts["results"] == 0 && counts["tokens"] == 0)
      #expect(counts["grdb_migrations"] == nil && counts["sqlite_sequence"] == nil)
      // A second look a moment later counts nothing again.
      try await store.add(.sample())
      #expect(await store.rowCounts().first { $0.table == "results" }?.rows == 0)
    }
  }
}
