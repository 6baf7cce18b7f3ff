import Model

/// The summary that users of Functest and Xtesting know: `summary.txt`.
public enum SummaryTable {
  /// The whole text: title, table, reasons of what did not pass, totals.
  public static func text(_ report: Report) -> String {
    var table = TextTable(header: ["TEST CASE", "PROJECT", "TIER", "DURATION", "RESULT"])
    table.rows = report.cases.map { item in
      [
        printable(item.id), printable(item.project), printable(item.tier), duration(item),
        item.verdict.rawValue.uppercased() + (item.flaky.map { " (flaky \($0))" } ?? ""),
      ]
    }
    var lines = ["Sortie report:", ""] + table.lines + [""]
    lines += section("What did not pass:", report.cases.filter { $0.verdict != .pass }.map(reason))
    lines += section("Set-ups and tear-downs that did not pass:", report.hooks.filter(\.isBad).map(reason))
    lines += section("Processes that outlived their case and were ended:", leaks(report))
    lines += section(
      "Nodes that were lost, excluded or never reached:", complaints(report).map { "  " + printable($0) })
    if let resumed = resumed(report) { lines.append(resumed) }
    lines.append(totals(report))
    lines.append("Exit \(report.exit): \(printable(report.exitReason))")
    return lines.joined(separator: "\n") + "\n"
  }

  /// `12 cases in 01:23: 8 passed, 1 failed, 2 skipped, 1 error`.
  static func totals(_ report: Report) -> String {
    let counts = report.counts
    let time = report.duration.map { " in " + spoken($0) } ?? ""
    let flaky = counts.flaky > 0 ? " (\(counts.flaky) flaky)" : ""
    return "\(counts.total) case\(counts.total == 1 ? "" : "s")\(time): \(counts.pass) passed\(flaky), "
      + "\(counts.fail) failed, "
      + "\(counts.skip) skipped, \(counts.error) error\(counts.error == 1 ? "" : "s")"
  }

  /// What became of the nodes that were not ready from beginning to end.
  static func complaints(_ report: Report) -> [String] { report.nodes.compactMap(\.complaint) }

  /// `Resumed once.`; nil if nobody had to.
  static func resumed(_ report: Report) -> String? {
    switch report.resumed {
    case 0: nil
    case 1: "Resumed once."
    default: "Resumed \(report.resumed) times."
    }
  }

  private static func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [title] + lines + [""]
  }

  /// What was not run by a rule took no time; of what should have run and did not, nobody knows.
  private static func duration(_ item: Report.Case) -> String {
    if let seconds = item.duration { return minutesAndSeconds(seconds) }
    return item.verdict == .skip ? "00:00" : "XX:XX"
  }

  private static func reason(_ item: Report.Case) -> String {
    let place = item.node.map { " on " + $0 } ?? ""
    let log = item.log.map { " (\($0))" } ?? ""
    let verdict = padded(item.verdict.rawValue.uppercased(), 5)
    return "  \(verdict)  " + printable("\(item.title)\(place): \(item.reason ?? "no reason was given")\(log)")
  }

  private static func reason(_ hook: Report.Hook) -> String {
    let node = hook.history.last?.node.map { " on " + $0 } ?? ""
    let verdict = padded(hook.verdict?.rawValue.uppercased() ?? "?", 5)
    return "  \(verdict)  " + printable("\(hook.id)\(node): \(hook.reason ?? "nobody heard how it ended")")
  }

  private static func leaks(_ report: Report) -> [String] {
    let attempts = report.cases.flatMap(\.history) + report.hooks.flatMap(\.history)
    return attempts.filter { !$0.leaked.isEmpty }.map { attempt in
      let node = attempt.node.map { " on " + $0 } ?? ""
      return "  " + printable("\(attempt.attempt)\(node): \(attempt.leaked.joined(separator: ", "))")
    }
  }
}

extension Report.Hook {
  /// True: it neither passed nor was skipped.
  var isBad: Bool { verdict != .pass && verdict != .skip }
}

extension Report.Node {
  /// Why it did not work to the end, in one line; nil if it did.
  var complaint: String? {
    let because = reason.map { ": " + $0 } ?? ""
    return switch state {
    case .ready: nil
    case .unreached: "\(name) was never reached\(because)"
    case .lost: system == nil ? "\(name) was never reached\(because)" : "\(name) was lost\(because)"
    case .excluded: "\(name) got no more work\(because)"
    }
  }
}
