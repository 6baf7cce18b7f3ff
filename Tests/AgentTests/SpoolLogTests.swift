import Model
import TestSupport
import Testing

@testable import Agent

@Suite struct SpoolLogTests {
  private static let a = AttemptID(rawValue: "r.a.1")
  private static let b = AttemptID(rawValue: "r.é.1")
  private static let records: [SpoolRecord] = [
    .started(a, case: CaseID(rawValue: "a"), fence: 3, began: Timestamp(nanoseconds: -5)),
    .started(b, case: CaseID(rawValue: "é@n1"), fence: .max, began: Timestamp(nanoseconds: .max)),
    .artifact(a, stream: 65535, size: .max, event: [1, 2]),
    .verdict(b, case: CaseID(rawValue: "é@n1"), fence: .max, output: 7, event: []),
    .verdict(a, case: CaseID(rawValue: "a"), fence: 3, output: 0, event: Array(repeating: 9, count: 70_000)),
    .released([b]), .released([]),
  ]

  @Test(arguments: records) func recordsAreReadBack(_ record: SpoolRecord) {
    let bytes = record.encoded
    let read = SpoolRecord.first(in: ([7] + bytes + [8])[1...])
    #expect(read?.record == record && read?.length == bytes.count)
  }

  /// Wherever a spool is torn, what is whole before is read, and nothing else.
  @Test func aTornTailIsCut() {
    let parts = Self.records.dropLast(3).map(\.encoded)
    let whole = parts.flatMap { $0 }
    var ends = [0]
    for part in parts { ends.append(ends.last.map { $0 + part.count } ?? 0) }
    for cut in 0...whole.count {
      #expect(SpoolLog(Array(whole.prefix(cut))).length == ends.last { $0 <= cut })
    }
  }

  /// No wrong byte is believed, wherever it stands.
  @Test func aDamagedRecordIsNotBelieved() {
    var random = Seeded(4)
    let parts = Self.records.dropLast(3).map(\.encoded)
    let whole = parts.flatMap { $0 }
    for place in whole.indices {
      var bytes = whole
      bytes[place] ^= UInt8(1 + random.below(255))
      var end = 0
      for part in parts {
        if place < end + part.count { break }
        end += part.count
      }
      #expect(SpoolLog(bytes).length == end)
    }
  }

  @Test func anyBytesAreSurvived() {
    var random = Seeded(5)
    for _ in 0..<2000 {
      var bytes = random.bytes(random.below(200))
      if random.chance(50), bytes.count > 8 { bytes.replaceSubrange(0..<4, with: [UInt8(bytes.count - 8), 0, 0, 0]) }
      _ = SpoolLog(bytes)
    }
  }

  @Test func whatIsHeldComesInTheOrderOfItsEnds() {
    let bytes = Self.records.dropLast(2).flatMap(\.encoded)
    let log = SpoolLog(bytes)
    #expect(log.remnants.map(\.attempt) == [Self.b, Self.a] && log.length == bytes.count)
    #expect(log.remnants.reduce(0) { $0 + $1.spooled } == bytes.count)
    #expect(log.remnants.last?.artifacts == [Remnant.Artifact(stream: 65535, size: .max, event: [1, 2])])
    #expect(SpoolLog(Self.records.flatMap(\.encoded)).remnants.map(\.attempt) == [Self.a])
    let begun = SpoolLog(Self.records.prefix(4).flatMap(\.encoded)).remnants
    #expect(begun.map(\.attempt) == [Self.b, Self.a] && begun.last?.ending == nil)
  }

  @Test func aRewrittenSpoolHoldsWhatIsKept() {
    let bytes = Self.records.flatMap(\.encoded)
    #expect(SpoolLog(SpoolLog.kept(bytes, of: [Self.a])).remnants == SpoolLog(bytes).remnants)
    #expect(SpoolLog.kept(bytes, of: []) == [])
  }

  @Test func theChecksumIsTheOneOfZlib() {
    #expect(Checksum.of(Array("123456789".utf8)[...]) == 0xcbf4_3926)
    #expect(Checksum.of([]) == 0)
  }
}
