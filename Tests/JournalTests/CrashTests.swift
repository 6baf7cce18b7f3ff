import CrashPoints
import Glibc
import Model
import TestSupport
import Testing

@testable import Journal

/// The power goes, or the process is killed, at any moment.
@Suite struct CrashTests {
  @Test func whatWasCommittedOutlivesAnyCrash() throws {
    for seed: UInt64 in 0..<150 {
      var life = try Life(seed: seed)
      for _ in 0..<6 { try life.live() }
    }
  }

  @Test(arguments: [CrashPoint.outputWritten, .outputSynced, .journalWritten, .journalSynced], [1, 3])
  func aKilledProcessLosesNothingItCommitted(_ point: CrashPoint, _ count: Int) async throws {
    let scratch = try ScratchFolder()
    let name = point.rawValue
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = scratch.path as String, name = name as String, count = count as Int] in
      setenv("SORTIE_CRASH", "\(name):\(count)", 1)
      try workUntilKilled(RunFolder(state: path, run: RunID(rawValue: "killed")))
    }
    let folder = RunFolder(state: scratch.path, run: RunID(rawValue: "killed"))
    let isInJournal = [.journalWritten, .journalSynced].contains(point)
    var logged: Int64 = 0
    let writer = try JournalWriter(resuming: folder) { event in
      if case .output(let output) = event.activity { logged = output.offset + output.length }
    }
    #expect(logged == Int64(isInJournal ? count : count - 1))
    #expect(content(of: folder.path + "/cases/c/1.log").count == count, "the bytes are there before the record")
    try writer.truncate(file: "cases/c/1.log", to: logged)
    _ = try writer.append(notice(0), at: noon)
    try writer.commit()
  }
}

/// Counts one byte of output a commit.
private func workUntilKilled(_ folder: RunFolder) throws {
  let writer = try JournalWriter(creating: folder)
  let log = try writer.open(file: "cases/c/1.log")
  let attempt = AttemptID(rawValue: "killed.c.1")
  for index: Int64 in 0..<5 {
    try writer.write([7][...], to: log, at: index)
    _ = try writer.append(.output(.init(attempt: attempt, offset: index, length: 1)), at: noon)
    try writer.commit()
  }
}

/// A run of appending, committing and crashing on one disk.
private struct Life {
  private let disk: MemoryDisk
  private let folder = RunFolder(state: "/state", run: RunID(rawValue: "r"))
  private let seed: UInt64
  private var random: Seeded
  /// Every event that was appended and, if it was, committed.
  private var appended: [Event] = []
  private var committed = 0
  private var hasBegun = false

  init(seed: UInt64) throws {
    self.seed = seed
    disk = MemoryDisk(seed: seed)
    random = Seeded(seed ^ 0xabcd)
  }

  /// Opens the journal, checks what is in it, works for a while, and loses power.
  mutating func live() throws {
    let writer: JournalWriter
    var sizes: [String: Int64] = [:]
    if hasBegun {
      var read: [Event] = []
      writer = try JournalWriter(resuming: folder, disk: disk, isLocked: false) { read.append($0) }
      #expect(read.count >= committed, "seed \(seed)")
      #expect(appended.starts(with: read), "seed \(seed)")
      appended = read
      for case .output(let output) in read.map(\.activity) {
        sizes[log(output.attempt), default: 0] = output.offset + output.length
      }
      for (path, size) in sizes { try check(path, size) }
      for index in 0..<4 { try writer.truncate(file: "cases/\(index)/1.log", to: sizes["cases/\(index)/1.log"] ?? 0) }
      try writer.commit()
      committed = read.count
    } else {
      writer = try JournalWriter(creating: folder, disk: disk, isLocked: false)
      hasBegun = true
    }
    for _ in 0..<random.below(12) {
      try work(writer, &sizes)
      if random.chance(20) { disk.room = random.below(2_000) }
      if random.chance(10) { disk.refusesToSync = true }
      if (try? writer.commit()) != nil { committed = appended.count }
      if random.chance(50) { (disk.room, disk.refusesToSync) = (.max, false) }
    }
    try work(writer, &sizes)
    disk.crash()
  }

  private func log(_ attempt: AttemptID) -> String { "cases/\(attempt)/1.log" }

  /// Each byte of a log is what was printed there.
  private func check(_ path: String, _ size: Int64) throws {
    let file = try disk.open(folder.path + "/" + path, for: .reading)
    let bytes = disk.read(file, at: 0, count: Int(size))
    #expect(bytes.count == Int(size), "seed \(seed): \(path)")
    #expect(bytes.enumerated().allSatisfy { $1 == UInt8(truncatingIfNeeded: $0 % 251 + 1) }, "seed \(seed): \(path)")
  }

  private mutating func work(_ writer: JournalWriter, _ sizes: inout [String: Int64]) throws {
    for _ in 0..<random.below(6) {
      let attempt = AttemptID(rawValue: "\(random.below(4))")
      let path = log(attempt)
      let (size, length) = (sizes[path] ?? 0, Int64(random.below(300)))
      let bytes = (size..<size + length).map { UInt8(truncatingIfNeeded: $0 % 251 + 1) }
      let file = try writer.open(file: path)
      defer { writer.close(file: file) }
      // As the run's loop does: bytes that the disk did not take are not counted.
      guard (try? writer.write(bytes[...], to: file, at: size)) != nil else { continue }
      sizes[path] = size + length
      appended.append(
        try writer.append(.output(.init(attempt: attempt, offset: size, length: length)), at: noon).0)
    }
  }
}
