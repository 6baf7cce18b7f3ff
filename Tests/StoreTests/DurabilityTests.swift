import GRDB
import Glibc
import Model
import Testing

@testable import Store

@Suite struct DurabilityTests {
  @Test func theWriterSyncsEveryCommit() async throws {
    try await withStore { store, _ in
      let durability = try await store.durability()
      #expect(durability.journal == "wal")
      #expect(durability.synchronous == 2, "2 is FULL")
    }
  }

  @Test func everythingIsThereAfterReopening() async throws {
    let clock = TestClock()
    try await withStore(clock: clock) { store, path in
      try await store.declare()
      let first = try await store.add(.sample(details: #"{"a": 1.0}"#))
      let again = try openStore(path, clock: clock)
      let found = try await again.result(first)
      #expect(found?.report.details == #"{"a": 1.0}"#)
      let second = try await again.add(.sample())
      #expect(second > first)
      try again.close()
    }
  }

  @Test func aCleanStopLeavesNoLog() async throws {
    try await withStore { store, path in
      try await store.declare()
      try await store.add(.sample())
      #expect(StoreFile.size(path + "-wal") > 0)
      try store.close()
      #expect(StoreFile.size(path + "-wal") == 0)
      // Twice is no harm.
      try store.close()
    }
  }

  @Test(arguments: ["", "-wal"]) func nothingIsConfirmedInAFileThatWasTakenAway(_ suffix: String) async throws {
    try await withStore { store, path in
      try await store.declare()
      try #require(rename(path + suffix, path + ".away") == 0)
      let fault = await #expect(throws: Fault.self) { try await store.add(.sample()) }
      #expect(fault?.message.contains("removed") == true)
      #expect(await store.obstacle(within: 10) == fault)
      try #require(rename(path + ".away", path + suffix) == 0)
      try await store.add(.sample())
      #expect(await store.obstacle(within: 10) == nil)
      #expect(try await store.everything(ResultFilter()).results.count == 1)
    }
  }

  @Test func aReaderThatStaysDoesNotLeaveALargeLogBehind() async throws {
    try await withStore { store, path in
      try await store.declare()
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let reader = try DatabaseQueue(path: path, configuration: configuration)
      try reader.inDatabase { db in
        try db.execute(sql: "BEGIN")
        _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM results")
      }
      let details = "\"" + String(repeating: "x", count: 8 << 20) + "\""
      for _ in 0..<9 { try await store.add(.sample(details: details)) }
      #expect(StoreFile.size(path + "-wal") > 64 << 20)
      try reader.inDatabase { try $0.execute(sql: "COMMIT") }
      try reader.close()
      for _ in 0..<2 { try await store.add(.sample(details: details)) }
      #expect(StoreFile.size(path + "-wal") <= 32 << 20)
    }
  }

  @Test func aFileThatIsNoStoreIsRefused() async throws {
    try await withStore { _, path in
      let other = path + "-wal-not"
      defer { Self.remove(other) }
      let foreign = try DatabaseQueue(path: other)
      try await foreign.write { try $0.execute(sql: "CREATE TABLE results (x)") }
      try foreign.close()
      let fault = #expect(throws: Fault.self) { try openStore(other) }
      #expect(fault?.code == .damaged)
    }
  }

  @Test func aMissingFolderIsAFault() {
    let fault = #expect(throws: Fault.self) { try openStore("/nowhere/at/all/store.db") }
    #expect(fault?.code == .system)
  }

  private static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }
}
