import Glibc
import Model
import TestSupport
import Testing

@testable import Journal

@Suite struct ResumeTests {
  private let scratch: ScratchFolder
  private let folder: RunFolder

  init() throws {
    scratch = try ScratchFolder()
    folder = scratch.run()
  }

  /// Resumes the run, appends one event, and returns the numbers that were read and what was cut.
  private func goOn() throws -> (read: [UInt64], cut: Int64) {
    var read: [UInt64] = []
    let writer = try JournalWriter(resuming: folder) { read.append($0.number) }
    #expect(writer.number == UInt64(read.count))
    _ = try writer.append(notice(read.count + 1), at: noon)
    try writer.commit()
    return (read, writer.cut)
  }

  @Test(arguments: [1, 3])
  func everyPrefixIsGoneOnWith(_ group: Int) throws {
    try writeJournal(folder, notices: 6, group: group)
    let whole = content(of: folder.journal)
    let starts = RecordPlaces(whole).starts
    for length in 0...whole.count {
      replace(folder.journal, with: whole[..<length])
      let (read, cut) = try goOn()
      let records = starts.dropFirst().count { $0 <= length }
      #expect(read == Array(1..<UInt64(records * group + 1)), "cut at \(length)")
      #expect(cut == Int64(length < 17 ? length : length - (starts.last { $0 <= length } ?? 0)), "cut at \(length)")
      let events = try JournalReader.events(of: folder)
      #expect(events.map(\.number) == Array(1...UInt64(records * group + 1)))
      #expect(events.last?.activity == notice(records * group + 1))
    }
  }

  @Test func damageInTheMiddleStopsItAndChangesNothing() throws {
    try writeJournal(folder, notices: 4, group: 2)
    try writeMore()
    let whole = content(of: folder.journal)
    let starts = RecordPlaces(whole).starts
    for index in 17..<starts[2] {
      var bytes = whole
      bytes[index] ^= 0x41
      replace(folder.journal, with: bytes)
      let fault = #expect(throws: Fault.self, "byte \(index)") { _ = try JournalWriter(resuming: folder) }
      let record = index < starts[1] ? starts[0] : starts[1]
      #expect(fault?.code == .damaged)
      #expect(fault?.message.contains("record at byte \(record) ") == true, "\(fault?.message ?? "")")
      #expect(content(of: folder.journal) == bytes)
    }
    #expect(!JournalWriter.isAlive(folder), "a failed resumption holds nothing")
  }

  private func writeMore() throws {
    let writer = try JournalWriter(resuming: folder)
    _ = try writer.append(notice(5), at: noon)
    try writer.commit()
  }

  @Test func aRunThatEndedTakesMoreEvents() throws {
    try writeJournal(folder, notices: 2)
    for count in 3...5 { #expect(try goOn() == (Array(1..<UInt64(count)), 0)) }
    #expect(try JournalReader.events(of: folder).count == 5)
  }

  @Test func aJournalOfTheFirstVersionStaysOne() throws {
    try writeJournal(folder, notices: 2)
    replace(folder.journal, with: Array("SORTIE-JOURNAL 1\n".utf8) + content(of: folder.journal)[17...])
    do {
      let writer = try JournalWriter(resuming: folder)
      for index in 3...5 { _ = try writer.append(notice(index), at: noon) }
      try writer.commit()
    }
    let bytes = content(of: folder.journal)
    #expect(bytes.starts(with: "SORTIE-JOURNAL 1\n".utf8))
    #expect(RecordPlaces(bytes).starts.count == 6, "a record an event, as Sortie 0.1 reads them")
    #expect(try JournalReader.events(of: folder).count == 5)
  }

  @Test func aRunThatIsAliveOrIsNoneIsNotResumed() throws {
    #expect(#expect(throws: Fault.self) { _ = try JournalWriter(resuming: folder) }?.code == .notFound)
    try Folder.make(folder.path)
    #expect(#expect(throws: Fault.self) { _ = try JournalWriter(resuming: folder) }?.code == .notFound)
    do {
      let writer = try JournalWriter(creating: folder)
      #expect(#expect(throws: Fault.self) { _ = try JournalWriter(resuming: folder) }?.code == .busy)
      withExtendedLifetime(writer) {}
    }
    do {
      let writer = try JournalWriter(resuming: folder)
      #expect(#expect(throws: Fault.self) { _ = try JournalWriter(resuming: folder) }?.code == .busy)
      withExtendedLifetime(writer) {}
    }
    #expect(!JournalWriter.isAlive(folder))
  }

  @Test func whatReadsMayRefuse() throws {
    try writeJournal(folder, notices: 3)
    let fault = #expect(throws: Fault.self) {
      _ = try JournalWriter(resuming: folder) { event throws(Fault) in
        if event.number == 2 { throw Fault(.usage, "no") }
      }
    }
    #expect(fault?.message == "no")
    #expect(!JournalWriter.isAlive(folder))
  }

  @Test func aRawLogIsCutToWhatTheJournalCounts() throws {
    let writer = try JournalWriter(creating: folder)
    let log = folder.path + "/cases/c/1.log"
    let file = try writer.open(file: "cases/c/1.log")
    try writer.write([1, 2, 3, 4, 5][...], to: file, at: 0)
    writer.close(file: file)
    try writer.commit()
    for size: Int64 in [5, 3, 3, 0] {
      try writer.truncate(file: "cases/c/1.log", to: size)
      #expect(content(of: log) == Array([1, 2, 3, 4, 5].prefix(Int(size))))
    }
    #expect(#expect(throws: Fault.self) { try writer.truncate(file: "cases/c/1.log", to: 1) }?.code == .damaged)
    #expect(#expect(throws: Fault.self) { try writer.truncate(file: "cases/d/1.log", to: 1) }?.code == .damaged)
    #expect(#expect(throws: Fault.self) { try writer.truncate(file: "../journal", to: 0) }?.code == .definition)
    try writer.truncate(file: "cases/d/1.log", to: 0)
    try writer.commit()
    let again = try writer.open(file: "cases/c/1.log")
    try writer.write([9][...], to: again, at: 0)
    writer.close(file: again)
    try writer.commit()
    #expect(content(of: log) == [9])
  }
}
