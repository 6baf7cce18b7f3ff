import FoundationEssentials
import Model
import TestSupport
import Testing

@testable import Journal

/// The journal reader against broken journals: what it gives was written, in order and without a gap, or it names the
/// damage. Every second input breaks the events and frames them as whole records, so that the checksums do not protect
/// what is behind them.
@Suite struct FuzzTests {
  private static let folder = RunFolder(state: "/state", run: RunID(rawValue: "r"))

  /// Journals, and for each the events of its records.
  private static func journals() throws -> [(file: [UInt8], records: [[UInt8]])] {
    let activities: [[Activity]] = [
      everyActivity, (1...6).map { notice($0, padding: $0 * 20) }, Array(everyActivity.reversed()),
    ]
    return try activities.enumerated().map { index, activities in
      let disk = MemoryDisk(seed: 0)
      let writer = try JournalWriter(creating: folder, disk: disk, isLocked: false)
      var records: [[UInt8]] = [[]]
      for (place, activity) in activities.enumerated() {
        let line = try writer.append(activity, at: noon, sequence: place % 3 == 0 ? UInt64(place) : nil).1
        records[records.count - 1] += (records.last == [] ? [] : [10]) + line
        guard place % (index + 1) == 0 else { continue }
        try writer.commit()
        records.append([])
      }
      try writer.commit()
      return (disk.content(of: folder.journal), records.filter { !$0.isEmpty })
    }
  }

  @Test func brokenJournals() throws {
    let journals = try Self.journals()
    let words = ["\"number\":", "\"event\":\"output\"", "null", "{}", "[", "\"sequence\":1,", "\n", "\u{0}"].map {
      Array($0.utf8)
    }
    let written = Set(journals.flatMap(\.records).flatMap { $0.split(separator: 10).map(Array.init) })
    let raw = Mutator(corpus: journals.map(\.file), words: words + [JournalFormat.header])
    let texts = Mutator(corpus: journals.flatMap(\.records), words: words)
    try Fuzz("journal", raw).run { seed, bytes in
      if seed % 2 == 0 {
        try read(bytes) { event in
          let line = try Self.encoder.encode(event)
          guard written.contains(Array(line)) else { throw Fault(.damaged, "event \(event.number) was never written") }
        }
      } else {
        var record = Array(repeating: 0, count: JournalFormat.headLength) + texts.input(seed)
        guard record.count > JournalFormat.headLength else { return }
        JournalFormat.seal(&record)
        try read(JournalFormat.header + record) { _ in }
      }
    }
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()

  /// Resumes a journal: it is read whole and gone on with, or it is damaged and unchanged.
  private func read(_ bytes: [UInt8], _ check: (Event) throws -> Void) throws {
    let disk = MemoryDisk(seed: 0)
    disk.put(bytes, at: Self.folder.journal)
    var events: [Event] = []
    do throws(Fault) {
      let writer = try JournalWriter(resuming: Self.folder, disk: disk, isLocked: false) { events.append($0) }
      _ = try writer.append(notice(0), at: noon)
      try writer.commit()
      guard try JournalReader.events(of: Self.folder, disk: disk).count == events.count + 1 else {
        throw Fault(.usage, "what was appended cannot be read")
      }
    } catch {
      guard error.code == .damaged, disk.content(of: Self.folder.journal) == bytes else { throw error }
    }
    for (index, event) in events.enumerated() {
      guard event.number == UInt64(index + 1) else { throw Fault(.damaged, "number \(event.number) at \(index)") }
      try check(event)
    }
  }
}
