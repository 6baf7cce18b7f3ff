import FoundationEssentials
import Journal
import Model
import TestSupport
import Testing

/// docs/run-folder.md, written again from its words alone.
private enum Documented {
  static func records(_ file: [UInt8]) -> [[UInt8]]? {
    guard file.starts(with: "SORTIE-JOURNAL 2\n".utf8) else { return nil }
    var place = 17
    var records: [[UInt8]] = []
    while place + 12 <= file.count {
      let (length, sum, check) = (number(file, place), number(file, place + 4), number(file, place + 8))
      guard crc(file[place..<place + 8]) == check, place + 12 + Int(length) <= file.count else { return nil }
      let record = Array(file[(place + 12)..<(place + 12 + Int(length))])
      guard crc(record[...]) == sum else { return nil }
      records.append(record)
      place += 12 + Int(length)
    }
    return place == file.count ? records : nil
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    UInt32(bytes[place]) + UInt32(bytes[place + 1]) << 8 + UInt32(bytes[place + 2]) << 16 + UInt32(bytes[place + 3])
      << 24
  }

  /// Bit by bit, without a table.
  static func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value: UInt32 = 0xffff_ffff
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value % 2 == 1 ? (value / 2) ^ 0xedb8_8320 : value / 2 }
    }
    return ~value
  }
}

@Suite struct FormatTests {
  @Test func theChecksumIsTheOneOfZlib() {
    #expect(Documented.crc(ArraySlice("123456789".utf8)) == 0xcbf4_3926)
  }

  @Test func aJournalIsWhatTheDocumentationSays() throws {
    let scratch = try ScratchFolder()
    let folder = scratch.run()
    let writer = try JournalWriter(creating: folder)
    var lines: [[UInt8]] = []
    var commits = 0
    for (index, activity) in everyActivity.enumerated() {
      lines.append(try writer.append(activity, at: noon).1)
      guard index % 4 == 0 || index == everyActivity.count - 1 else { continue }
      try writer.commit()
      commits += 1
    }
    let records = try #require(Documented.records(content(of: folder.journal)))
    let found = records.flatMap { $0.split(separator: 10).map(Array.init) }
    #expect(found == lines, "a record is its events' lines in events.jsonl")
    #expect(records.count == commits, "a commit makes one record")
    for (index, record) in found.enumerated() {
      let object = try JSONDecoder().decode([String: JSONValue].self, from: Data(record))
      #expect(object["number"] == .integer(Int64(index + 1)))
      #expect(object["event"] == .string(everyActivity[index].name))
      #expect(object["time"] == "2026-01-01T12:00:00.000000Z")
    }
  }

  @Test func theFilesStandWhereTheDocumentationSays() {
    let folder = RunFolder(state: "/state", run: RunID(rawValue: "RUN"))
    let names = [
      folder.journal, folder.lock, folder.console, folder.events, folder.report, folder.junit, folder.tap,
      folder.summary, folder.manifest, folder.stop,
    ].map { $0.replacing("/state/runs/RUN/", with: "") }
    #expect(
      names == [
        "journal", "lock", "console.log", "events.jsonl", "report.json", "junit.xml", "results.tap", "summary.txt",
        "manifest.json", "stop",
      ])
  }
}
