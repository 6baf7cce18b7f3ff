import Model

/// The summary that users of Functest and Xtesting know: `summary.txt`.
public enum SummaryTable {
  /// The whole text: title, table, reasons of what did not pass, totals.
  public static func text(_ report: Report) -> String {
    var table = TextTable(header: ["TEST CASE", "PROJECT", "TIER", "DURATION", "RESULT"])
    table.rows = report.cases.map { item in
      [
        printable(item.id), printable(item.project), printable(item.tier), duration(item),
        item.verdict.rawValue.uppercased(),
      ]
    }
    var lines = ["Sortie report:", ""] + table.lines + [""]
    lines += section("What did not pass:", report.cases.filter { $0.verdict != .pass }.map(reason))
    lines += section("Set-ups and tear-downs that did not pass:", report.hooks.filter(\.isBad).map(reason))
    lines += section("Processes that outlived their case and were ended:", leaks(report))
    lines.append(totals(report))
    lines.append("Exit \(report.exit): \(printable(report.exitReason))")
    return lines.joined(separator: "\n") + "\n"
  }

  /// `12 cases in 01:23: 8 passed, 1 failed, 2 skipped, 1 error`.
  static func totals(_ report: Report) -> String {
    let counts = report.counts
    let time = report.duration.map { " in " + spoken($0) } ?? ""
    return "\(counts.total) case\(counts.total == 1 ? "" : "s")\(time): \(counts.pass) passed, \(counts.fail) failed, "
      + "\(counts.skip) skipped, \(counts.error) error\(counts.error == 1 ? "" : "s")"
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
