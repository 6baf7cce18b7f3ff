import CrashPoints
import Journal
import Model
import Reporting

/// The documents of a run, made from its report.
enum Reports {
  /// Writes manifest.json, junit.xml, results.tap, summary.txt and report.json, each whole or not at all; the last one
  /// says that all are there. Throws `.system`.
  static func write(_ run: RunState, to folder: RunFolder) throws(Fault) {
    let report = Report(of: run)
    let tails = Tails(folder: folder)
    try DurableFile.write(try Manifest(of: run).json(), to: folder.manifest)
    try DurableFile.write(JUnit().document(report, tail: { tails.tail($0) }), to: folder.junit)
    try DurableFile.write(TAP.document(report).utf8, to: folder.tap)
    try DurableFile.write(SummaryTable.text(report).utf8, to: folder.summary)
    CrashPoint.reportWritten.reach()
    try DurableFile.write(try report.json(), to: folder.report)
  }
}
