import Foundation
import Journal
import Model
import Publishing
import Reporting

/// Holds what was made from a run's journal against what is made from it now.
struct ReportCheck {
  let folder: RunFolder
  let isAlive: Bool
  let hasEnded: Bool

  /// The last file that a run writes is there.
  var isReported: Bool { FileManager.default.fileExists(atPath: folder.report) }

  func findings(_ events: [Event], _ run: RunState) -> Findings {
    var findings = Findings()
    if hasEnded, !isAlive {
      findings.check(
        isReported,
        Finding("report.json", "is missing: the run was cut off at its end", advice: "`sortie resume \(folder.run)`"))
    }
    let isComplete = hasEnded && !isAlive && isReported
    findings.take(lines(events, isComplete: isComplete))
    guard isComplete else { return findings }
    for (path, content) in (try? Reports.documents(of: run, in: folder)) ?? [] {
      let name = String(path.dropFirst(folder.path.count + 1))
      let found = FileManager.default.contents(atPath: path)
      findings.check(
        found?.elementsEqual(content) == true,
        Finding(name, found == nil ? "is missing" : "is not what the journal gives", advice: "trust the journal"))
    }
    return findings
  }

  /// events.jsonl: the journal's payloads, a line each. It is written behind the journal and not synced, so that of a
  /// run that goes on, or was cut off, it may hold less.
  private func lines(_ events: [Event], isComplete: Bool) -> Findings {
    var findings = Findings()
    guard let content = FileManager.default.contents(atPath: folder.events) else {
      findings.check(!isComplete, Finding("events.jsonl", "is missing", advice: "trust the journal"))
      return findings
    }
    var lines = content.split(separator: 10)
    // Its end is still being written, or never was.
    if !isComplete, content.last != 10, !lines.isEmpty { lines.removeLast() }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let different = zip(lines, events).enumerated().first { _, pair in
      if let bytes = try? encoder.encode(pair.1), bytes == pair.0 { return false }
      // A newer Sortie wrote fields that this one does not know.
      return (try? JSONDecoder().decode(Event.self, from: pair.0)) != pair.1
    }
    findings.check(
      different == nil,
      Finding(
        "events.jsonl", "line \((different?.offset ?? 0) + 1) is not the journal's event", advice: "trust the journal"))
    findings.check(
      isComplete ? lines.count == events.count : lines.count <= events.count || isAlive,
      Finding(
        "events.jsonl", "holds \(lines.count) events; the journal has \(events.count)", advice: "trust the journal"))
    return findings
  }
}
