import Journal
import Model
import Reporting

/// The documents of a run, made from its report.
enum Reports {
  /// Writes report.json, junit.xml, results.tap and summary.txt, each whole or not at all. Throws `.system`.
  static func write(_ report: Report, to folder: RunFolder) throws(Fault) {
    let tails = Tails(folder: folder)
    try DurableFile.write(try report.json(), to: folder.report)
    try DurableFile.write(JUnit().document(report, tail: { tails.tail($0) }), to: folder.junit)
    try DurableFile.write(TAP.document(report).utf8, to: folder.tap)
    try DurableFile.write(SummaryTable.text(report).utf8, to: folder.summary)
  }
}
