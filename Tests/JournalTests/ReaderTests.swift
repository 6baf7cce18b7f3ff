import Glibc
import Model
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
    try writeJournal(folder, notices: 3)
    var bytes = content(of: folder.journal)
    bytes[bytes.count - 20] ^= 0xff
    replace(folder.journal, with: bytes)
    #expect(try JournalReader.events(of: folder).count == 2)
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
      Array("SORTIE-JOURNAL 2\n".utf8) + whole[17...], Array("hello".utf8), [0, 0, 7], [0] + whole,
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

  @Test func noMutationCrashesOrInventsAnything() throws {
    let writer = try JournalWriter(creating: folder)
    var written: [Event] = []
    for activity in everyActivity { written.append(try writer.append(activity, at: noon).0) }
    try writer.commit()
    let whole = content(of: folder.journal)
    var random = Seeded(state: 20_260_101)
    for round in 0..<1_500 {
      replace(folder.journal, with: random.mutate(whole))
      let reader = try JournalReader(folder)
      var read: [Event] = []
      do {
        while let event = try reader.next() { read.append(event) }
      } catch {
        #expect(error.code == .damaged)
      }
      // Whatever was done to the file: what comes out was written, in this order, from the first on.
      #expect(written.starts(with: read), "round \(round)")
    }
  }
}

/// A seeded generator, so that a failure comes again.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // SplitMix64 (Steele, Lea, Flood 2014).
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Flips, cuts, doubles, blanks or inserts a few bytes.
  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int.random(in: 0..<3, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &self)
      let end = min(bytes.count, place + Int.random(in: 1...64, using: &self))
      switch Int.random(in: 0..<5, using: &self) {
      case 0: bytes[place] ^= UInt8.random(in: 1...255, using: &self)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &self))
      case 3: for index in place..<end { bytes[index] = 0 }
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }
}
