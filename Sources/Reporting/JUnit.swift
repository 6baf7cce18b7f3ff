import Model

/// A run as JUnit XML: one `testsuite` a tier, one `testcase` a planned case.
public struct JUnit {
  /// Bytes of the deciding attempt's output that a case carries at most.
  public var outputLimit: Int

  /// Makes a writer.
  public init(outputLimit: Int = 16 << 10) { self.outputLimit = outputLimit }

  /// Writes a run piece by piece, so that thousands of outputs never lie in memory at once.
  ///
  /// `tail` gives the end of an attempt's raw output, as much as the caller likes; no more than ``outputLimit`` is used.
  public func write(_ report: Report, tail: (AttemptID) -> [UInt8], to sink: ([UInt8]) throws -> Void) rethrows {
    var xml = XMLText()
    xml.markup("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites")
    xml.attribute("name", "sortie" + (report.run.map { " " + $0 } ?? ""))
    count(report.cases, in: &xml)
    xml.attribute("time", plainNumber(report.duration ?? 0))
    xml.markup(">\n")
    for tier in tiers(of: report) {
      open(tier.name, tier.cases, of: report, in: &xml)
      for item in tier.cases {
        add(item, tail: tail, in: &xml)
        if xml.bytes.count > 1 << 16 { try sink(xml.take()) }
      }
      xml.markup("  </testsuite>\n")
    }
    xml.markup("</testsuites>\n")
    try sink(xml.take())
  }

  /// The whole document at once.
  public func document(_ report: Report, tail: (AttemptID) -> [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    write(report, tail: tail) { bytes += $0 }
    return bytes
  }

  private func tiers(of report: Report) -> [(name: String, cases: [Report.Case])] {
    var places: [String: Int] = [:]
    var tiers: [(name: String, cases: [Report.Case])] = []
    for item in report.cases {
      if let place = places[item.tier] {
        tiers[place].cases.append(item)
      } else {
        places[item.tier] = tiers.count
        tiers.append((item.tier, [item]))
      }
    }
    return tiers
  }

  private func count(_ cases: [Report.Case], in xml: inout XMLText) {
    var counts = Counts()
    for item in cases { counts.add(item.verdict) }
    xml.attribute("tests", String(counts.total))
    xml.attribute("failures", String(counts.fail))
    xml.attribute("errors", String(counts.error))
    xml.attribute("skipped", String(counts.skip))
  }

  private func open(_ tier: String, _ cases: [Report.Case], of report: Report, in xml: inout XMLText) {
    xml.markup("  <testsuite")
    xml.attribute("name", tier)
    count(cases, in: &xml)
    xml.attribute("time", plainNumber(cases.reduce(0) { $0 + ($1.duration ?? 0) }))
    // The schema that most readers use knows times without a zone and a fraction.
    if let started = report.started { xml.attribute("timestamp", String(started.rfc3339.prefix(19))) }
    if let host = report.host { xml.attribute("hostname", host) }
    xml.markup(">\n")
  }

  private func add(_ item: Report.Case, tail: (AttemptID) -> [UInt8], in xml: inout XMLText) {
    xml.markup("    <testcase")
    xml.attribute("classname", [item.project, item.tier].joined(separator: ".") + domainSuffix(item))
    xml.attribute("name", item.id)
    xml.attribute("time", plainNumber(item.duration ?? 0))
    xml.markup(">\n      <properties>\n")
    property("attempts", String(item.attempts), in: &xml)
    if let node = item.node { property("node", node, in: &xml) }
    if let result = item.result { property("result", plainNumber(result), in: &xml) }
    if let log = item.log { property("log", log, in: &xml) }
    if let flaky = item.flaky { property("flaky", flaky, in: &xml) }
    xml.markup("      </properties>\n")
    verdict(item, in: &xml)
    if item.flaky != nil {
      for attempt in item.history where attempt.verdict == .fail { flakyFailure(attempt, tail: tail, in: &xml) }
    }
    if let attempt = item.decided { output(of: attempt, tail: tail, in: &xml) }
    xml.markup("    </testcase>\n")
  }

  /// A failure that a later attempt took back, as Maven Surefire writes it (schema 3.0) and Jenkins reads it.
  private func flakyFailure(_ attempt: Report.Attempt, tail: (AttemptID) -> [UInt8], in xml: inout XMLText) {
    xml.markup("      <flakyFailure")
    xml.attribute("message", attempt.reason ?? "no reason was given")
    xml.attribute("type", "fail")
    xml.markup(">\n        <stackTrace>")
    let place = attempt.node.map { " on " + $0 } ?? ""
    xml.text("\(attempt.attempt)\(place): \(attempt.reason ?? "no reason was given")")
    xml.markup("</stackTrace>\n")
    output(of: attempt.attempt, tail: tail, in: &xml)
    xml.markup("      </flakyFailure>\n")
  }

  private func output(of attempt: String, tail: (AttemptID) -> [UInt8], in xml: inout XMLText) {
    let output = tail(AttemptID(rawValue: attempt)).suffix(max(0, outputLimit))
    guard !output.isEmpty else { return }
    xml.markup("      <system-out>")
    xml.text(repairing: wholeCharacters(output))
    xml.markup("</system-out>\n")
  }

  private func domainSuffix(_ item: Report.Case) -> String { item.domain == item.tier ? "" : "." + item.domain }

  private func property(_ name: String, _ value: String, in xml: inout XMLText) {
    xml.markup("        <property")
    xml.attribute("name", name)
    xml.attribute("value", value)
    xml.markup("/>\n")
  }

  private func verdict(_ item: Report.Case, in xml: inout XMLText) {
    switch item.verdict {
    case .pass: return
    case .fail: xml.markup("      <failure")
    case .error: xml.markup("      <error")
    case .skip: xml.markup("      <skipped")
    }
    xml.attribute("message", item.reason ?? "no reason was given")
    xml.markup("/>\n")
  }

  /// Leaves out the rest of a character that the cut went through.
  private func wholeCharacters(_ output: ArraySlice<UInt8>) -> [UInt8] {
    Array(output.prefix(3).drop { $0 & 0xc0 == 0x80 } + output.dropFirst(3))
  }
}
