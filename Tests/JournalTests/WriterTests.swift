import Glibc
import Model
import Testing

@testable import Journal

@Suite struct WriterTests {
  private let scratch: ScratchFolder
  private let folder: RunFolder

  init() throws {
    scratch = try ScratchFolder()
    folder = scratch.run()
  }

  @Test func oneRunHasOneWriter() throws {
    #expect(!JournalWriter.isAlive(folder))
    do {
      let writer = try JournalWriter(creating: folder)
      #expect(JournalWriter.isAlive(folder))
      let fault = #expect(throws: Fault.self) { _ = try JournalWriter(creating: folder) }
      #expect(fault?.code == .busy && fault?.message.contains(folder.run.rawValue) == true)
      #expect(JournalWriter.isAlive(folder), "neither a look nor a refusal lets the lock go")
      withExtendedLifetime(writer) {}
    }
    #expect(!JournalWriter.isAlive(folder))
    #expect(
      #expect(throws: Fault.self) { _ = try JournalWriter(creating: folder) }?.code == .system, "it has a journal")
    #expect(!JournalWriter.isAlive(folder), "a failed beginning holds nothing")
  }

  @Test func aRecordOverTheLimitIsRefusedAndTakesNoNumber() throws {
    let writer = try JournalWriter(creating: folder)
    let huge = notice(1, padding: JournalWriter.recordLimit)
    #expect(#expect(throws: Fault.self) { _ = try writer.append(huge, at: noon) }?.code == .limit)
    let nan = Activity.runFinished(.init(isCancelled: false, missing: [], duration: .nan))
    #expect(#expect(throws: Fault.self) { _ = try writer.append(nan, at: noon) }?.code == .damaged)
    #expect(try writer.append(notice(1), at: noon).0.number == 1)
    try writer.commit()
    #expect(try JournalReader.events(of: folder).count == 1)
  }

  @Test func rawBytesLandAtTheirPlace() throws {
    let writer = try JournalWriter(creating: folder)
    var files: [Int32] = []
    for index in 0..<200 {
      let file = try writer.open(file: "cases/c\(index)/1.log")
      try writer.write([5, 6, 7][...], to: file, at: 2)
      try writer.write([1, 2][...], to: file, at: 0)
      if index % 2 == 0 { writer.close(file: file) } else { files.append(file) }
      if index % 50 == 0 { try writer.commit() }
    }
    try writer.commit()
    for file in files { writer.close(file: file) }
    for index in 0..<200 { #expect(content(of: folder.path + "/cases/c\(index)/1.log") == [1, 2, 5, 6, 7]) }
  }

  @Test func descriptorsAreGivenBackWithoutACommit() throws {
    let writer = try JournalWriter(creating: folder)
    var highest: Int32 = 0
    for index in 0..<2_000 {
      let file = try writer.open(file: "artifacts/c/1/\(index)")
      highest = max(highest, file)
      try writer.write([1][...], to: file, at: 0)
      writer.close(file: file)
    }
    #expect(highest < 1_000)
  }

  @Test func pathsThatCanBeNoFileAreNotTheDisksFault() throws {
    let writer = try JournalWriter(creating: folder)
    for path in ["a", "b/c"] { writer.close(file: try writer.open(file: path)) }
    #expect(symlink("/etc/passwd", folder.path + "/link") == 0)
    let bad = ["a/below-a-file", "b", "link", "../x", "/x", "", "a//b", "./a", String(repeating: "n", count: 256)]
    for path in bad {
      #expect(#expect(throws: Fault.self) { _ = try writer.open(file: path) }?.code == .definition, "\(path)")
    }
  }

  @Test func aSyncThatFailedIsNotForgotten() throws {
    let writer = try JournalWriter(creating: folder)
    _ = try writer.append(notice(1), at: noon)
    let log = try writer.open(file: "cases/c/1.log")
    try writer.write([1, 2, 3][...], to: log, at: 0)
    // The kernel drops pages whose write-back failed, and reports that once only: so both are written again.
    writer.synchronize = { _ in -1 }
    for _ in 0..<2 { #expect(#expect(throws: Fault.self) { try writer.commit() }?.code == .system) }
    #expect(content(of: folder.journal).isEmpty, "records wait for the bytes they count")
    replace(folder.path + "/cases/c/1.log", with: [])
    writer.synchronize = { descriptor in descriptor == log ? 0 : -1 }
    for _ in 0..<2 { #expect(#expect(throws: Fault.self) { try writer.commit() }?.code == .system) }
    #expect(content(of: folder.path + "/cases/c/1.log") == [1, 2, 3])
    replace(folder.journal, with: [])
    writer.synchronize = { fdatasync($0) }
    try writer.commit()
    #expect(try JournalReader.events(of: folder).count == 1)
    _ = try writer.append(notice(2), at: noon)
    try writer.commit()
    #expect(try JournalReader.events(of: folder).count == 2)
    writer.close(file: log)
  }
}
