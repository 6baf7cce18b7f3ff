import CrashPoints
import Journal
import Model
import Reporting

/// The documents of a run, made from what is known of it.
enum Reports {
  /// Path and content of manifest.json, junit.xml, results.tap, summary.txt and report.json, in the order in which they
  /// are written.
  static func documents(of run: RunState, in folder: RunFolder) throws(Fault) -> [(path: String, content: [UInt8])] {
    let report = Report(of: run)
    let tails = Tails(folder: folder)
    return [
      (folder.manifest, try Manifest(of: run).json()),
      (folder.junit, JUnit().document(report, tail: { tails.tail($0) })),
      (folder.tap, Array(TAP.document(report).utf8)),
      (folder.summary, Array(SummaryTable.text(report).utf8)),
      (folder.report, try report.json()),
    ]
  }

  /// Writes them, each whole or not at all; the last one says that all are there. Throws `.system`.
  static func write(_ run: RunState, to folder: RunFolder) throws(Fault) {
    for (path, content) in try documents(of: run, in: folder) {
      if path == folder.report { CrashPoint.reportWritten.reach() }
      try DurableFile.write(content, to: path)
    }
  }
}
