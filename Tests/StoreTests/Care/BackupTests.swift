import Foundation
import GRDB
import Glibc
import Model
import Testing

@testable import Store

@Suite struct BackupTests {
  @Test func aBackupUnderLoadIsWholeAndStopsNobody() async throws {
    try await withStore { store, path in
      try await store.declare()
      let reader = try openStore(path)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for sender in 0..<16 {
          group.addTask {
            for number in 0..<60 { try await store.add(.sample(buildTag: .string("\(sender)-\(number)"))) }
          }
        }
        for round in 0..<4 {
          let copy = "\(path).copy\(round)"
          #expect(try StoreBackup.make(of: path, at: copy, replacing: false) > 0)
          try await expectPrefixes(copy)
        }
        try await group.waitForAll()
      }
      try reader.close()
      _ = try StoreBackup.make(of: path, at: path + ".last", replacing: false)
      let last = try openStore(path + ".last")
      #expect(try await last.everything(ResultFilter()).results.count == 960)
      try last.close()
    }
  }

  /// Of each sender a copy has what it sent first, without gaps.
  private func expectPrefixes(_ copy: String) async throws {
    let opened = try openStore(copy)
    let tags = try await opened.everything(ResultFilter()).results.compactMap { result -> (Substring, Int)? in
      guard case .string(let tag) = result.report.buildTag else { return nil }
      let parts = tag.split(separator: "-")
      return Int(parts[1]).map { (parts[0], $0) }
    }
    for (sender, numbers) in Dictionary(grouping: tags, by: \.0) {
      #expect(numbers.map(\.1).sorted() == Array(0..<numbers.count), "sender \(sender)")
    }
    try opened.close()
  }

  @Test func nothingIsOverwrittenUnasked() async throws {
    try await withStore { store, path in
      try await store.declare()
      let target = path + ".backup"
      _ = try StoreBackup.make(of: path, at: target, replacing: false)
      let before = try Data(contentsOf: URL(fileURLWithPath: target))
      try await store.add(.sample())
      let fault = #expect(throws: Fault.self) { try StoreBackup.make(of: path, at: target, replacing: false) }
      #expect(fault?.code == .usage)
      #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == before)
      _ = try StoreBackup.make(of: path, at: target, replacing: true)
      #expect(try Data(contentsOf: URL(fileURLWithPath: target)) != before)
      #expect(throws: Fault.self) { try StoreBackup.make(of: path, at: path, replacing: true) }
      expectNothingLeft(beside: path)
    }
  }

  @Test func filesAreForTheirOwnerOnly() async throws {
    try await withStore { store, path in
      try await store.declare()
      _ = try StoreBackup.make(of: path, at: path + ".backup", replacing: false)
      for suffix in ["", "-wal", "-shm", ".lock", ".backup"] {
        var facts = stat()
        #expect(stat(path + suffix, &facts) == 0 && facts.st_mode & 0o777 == 0o600, "\(suffix)")
      }
    }
  }

  @Test func aDamagedStoreGivesNoBackup() async throws {
    try await withStore { store, path in
      try await store.declare()
      try settle(store, path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for damaged in [
        Data("no database, but long enough to be looked at".utf8), Data(), whole.prefix(whole.count / 2), torn(whole),
      ] {
        let victim = path + ".damaged"
        try damaged.write(to: URL(fileURLWithPath: victim))
        let fault = #expect(throws: Fault.self) { try StoreBackup.make(of: victim, at: path + ".b", replacing: false) }
        #expect(fault?.code == .damaged, "\(fault.map { "\($0)" } ?? "")")
        #expect(!StoreFile.exists(path + ".b"))
        #expect(throws: Fault.self) { try StoreBackup.restore(victim, to: path, keepingOld: false) }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
      expectNothingLeft(beside: path)
    }
  }

  @Test func anotherProgramsDatabaseIsNoBackup() async throws {
    try await withStore { store, path in
      try settle(store, path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let queue = try DatabaseQueue(path: path + ".other")
      try await queue.write { try $0.execute(sql: "CREATE TABLE bookmarks (url TEXT)") }
      try queue.close()
      let fault = #expect(throws: Fault.self) {
        try StoreBackup.restore(path + ".other", to: path, keepingOld: false)
      }
      #expect(fault?.code == .damaged)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole)
    }
  }

  /// Pages in the middle with other bytes in them.
  private func torn(_ whole: Data) -> Data {
    var torn = whole
    for index in stride(from: 4096, to: whole.count, by: 512) { torn[index] ^= 0xFF }
    return torn
  }

  @Test func aStoreInUseIsNotRestored() async throws {
    try await withStore { store, path in
      try await store.declare()
      _ = try StoreBackup.make(of: path, at: path + ".backup", replacing: false)
      let fault = #expect(throws: Fault.self) {
        try StoreBackup.restore(path + ".backup", to: path, keepingOld: false)
      }
      #expect(fault?.code == .busy)
      symlink(path, path + ".link")
      #expect(throws: Fault.self) { try StoreBackup.restore(path + ".backup", to: path + ".link", keepingOld: false) }
      #expect(throws: Fault.self) { try StoreBackup.vacuum(path) }
      try await store.add(.sample())
    }
  }

  @Test(arguments: [false, true]) func aRestoredStoreIsTheBackup(_ isKept: Bool) async throws {
    try await withStore { store, path in
      try await store.declare()
      let first = try await store.add(.sample())
      _ = try StoreBackup.make(of: path, at: path + ".backup", replacing: false)
      let second = try await store.add(.sample())
      try settle(store, path)
      // A log that belongs to the old file must not be played into the new one.
      let log = Data(repeating: 7, count: 4096)
      try log.write(to: URL(fileURLWithPath: path + "-wal"))
      let old = try StoreBackup.restore(path + ".backup", to: path, keepingOld: isKept)
      #expect((old != nil) == isKept)
      let restored = try openStore(path)
      #expect(try await restored.result(first) != nil)
      #expect(try await restored.result(second) == nil)
      #expect(try await restored.durability() == ("wal", 2))
      try restored.close()
      if let old {
        let kept = try openStore(old)
        #expect(try await kept.result(second) != nil)
        try kept.close()
      } else {
        expectNothingLeft(beside: path)
      }
    }
  }

  @Test func whileItIsRestoredNobodyOpensIt() async throws {
    try await withStore { store, path in
      try settle(store, path)
      let lock = try StoreLock(alone: path)
      let fault = #expect(throws: Fault.self) { try openStore(path) }
      #expect(fault?.code == .busy)
      lock.release()
      try openStore(path).close()
    }
  }

  @Test func aBackupIsRestoredWhereNothingWas() async throws {
    try await withStore { store, path in
      try await store.declare()
      _ = try StoreBackup.make(of: path, at: path + ".backup", replacing: false)
      #expect(try StoreBackup.restore(path + ".backup", to: path + ".new", keepingOld: true) == nil)
      let restored = try openStore(path + ".new")
      #expect(try await restored.pods().count == 1)
      try restored.close()
      #expect(throws: Fault.self) { try StoreBackup.restore(path + ".nowhere", to: path + ".new", keepingOld: false) }
    }
  }

  private func expectNothingLeft(beside path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    #expect(!names.contains { $0.contains(".part-") || $0.contains(".old-") }, "\(names)")
  }
}
