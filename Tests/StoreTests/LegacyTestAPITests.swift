import GRDB
import Model
import Store
import Testing

/// What the store keeps for clients of 2015 and 2016.
@Suite struct LegacyTestAPITests {
  @Test func arrivalAndDescriptionComeBack() async throws {
    let clock = TestClock("2026-11-21T00:00:00.123456Z")
    try await withStore(clock: clock) { store, path in
      try await store.declare()
      var report = CaseResult.Report.sample()
      report.description = .string("in words")
      let new = try await store.add(report)
      let found = try #require(try await store.result(new))
      #expect(found.created == clock.now && found.report.description == .string("in words"))
      // As a release before this one left it.
      let old = try await store.add(.sample())
      let other = try DatabaseQueue(path: path)
      try await other.write { db in
        try db.execute(sql: "UPDATE results SET created = NULL WHERE id = ?", arguments: [old.rawValue])
      }
      try other.close()
      #expect(try await store.result(old)?.created == Timestamp(rfc3339: "2026-11-21T00:00:00Z"))
    }
  }

  @Test func numbersFollowTheOrderOfDeclaration() async throws {
    try await withStore { store, _ in
      for name in ["b", "a", "7"] { try await store.declare(pod: name) }
      #expect(try await store.numberedPods().map(\.number) == [1, 2, 3])
      #expect(try await store.numberedPod("2")?.pod.facts.name == "a")
      #expect(try await store.numberedPod("7")?.number == 3)
      #expect(try await store.numberedPod("99999999999999999999") == nil)
      #expect(try await store.podName(numbered: 1) == "b")
      #expect(try await store.podName(numbered: .min) == nil)
      _ = try await store.removePod(named: "a")
      #expect(try await store.podName(numbered: 2) == nil)
      try await store.declare(pod: "c")
      #expect(try await store.numberedPod("c")?.number == 4)
    }
  }

  @Test func theNewestAreFoundByTimeOfArrival() async throws {
    let clock = TestClock("2026-11-21T00:00:00Z")
    try await withStore(clock: clock) { store, _ in
      try await store.declare()
      var ids: [ObjectID] = []
      for _ in 0..<5 {
        ids.append(try await store.add(.sample()))
        clock.advance(bySeconds: 60)
      }
      let since = try #require(Timestamp(rfc3339: "2026-11-21T00:02:00Z"))
      let late = ResultFilter([.arrived(notBefore: since)])
      #expect(try await store.all(late).results.map(\.id) == Array(ids[2...]))
      #expect(try await store.newest(2, late).results.map(\.id) == [ids[4], ids[3]])
      #expect(try await store.newest(9, ResultFilter(newest: 1)).results.map(\.id) == [ids[4]])
      #expect(try await store.newest(0, late).results.isEmpty)
      let never = ResultFilter([.arrived(notBefore: Timestamp(nanoseconds: .max))])
      #expect(try await store.all(never).results.isEmpty)
      let always = ResultFilter([.arrived(notBefore: Timestamp(nanoseconds: .min))])
      #expect(try await store.all(always).results.count == 5)
    }
  }
}
