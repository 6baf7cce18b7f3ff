import Foundation
import Journal
import Model
import Reporting

/// Brings the files of a run that has ended up to date with its journal, after a later process added deliveries to it.
enum EarlierReports {
  /// Adds what is missing to events.jsonl and console.log, and makes the reports anew. A run without a report has not
  /// ended; whoever goes on with it makes them.
  static func remake(_ folder: RunFolder) {
    guard FileManager.default.fileExists(atPath: folder.report) else { return }
    do {
      let known = lastNumber(folder.events)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      var (run, log) = (RunState(), ConsolidatedLog())
      var (lines, console): ([UInt8], [UInt8]) = ([], [])
      let reader = try JournalReader(folder)
      while let event = try reader.next() {
        run.apply(event)
        guard event.number > known else { continue }
        lines += try encoder.encode(event) + [10]
        log.append(event, to: &console)
      }
      try append(lines, to: folder.events)
      try append(console, to: folder.console)
      try Reports.write(run, to: folder)
    } catch {
      Terminal.say("the reports of run \(folder.run) are older than its journal: \(error)")
    }
  }

  /// The number in the last line; 0 if there is none.
  private static func lastNumber(_ path: String) -> UInt64 {
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd() else { return 0 }
    defer { try? file.close() }
    try? file.seek(toOffset: size > 1 << 20 ? size - 1 << 20 : 0)
    guard let tail = try? file.readToEnd(), let line = tail.split(separator: 10).last else { return 0 }
    return (try? JSONDecoder().decode(Event.self, from: line))?.number ?? .max
  }

  private static func append(_ bytes: [UInt8], to path: String) throws {
    guard !bytes.isEmpty, let file = FileHandle(forWritingAtPath: path) else { return }
    try file.seekToEnd()
    try file.write(contentsOf: bytes)
    try file.close()
  }
}
