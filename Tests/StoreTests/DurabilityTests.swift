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
