import GRDB
import Model
import Testing

@testable import Store

@Suite struct PruneTests {
  private static let day = 86_400.0

  /// The counts that are not zero.
  private func found(_ pruned: [Pruned]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: pruned.filter { $0.rows > 0 }.map { ($0.name, $0.rows) })
  }

  @Test func whatIsOlderGoesWithWhatBelongsToIt() async throws {
    let clock = TestClock()
    try await withStore(clock: clock) { store, path in
      try await store.declare()
      for _ in 0..<300 { try await store.add(.sample()) }
      clock.advance(bySeconds: 10 * Self.day)
      let kept = try await store.add(.sample())
      let limit = clock.now.advanced(bySeconds: -5 * Self.day)
      #expect(found(try await store.aged(before: limit)) == ["results": 300])
      #expect(try await store.everything(ResultFilter()).results.count == 301)
      #expect(found(try await store.prune(before: limit)) == ["results": 300])
      #expect(try await store.everything(ResultFilter()).results.map(\.id) == [kept])
      #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM details") } == 1)
      #expect(try await store.pods().count == 1)
      #expect(found(try await store.prune(before: limit)).isEmpty)
      #expect(try StoreInspection.check(path).flatMap(\.problems) == [])
    }
  }

  @Test func everyKindThatAgesGoes() async throws {
    try await withStore { store, path in
      try await store.write { try TableFiller.fill($0) }
      let future = Timestamp(nanoseconds: .max)
      for before in [Timestamp(nanoseconds: 0), Timestamp(nanoseconds: -1)] {
        #expect(found(try await store.prune(before: before)).isEmpty)
      }
      let pruned = try await store.prune(before: future)
      #expect(
        pruned
          == (try await store.read { try AgedRows.present($0) }).map { Pruned(name: $0.name, rows: TableFiller.rows) })
      #expect(try StoreInspection.check(path, only: [.integrity, .references]).flatMap(\.problems) == [])
    }
  }

  @Test func pruningUnderLoadStopsNobody() async throws {
    let clock = TestClock()
    try await withStore(clock: clock) { store, path in
      try await store.declare()
      try await store.write { db in
        for number in 1...4000 {
          try db.execute(
            sql: """
              INSERT INTO results (key, id, pod_name, project_name, case_name)
              VALUES (?, ?, 'pod1', 'functest', 'vping')
              """, arguments: [number, "old\(number)"])
          try db.execute(sql: "INSERT INTO details VALUES (?, 'null')", arguments: [number])
        }
      }
      // As another process would: with connections of its own.
      let care = try openStore(path, clock: clock)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for sender in 0..<16 {
          group.addTask {
            for number in 0..<40 { try await store.add(.sample(buildTag: .string("\(sender)-\(number)"))) }
          }
        }
        let pruned = try await care.prune(before: clock.now.advanced(bySeconds: -Self.day))
        #expect(found(pruned) == ["results": 4000])
        try await group.waitForAll()
      }
      try care.close()
      #expect(try await store.everything(ResultFilter()).results.count == 640)
      #expect(try StoreInspection.check(path).flatMap(\.problems) == [])
    }
  }

  @Test func theRoomGoesBackToTheDisk() async throws {
    let clock = TestClock()
    try await withStore(clock: clock) { store, path in
      try await store.declare()
      let details = "\"" + String(repeating: "x", count: 20_000) + "\""
      for _ in 0..<100 { try await store.add(.sample(details: details)) }
      _ = try await store.prune(before: clock.now.advanced(bySeconds: Self.day))
      try settle(store, path)
      let before = StoreFile.size(path)
      try StoreBackup.vacuum(path)
      #expect(StoreFile.size(path) < before / 4)
      #expect(try StoreInspection.check(path).flatMap(\.problems) == [])
    }
  }

  @Test func aTransactionTakesAboutTheSameTime() async {
    var pace = Pace(rows: 64)
    await pace.rest(after: .milliseconds(1))
    #expect(pace.rows == 128)
    await pace.rest(after: .milliseconds(20))
    #expect(pace.rows == 128)
    for _ in 0..<10 { await pace.rest(after: .milliseconds(41)) }
    #expect(pace.rows == 1)
    for _ in 0..<20 { await pace.rest(after: .zero) }
    #expect(pace.rows == 2048)
  }
}
