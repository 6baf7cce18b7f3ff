import GRDB
import Model
import Testing

@testable import Store

@Suite struct PaddlesNodeStoreTests {
  private struct Refused: Error, Hashable {}

  @Test func aLongListComesInChunks() async throws {
    try await withStore { store, _ in
      try await store.write { db in
        for number in 0..<600 { _ = try LabNode.ensureNode("n\(number)", machineType: "smithi", db) }
      }
      var chunk = try await store.next(NodeScan(NodeFilter(machineTypes: ["smithi"]), limit: 590))
      var names = chunk.nodes.map(\.name)
      var sizes = [chunk.nodes.count]
      while let rest = chunk.rest {
        chunk = try await store.next(rest)
        names += chunk.nodes.map(\.name)
        sizes.append(chunk.nodes.count)
      }
      #expect(names == (0..<590).map { "n\($0)" })
      #expect(sizes == [256, 256, 78])
    }
  }

  @Test func aChunkEndsAfterSoManyBytes() async throws {
    try await withStore { store, _ in
      for number in 0..<40 {
        var node = LabNode(name: "n\(number)")
        node.attributes[.sshKey] = String(repeating: "k", count: 64 << 10)
        _ = try await store.addNode(node, refusals: Refused.self)
      }
      let chunk = try await store.next(NodeScan(NodeFilter()))
      #expect(chunk.nodes.count == 2)
      let rest = try await store.next(try #require(chunk.rest))
      #expect(rest.nodes.first?.name == "n2")
    }
  }

  @Test func aNodeThatAJobNamesIsAddedOnce() async throws {
    try await withStore { store, _ in
      let keys = try await store.write { db in
        try (0..<3).map { _ in try LabNode.ensureNode("a", machineType: "smithi", db) }
      }
      #expect(Set(keys).count == 1)
      let node = try #require(try await store.node("a")?.node)
      #expect(node.attributes == [.machineType: "smithi"] && node.up == nil && node.lock == nil && !node.isVM)
    }
  }

  @Test func aRefusalOfOneLeavesAllAsTheyWere() async throws {
    try await withStore { store, _ in
      for name in ["a", "b"] { _ = try await store.addNode(LabNode(name: name), refusals: Refused.self) }
      let change: NodeChange<Refused> = try await store.changeNodes(["a", "b"]) { node throws(Refused) in
        guard node.name == "a" else { throw Refused() }
        node.up = true
      }
      #expect(change == .refused(Refused()))
      #expect(try await store.node("a")?.node.up == nil)
    }
  }

  @Test func aChainOfHostsHasAnEnd() async throws {
    try await withStore { store, _ in
      for number in 0...9 {
        var node = LabNode(name: "n\(number)")
        node.host = number == 0 ? nil : "n\(number - 1)"
        let change = try await store.addNode(node, refusals: Refused.self)
        #expect((change == .hostUnfit) == (number == 9))
      }
      #expect(try await store.node("n8")?.hosts.count == 8)
      let circle: NodeChange<Refused> = try await store.changeNodes(["n0"]) { node throws(Refused) in node.host = "n3" }
      #expect(circle == .hostUnfit)
    }
  }

  /// However few jobs one read goes over, and whatever is missing between them.
  @Test(arguments: [1, 3, 7, 4096, .max] as [Int64])
  func statisticsAreCountedInChunks(_ chunk: Int64) async throws {
    try await withStore { store, _ in
      try await store.write { db in
        try db.execute(
          sql: """
            INSERT INTO paddles_runs (key, name, status, user, scheduled, suite, branch, machine_type, posted, queued,
              passed, running, waiting, failed, dead, unknown) VALUES (1, 'r', '', '', 0, '', '', '', 0, 0,0,0,0,0,0,0);
            INSERT INTO paddles_nodes (key, name, machine_type) VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'y');
            """)
        for key in [1, 2, 3, 10, 11, 12, 13, 500, 501, Int64.max - 1, .max] {
          try db.run(
            "INSERT INTO paddles_jobs (key, run_key, job_id, status, posted, updated, machine_type) "
              + "VALUES (?1, 1, ?1, ?2, ?3, 0, ?4)",
            [key, key == 3 ? "fail" : "pass", key < 3 ? 4 : 5, key == 501 ? "multi" : key == 500 ? "y" : "x"])
          for node in [1, key % 2 == 0 ? 2 : 3] {
            try db.run("INSERT INTO paddles_targets VALUES (?, ?)", [node, key])
          }
        }
      }
      let time = Timestamp(nanoseconds: 5)
      let all = try await store.nodeStats(machineTypes: [], since: time, chunk: chunk)
      #expect(
        all == [
          NodeStats(node: "b", counts: ["pass": 4]), NodeStats(node: "c", counts: ["pass": 4, "fail": 1]),
          NodeStats(node: "a", counts: ["pass": 8, "fail": 1]),
        ])
      let some = try await store.nodeStats(machineTypes: ["x"], since: time, chunk: chunk)
      #expect(
        some == [NodeStats(node: "b", counts: ["pass": 3]), NodeStats(node: "a", counts: ["pass": 7, "fail": 1])])
      #expect(try await store.nodeStats(machineTypes: [], since: Timestamp(nanoseconds: 6), chunk: chunk) == [])
    }
  }

  /// A lab of any size: who asks for free nodes reads an index of these alone.
  @Test func freeNodesHaveAnIndex() async throws {
    try await withStore { store, _ in
      var filter = NodeFilter(locked: false, up: true, machineTypes: ["smithi"])
      for types in [["smithi"], ["smithi", "mira"]] {
        filter.machineTypes = types
        let conditions = filter.fragment
        let plan = try await store.read { [sql = conditions.sql, types] db in
          try Row.fetchAll(
            db, sql: "EXPLAIN QUERY PLAN SELECT count(*) FROM paddles_nodes AS nodes WHERE \(sql)",
            arguments: StatementArguments(types)
          ).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("paddles_nodes_free") }, "\(plan)")
      }
    }
  }
}
