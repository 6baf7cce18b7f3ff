import Model
import Store
import Testing

@Suite struct RecordTests {
  @Test func valuesComeBackAsTheyWereSent() async throws {
    try await withStore { store, _ in
      let values: [StoredValue] = [
        .null, .string(""), .string("2023.1"), .string("12345678"), .string("1e5"), .string("True"), .string("null"),
        .string("ä\u{1F600}\n\"'\\"), .json("1.0"), .json("1e400"), .json("123456789012345678901234567890"),
        .json("[1, {\"b\": 2, \"b\": 3}]"), .json("true"),
      ]
      for (number, value) in values.enumerated() {
        let facts = Pod.Facts(name: "pod\(number)", mode: value, role: value, details: value)
        _ = try await store.addPod(facts, creator: "me")
        #expect(try await store.pod(named: facts.name)?.facts == facts)
      }
    }
  }

  @Test func idsIncreaseAndCarryTimeIdentityAndCount() async throws {
    let clock = TestClock("2026-11-21T00:00:00Z")
    try await withStore(identity: "0123456789", clock: clock) { store, _ in
      try await store.declare()
      var ids: [ObjectID] = []
      for _ in 0..<3 { ids.append(try await store.add(.sample())) }
      clock.advance(bySeconds: 1)
      ids.append(try await store.add(.sample()))
      clock.advance(bySeconds: -100)
      ids.append(try await store.add(.sample()))
      let expected = ["6b00df00 000000", "6b00df00 000001", "6b00df00 000002", "6b00df01 000000", "6b00df01 000001"]
      #expect(ids.map { "\($0.rawValue.prefix(8)) \($0.rawValue.suffix(6))" } == expected)
      #expect(ids.allSatisfy { $0.rawValue.dropFirst(8).dropLast(6) == "0123456789" })
      #expect(ids == ids.sorted())
    }
  }

  @Test func aProjectIsAddedChangedAndRemoved() async throws {
    try await withStore { store, _ in
      guard case .added(let made) = try await store.addProject(named: "a", description: .null, creator: "c") else {
        Issue.record("not added")
        return
      }
      #expect(try await store.addProject(named: "a", description: .null, creator: "") == .exists)
      _ = try await store.addProject(named: "b", description: .null, creator: "")
      #expect(try await store.changeProject(named: "x", to: "y", description: nil) == .absent)
      #expect(try await store.changeProject(named: "a", to: "a", description: nil) == .unchanged)
      #expect(try await store.changeProject(named: "a", to: "b", description: nil) == .exists)
      var changed = made
      changed.name = "c"
      changed.description = .string("new")
      #expect(try await store.changeProject(named: "a", to: "c", description: .string("new")) == .changed(changed))
      _ = try await store.addCase("x", to: "c", attributes: [:])
      #expect(try await store.changeProject(named: "c", to: "d", description: nil) == .tied)
      #expect(try await store.removeProject(named: "c") == .tied)
      #expect(try await store.removeProject(named: "b") == .removed)
      #expect(try await store.removeProject(named: "b") == .absent)
    }
  }

  @Test func aCaseIsTiedByItsOwnResultsOnly() async throws {
    try await withStore { store, _ in
      try await store.declare()
      try await store.declare(pod: "pod2", project: "other")
      try await store.add(.sample())
      #expect(try await store.removeCase("vping", of: "functest") == .tied)
      #expect(try await store.changeCase("vping", of: "functest", to: "new", attributes: [:]) == .tied)
      #expect(try await store.removeCase("vping", of: "other") == .removed)
      #expect(try await store.removePod(named: "pod1") == .tied)
      #expect(try await store.removePod(named: "pod2") == .removed)
      #expect(try await store.addCase("vping", to: "functest", attributes: [:]) == .exists)
      #expect(try await store.addCase("vping", to: "nowhere", attributes: [:]) == .parentAbsent)
      let changed = try await store.changeCase("vping", of: "functest", to: nil, attributes: [.tier: .json("[1]")])
      guard case .changed(let testCase) = changed else {
        Issue.record("not changed: \(changed)")
        return
      }
      #expect(testCase.attributes == [.tier: .json("[1]")])
      #expect(try await store.testCase("vping", of: "functest") == testCase)
    }
  }

  @Test func aResultNeedsItsPodProjectAndCase() async throws {
    try await withStore { store, _ in
      #expect(try await store.addResult(.sample(), requestKey: nil) == .podAbsent)
      _ = try await store.addPod(Pod.Facts(name: "pod1", mode: .null, role: .null, details: .null), creator: "")
      #expect(try await store.addResult(.sample(), requestKey: nil) == .projectAbsent)
      _ = try await store.addProject(named: "functest", description: .null, creator: "")
      #expect(try await store.addResult(.sample(), requestKey: nil) == .caseAbsent)
    }
  }
}
