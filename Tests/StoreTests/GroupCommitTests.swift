import GRDB
import Model
import Testing

@testable import Store

@Suite struct GroupCommitTests {
  @Test func sixteenSendersLoseAndDoubleNothing() async throws {
    try await withStore { store, _ in
      try await store.declare()
      let ids = try await withThrowingTaskGroup(of: [ObjectID].self) { group in
        for sender in 0..<16 {
          group.addTask {
            var ids: [ObjectID] = []
            for number in 0..<200 { ids.append(try await store.add(.sample(buildTag: .string("\(sender)-\(number)")))) }
            return ids
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(Set(ids).count == 3200)
      let found = try await store.everything(ResultFilter()).results
      #expect(Set(found.map(\.report.buildTag)).count == 3200)
      #expect(found.map(\.id) == ids.sorted())
    }
  }

  @Test func oneBadRowFailsOnlyItsSender() async throws {
    try await withStore { store, _ in
      try await store.declare()
      let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<60 {
          group.addTask {
            do {
              try await store.write { db in
                let name: String? = number % 3 == 0 ? nil : "pod-\(number)"
                let values: StatementArguments = [number + 1, "id-\(number)", name]
                try db.execute(
                  sql: "INSERT INTO pods (key, id, created, creator, name) VALUES (?, ?, 0, '', ?)", arguments: values)
              }
              return false
            } catch let fault as Fault {
              #expect(fault.code == .system)
              return true
            }
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(failures == 20)
      #expect(try await store.pods().count == 41)
    }
  }

  @Test func whatAFailedWriteBeganIsUndone() async throws {
    try await withStore { store, _ in
      await #expect(throws: Fault.self) {
        try await store.write { db in
          try db.execute(sql: "INSERT INTO pods (key, id, created, creator, name) VALUES (1, 'a', 0, '', 'p')")
          throw Fault(.limit, "thought better of it")
        }
      }
      let pods = try await store.pods()
      #expect(pods.isEmpty)
    }
  }

  @Test func aWriteThatTakesTheWholeTransactionBackFailsThemAll() async throws {
    try await withStore { store, _ in
      await #expect(throws: Fault.self) {
        try await store.write { db in try db.execute(sql: "ROLLBACK") }
      }
      try await store.declare()
      #expect(try await store.pods().count == 1)
    }
  }

  @Test func aRequestKeyAddsOneResult() async throws {
    try await withStore { store, _ in
      try await store.declare()
      let outcomes = try await withThrowingTaskGroup(of: ResultAddition.self) { group in
        for _ in 0..<20 { group.addTask { try await store.addResult(.sample(), requestKey: "run.case.1") } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let added = outcomes.compactMap { if case .added(let id) = $0 { id } else { nil } }
      #expect(added.count == 1)
      let repeated = outcomes.filter { $0 == added.first.map(ResultAddition.repeated) }
      #expect(repeated.count == 19)
      #expect(try await store.everything(ResultFilter()).results.count == 1)
    }
  }
}
