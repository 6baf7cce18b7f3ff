import Foundation
import Glibc
import Model
import TestSupport
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
    let huge = notice(1, padding: JournalFormat.recordLimit)
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
    var most = 0
    for index in 0..<2_000 {
      let file = try writer.open(file: "artifacts/c/1/\(index)")
      try writer.write([1][...], to: file, at: 0)
      writer.close(file: file)
      if index % 200 == 199 { most = max(most, try descriptorsHere()) }
    }
    #expect(most < 1_000)
  }

  /// How many of this process's descriptors lead into the run's folder; other tests open files beside this one.
  private func descriptorsHere() throws -> Int {
    let all = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return all.count { descriptor in
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + descriptor)
      return target?.hasPrefix(folder.path + "/") == true
    }
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
    let disk = RefusingDisk()
    writer.disk = disk
    for _ in 0..<2 { #expect(#expect(throws: Fault.self) { try writer.commit() }?.code == .system) }
    #expect(content(of: folder.journal).count == 17, "records wait for the bytes they count")
    replace(folder.path + "/cases/c/1.log", with: [])
    disk.spares = log
    for _ in 0..<2 { #expect(#expect(throws: Fault.self) { try writer.commit() }?.code == .system) }
    #expect(content(of: folder.path + "/cases/c/1.log") == [1, 2, 3])
    replace(folder.journal, with: content(of: folder.journal)[..<17])
    writer.disk = SystemDisk()
    try writer.commit()
    #expect(try JournalReader.events(of: folder).count == 1)
    _ = try writer.append(notice(2), at: noon)
    try writer.commit()
    #expect(try JournalReader.events(of: folder).count == 2)
    writer.close(file: log)
  }

  @Test func aCommitIsDurableAsAWholeOrNotAtAll() throws {
    let writer = try JournalWriter(creating: folder)
    _ = try writer.append(notice(1), at: noon)
    try writer.commit()
    for index in 2...9 { _ = try writer.append(notice(index), at: noon, sequence: UInt64(index)) }
    let start = content(of: folder.journal).count
    try writer.commit()
    let whole = content(of: folder.journal)
    for length in start..<whole.count {
      replace(folder.journal, with: whole[..<length])
      #expect(try JournalReader.events(of: folder).count == 1)
    }
    replace(folder.journal, with: whole)
    #expect(try JournalReader.events(of: folder).map(\.sequence) == [nil] + (2...9).map { $0 })
  }

  @Test func eventsThatDoNotFitOneRecordGoIntoSeveral() throws {
    let writer = try JournalWriter(creating: folder)
    writer.recordLimit = 500
    for index in 1...9 { _ = try writer.append(notice(index, padding: 100), at: noon) }
    try writer.commit()
    #expect(RecordPlaces(content(of: folder.journal)).starts.count > 3)
    #expect(try JournalReader.events(of: folder).map(\.number) == Array(1...9))
  }
}

/// The machine's disk, but for syncs of files.
private final class RefusingDisk: Disk {
  private let real = SystemDisk()
  /// The one file whose sync does not fail.
  var spares: Int32 = -1

  func makeFolder(_ path: String) throws(DiskError) { try real.makeFolder(path) }
  func syncFolder(_ path: String) throws(DiskError) { try real.syncFolder(path) }
  func open(_ path: String, for purpose: DiskPurpose) throws(DiskError) -> Int32 { try real.open(path, for: purpose) }
  func close(_ file: Int32) { real.close(file) }
  func size(of file: Int32) throws(DiskError) -> Int64 { try real.size(of: file) }
  func read(_ file: Int32, at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
    try real.read(file, at: offset, count: count)
  }
  func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(DiskError) {
    try real.write(bytes, to: file, at: offset)
  }
  func truncate(_ file: Int32, to size: Int64) throws(DiskError) { try real.truncate(file, to: size) }
  func syncAll(around file: Int32) throws(DiskError) { throw DiskError("syncfs", EIO) }
  func sync(_ file: Int32) throws(DiskError) {
    guard file == spares else { throw DiskError("fdatasync", EIO) }
    try real.sync(file)
  }
}
