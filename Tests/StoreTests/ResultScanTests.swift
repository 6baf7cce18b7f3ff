import Model
import Store
import Testing

@Suite struct ResultScanTests {
  private static func tags(_ results: [CaseResult]) -> [Int] {
    results.compactMap { if case .string(let tag) = $0.report.buildTag { Int(tag) } else { nil } }
  }

  private static func withNumberedResults(
    _ count: Int, _ body: @Sendable (ResultStore) async throws -> Void
  ) async throws {
    try await withStore { store, _ in
      try await store.declare(cases: ["vping", "other"])
      for number in 0..<count {
        try await store.add(.sample(number % 2 == 0 ? "vping" : "other", buildTag: .string("\(number)")))
      }
      try await body(store)
    }
  }

  @Test func pagesCutTheRightWindow() async throws {
    try await Self.withNumberedResults(45) { store in
      let even = ResultFilter([.equals(.testCase, "vping")])
      let cases: [(ResultFilter, page: Int, ascending: Bool, total: Int, tags: [Int])] = [
        (ResultFilter(), 1, false, 45, Array((25...44).reversed())),
        (ResultFilter(), 3, false, 45, Array((0...4).reversed())),
        (ResultFilter(), 4, false, 45, []),
        (ResultFilter(), .max, false, 45, []),
        (ResultFilter(), 1, true, 45, Array(0...19)),
        (ResultFilter(newest: 3), 1, false, 3, [44, 43, 42]),
        (ResultFilter(newest: 3), 1, true, 3, [42, 43, 44]),
        (ResultFilter(newest: 25), 2, true, 25, Array(40...44)),
        (ResultFilter(newest: 25), 2, false, 25, Array((20...24).reversed())),
        (ResultFilter(newest: 100), 3, true, 45, Array(40...44)),
        (even, 2, false, 23, [4, 2, 0]),
        (ResultFilter(even.conditions, newest: 2), 1, true, 2, [42, 44]),
        (ResultFilter([.never]), 1, false, 0, []),
      ]
      for (filter, page, ascending, total, tags) in cases {
        let found = try await store.page(filter, page: page, size: 20, ascending: ascending)
        #expect(found.total == total)
        #expect(Self.tags(found.chunk.results) == tags)
        #expect(found.chunk.rest == nil)
      }
    }
  }

  @Test func everythingComesInChunks() async throws {
    try await Self.withNumberedResults(600) { store in
      let all = try await store.everything(ResultFilter())
      #expect(Self.tags(all.results) == Array(0..<600))
      #expect(all.chunks == [256, 256, 88])
      let even = try await store.everything(ResultFilter([.equals(.testCase, "vping")], newest: 5))
      #expect(Self.tags(even.results) == [590, 592, 594, 596, 598])
      #expect(try await store.everything(ResultFilter(newest: 1000)).results.count == 600)
    }
  }

  @Test func aChunkIsBoundedByBytesToo() async throws {
    try await withStore { store, _ in
      #expect(try await store.everything(ResultFilter()).results.isEmpty)
      try await store.declare()
      let details = "\"" + String(repeating: "x", count: 600_000) + "\""
      for _ in 0..<5 { try await store.add(.sample(details: details)) }
      #expect(try await store.everything(ResultFilter()).chunks == [1, 1, 1, 1, 1])
      let page = try await store.page(ResultFilter(), page: 1, size: 20, ascending: false)
      #expect(page.total == 5)
      #expect(page.chunk.results.count == 1)
      #expect(page.chunk.rest != nil)
    }
  }

  @Test func whatArrivesDuringAScanIsNotPartOfIt() async throws {
    try await Self.withNumberedResults(300) { store in
      let first = try await store.all(ResultFilter())
      try await store.add(.sample(buildTag: .string("late")))
      let rest = try #require(first.rest)
      #expect(try await store.next(rest).results.count == 44)
    }
  }

  @Test func conditionsFindStringsOnly() async throws {
    try await withStore { store, _ in
      try await store.declare()
      let dated: [StoredValue] = [
        .null, .string(""), .string("None"), .string("2016-01-01"), .string("2016-01-01 00:01:23"), .json("2016"),
      ]
      for (number, date) in dated.enumerated() {
        try await store.add(.sample(buildTag: .string("\(number)"), startDate: date))
      }
      let cases: [([ResultFilter.Condition], [Int])] = [
        ([.equals(.startDate, "")], [1]),
        ([.equals(.startDate, "2016")], []),
        ([.notBefore(.startDate, "2016-01-01")], [2, 3, 4]),
        ([.notBefore(.startDate, "2016-01-01"), .before(.startDate, "2017")], [3, 4]),
        ([.before(.startDate, "2016-01-01 00:01:23")], [1, 3]),
        ([.equals(.buildTag, "3"), .equals(.testCase, "vping")], [3]),
        ([.equals(.buildTag, "3"), .equals(.testCase, "VPING")], []),
        ([.equals(.criteria, "pass"), .equals(.buildTag, "0")], [0]),
        ([.never], []),
      ]
      for (conditions, tags) in cases {
        #expect(Self.tags(try await store.everything(ResultFilter(conditions)).results) == tags, "\(conditions)")
      }
    }
  }

  @Test(arguments: [
    (["a"], "x", [0, 3]), (["a", "b"], "x", [1]), (["a"], "2", []), (["n"], "x", []), ([], "x", [4]),
    (["a\".b"], "x", []), (["q'q"], "x", [5]), (["a", "0"], "x", []), (["é"], "x", [6]), (["$", "*"], "x", []),
    (["sortie_id"], "run.case.1", [7]), (["sortie_id"], "5", []),
  ])
  func detailsAreFoundByPath(_ path: [String], _ text: String, _ tags: [Int]) async throws {
    try await withStore { store, _ in
      try await store.declare()
      let details = [
        #"{"a": "x"}"#, #"{"a": {"b": "x"}}"#, #"{"a": 2}"#, #"{"a": ["y", "x"]}"#, #""x""#, #"{"q'q": "x"}"#,
        #"{"é": "x"}"#, #"{"sortie_id": "run.case.1"}"#, #"{"sortie_id": 5}"#,
      ]
      for (number, json) in details.enumerated() {
        try await store.add(.sample(buildTag: .string("\(number)"), details: json))
      }
      let found = try await store.everything(ResultFilter([.detail(path: path, text)])).results
      #expect(Self.tags(found) == tags)
    }
  }
}
