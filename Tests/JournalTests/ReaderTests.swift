import Glibc
import Model
import TestSupport
import Testing

@testable import Journal

@Suite struct ReaderTests {
  private let scratch: ScratchFolder
  private let folder: RunFolder

  init() throws {
    scratch = try ScratchFolder()
    folder = scratch.run()
  }

  @Test func everyActivityComesBackAsItWas() throws {
    let writer = try JournalWriter(creating: folder)
    var written: [Event] = []
    for activity in everyActivity { written.append(try writer.append(activity, at: noon).0) }
    try writer.commit()
    let read = try JournalReader.events(of: folder)
    #expect(read == written)
    #expect(read.map(\.number) == Array(1...UInt64(everyActivity.count)))
    #expect(Set(read.map(\.activity.name)).count == everyActivity.count)
  }

  @Test func aReaderFollowsAWriter() throws {
    let writer = try JournalWriter(creating: folder)
    let reader = try JournalReader(folder)
    #expect(try reader.next() == nil)
    for index in 1...300 {
      let (event, _) = try writer.append(notice(index, padding: index * 40), at: noon)
      #expect(try reader.next() == nil, "nothing is there before the commit")
      try writer.commit()
      #expect(try reader.next() == event)
    }
    #expect(try reader.next() == nil)
  }

  @Test func aTornTailIsPassedOverWhereverItWasTorn() throws {
    try writeJournal(folder, notices: 3)
    let whole = content(of: folder.journal)
    let last = RecordPlaces(whole).starts[2]
    for length in last..<whole.count {
      replace(folder.journal, with: whole[..<length])
      #expect(try JournalReader.events(of: folder).count == 2, "cut at \(length)")
    }
    for length in 0..<RecordPlaces(whole).starts[0] {
      replace(folder.journal, with: whole[..<length])
      #expect(try JournalReader.events(of: folder).isEmpty, "cut at \(length)")
    }
  }

  @Test func blocksThatAPowerCutLeftEmptyAreATornTail() throws {
    try writeJournal(folder, notices: 4)
    let whole = content(of: folder.journal)
    let starts = RecordPlaces(whole).starts
    // From any byte behind the second record on, nothing reached the disk but the file's length.
    for length in starts[2]..<whole.count {
      let blank = Array(whole[..<length]) + Array(repeating: 0, count: whole.count - length)
      replace(folder.journal, with: blank)
      let events = try JournalReader.events(of: folder)
      let intact = starts.dropFirst().count { $0 <= length }
      #expect(events.count == intact || blank == whole, "blank from \(length)")
    }
  }

  @Test func aRecordThatIsTornWithinIsTheLastOne() throws {
    try writeJournal(folder, notices: 9, padding: 400, group: 6)
    let whole = content(of: folder.journal)
    let last = RecordPlaces(whole).starts[1]
    // Blocks of one write reach the disk in any order: any of them may be missing, also the one with the head.
    for block in stride(from: last, to: whole.count, by: 100) {
      var bytes = whole
      for index in block..<min(block + 100, whole.count) { bytes[index] = 0 }
      replace(folder.journal, with: bytes)
      #expect(try JournalReader.events(of: folder).count == 6, "without the block at \(block)")
    }
  }

  @Test func whoeverFollowsAWriterSeesNoHalfRecord() throws {
    try writeJournal(folder, notices: 4, padding: 100)
    let whole = content(of: folder.journal)
    let starts = RecordPlaces(whole).starts
    for length in starts[1]..<starts[3] {
      // The rest is there already, but was not when the file was last looked at.
      replace(folder.journal, with: whole[..<length] + Array(repeating: 0, count: starts[3] - length))
      let reader = try JournalReader(folder)
      while try reader.next() != nil {}
      replace(folder.journal, with: whole)
      var numbers: [UInt64] = []
      while let event = try reader.next() { numbers.append(event.number) }
      #expect(numbers.last == 4 && numbers == Array((5 - UInt64(numbers.count))...4), "seen up to \(length)")
    }
  }

  @Test func aJournalOfTheFirstVersionIsRead() throws {
    try writeJournal(folder, notices: 3)
    replace(folder.journal, with: Array("SORTIE-JOURNAL 1\n".utf8) + content(of: folder.journal)[17...])
    #expect(try JournalReader.events(of: folder).map(\.number) == [1, 2, 3])
  }

  @Test func everyFlippedByteInTheMiddleIsReportedWithItsRecord() throws {
    try writeJournal(folder, notices: 4)
    let whole = content(of: folder.journal)
    let starts = RecordPlaces(whole).starts
    for index in starts[1]..<starts[2] {
      for mask: UInt8 in [0xff, 0x01, 0x80] {
        var bytes = whole
        bytes[index] ^= mask
        replace(folder.journal, with: bytes)
        let reader = try JournalReader(folder)
        #expect(try reader.next()?.number == 1)
        let fault = #expect(throws: Fault.self, "byte \(index)") { _ = try reader.next() }
        #expect(fault?.code == .damaged)
        #expect(fault?.message.contains("record at byte \(starts[1]) ") == true, "\(fault?.message ?? "")")
      }
    }
  }

  @Test func aRecordThatIsMissingIsNoticed() throws {
    try writeJournal(folder, notices: 4)
    let whole = content(of: folder.journal)
    let starts = RecordPlaces(whole).starts
    replace(folder.journal, with: Array(whole[..<starts[1]] + whole[starts[2]...]))
    let fault = #expect(throws: Fault.self) { _ = try JournalReader.events(of: folder) }
    #expect(fault?.code == .damaged && fault?.message.contains("number 3 after 1") == true)
  }

  @Test func anythingElseIsNoJournal() throws {
    try writeJournal(folder, notices: 1)
    let whole = content(of: folder.journal)
    let others: [[UInt8]] = [
      Array("SORTIE-JOURNAL 3\n".utf8) + whole[17...], Array("hello".utf8), [0, 0, 7], [0] + whole,
    ]
    for bytes in others {
      replace(folder.journal, with: bytes)
      let fault = #expect(throws: Fault.self) { _ = try JournalReader.events(of: folder) }
      #expect(fault?.code == .damaged && fault?.message.contains("no journal") == true)
    }
    unlink(folder.journal)
    #expect(#expect(throws: Fault.self) { _ = try JournalReader(folder) }?.code == .notFound)
  }

  @Test func activitiesOfANewerVersionAreKept() throws {
    let writer = try JournalWriter(creating: folder)
    _ = try writer.append(.unknown("teleported"), at: noon)
    try writer.commit()
    #expect(try JournalReader.events(of: folder).map(\.activity) == [.unknown("teleported")])
  }
}
