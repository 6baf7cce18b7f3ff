import Model

/// The last words of a console: failures again with their logs, totals, and where everything is.
struct Closing {
  /// Failures listed at most.
  static let limit = 50

  let lines: ConsoleLines

  func text(_ report: Report, folder: String) -> String {
    let bad = report.cases.filter { $0.verdict == .fail || $0.verdict == .error }
    var said = bad.prefix(Closing.limit).flatMap(failure)
    if bad.count > Closing.limit { said.append("  … and \(bad.count - Closing.limit) more, see summary.txt") }
    for hook in report.hooks where hook.isBad {
      said.append(lines.plain("  \(hook.id) did not pass: \(hook.reason ?? "nobody heard how it ended")"))
    }
    if !said.isEmpty { said = ["", lines.style.paint("What did not pass:", .bold)] + said }
    said.append("")
    said += SummaryTable.complaints(report).map { lines.warning("node " + $0) }
    if let resumed = SummaryTable.resumed(report) { said.append(resumed) }
    said.append(lines.plain(SummaryTable.totals(report)))
    if let delivery = delivery(report) { said.append(lines.plain(delivery)) }
    said.append(lines.plain("exit \(report.exit): \(report.exitReason)"))
    for (what, file) in [("results", "report.json"), ("logs", "console.log"), ("JUnit", "junit.xml")] {
      said.append(padded(what, 9) + printable(folder + "/" + file))
    }
    return said.map { $0 + "\n" }.joined()
  }

  private func failure(_ item: Report.Case) -> [String] {
    let place = item.node.map { " on " + $0 } ?? ""
    let text = "\(item.title)\(place): \(item.reason ?? "no reason was given")"
    let line = "  " + lines.style.verdict(item.verdict) + "  " + fit(printable(text), lines.width - 9)
    return [line] + (item.log.map { ["         " + fit(printable($0), lines.width - 9)] } ?? [])
  }

  private func delivery(_ report: Report) -> String? {
    guard !report.servers.isEmpty else { return nil }
    var delivered = 0
    var owed = 0
    for item in report.cases where item.published.state != .no {
      owed += 1
      if item.published.state == .delivered { delivered += 1 }
    }
    let kept = delivered < owed ? "; the rest is kept, and goes out with the next run or `sortie publish`" : ""
    return "\(delivered) of \(owed) results delivered to \(report.servers.joined(separator: ", "))\(kept)"
  }
}
