import Model

/// The lines that both consoles show for events: finished cases, failures with the end of their output, warnings.
struct ConsoleLines {
  /// Lines of output shown with a failure.
  static let tailLines = 10

  let style: Style
  /// Columns of a line at most.
  var width: Int

  func lines(_ event: Event, in state: RunState, tail: (AttemptID) -> [UInt8]) -> [String] {
    switch event.activity {
    case .runStarted(let value): [plain("run \(value.run)")]
    case .runResumed(let value): [plain("resumed on \(value.host)")]
    case .planned(let plan): [plain(planned(plan))]
    case .nodeReady(let value):
      [plain("node \(value.node) is ready, \(value.facts.slots) slot\(value.facts.slots == 1 ? "" : "s")")]
        + value.facts.warnings.map { warning("node \(value.node): \($0)") }
    case .nodeLost(let value): [warning("node \(value.node) is lost: \(value.reason)")]
    case .nodeExcluded(let value): [warning("node \(value.node) gets no more work: \(value.reason)")]
    case .attemptStarted(let value): again(value, in: state)
    case .attemptFinished(let value): attempt(value, in: state, tail: tail)
    case .caseFinished(let value): finished(value, in: state, tail: tail)
    case .cancelRequested(let value): [warning(cancelled(value))]
    case .notice(let value): [notice(value)]
    case .published(let value): refused(value)
    case .unitLeased, .output, .artifactAnnounced, .artifact, .runFinished, .unknown: []
    }
  }

  func plain(_ text: String) -> String { fit(printable(text), width) }

  func warning(_ text: String) -> String { painted("warning: ", text, .yellow) }

  private func painted(_ label: String, _ text: String, _ paint: Style.Paint) -> String {
    style.paint(label, paint) + fit(printable(text), width - label.count)
  }

  private func planned(_ plan: Plan) -> String {
    let skipped = plan.cases.count { $0.disposition.reason != nil }
    let tiers = Set(plan.cases.map(\.definition.tier)).count
    return "\(plan.cases.count) cases in \(tiers) tier\(tiers == 1 ? "" : "s")"
      + (skipped > 0 ? ", \(skipped) skipped by rule" : "")
      + (plan.slice.map { ", slice \($0): gates hold within it" } ?? "")
  }

  private func cancelled(_ value: Activity.CancelRequested) -> String {
    value.now ? "ending now, without tear-downs" : "cancelled by \(value.by): running the tear-downs"
  }

  private func notice(_ value: Activity.Notice) -> String {
    let text = (value.node.map { "node \($0): " } ?? "") + value.text
    return switch value.level {
    case .info: plain(text)
    case .warning: warning(text)
    case .error: painted("error: ", text, .red)
    }
  }

  private func refused(_ value: Activity.Published) -> [String] {
    value.refusal.map { [warning("\(value.id) was refused by \(value.server): \($0)")] } ?? []
  }

  /// A retry, and why it is one.
  private func again(_ value: Activity.AttemptStarted, in state: RunState) -> [String] {
    let attempts = state.state(of: value.id).map(state.attempts) ?? []
    guard let place = attempts.firstIndex(where: { $0.id == value.attempt }), place > 0 else { return [] }
    let last = attempts[place - 1]
    let end = last.outcome.map { $0.reason ?? $0.verdict.rawValue } ?? "nobody heard how it ended"
    return [warning("\(value.id) runs again on \(value.node); on \(last.node ?? "no node"): \(end)")]
  }

  /// Of an attempt only what its case's verdict will not say: bad hooks, and what it left running.
  private func attempt(
    _ value: Activity.AttemptFinished, in state: RunState, tail: (AttemptID) -> [UInt8]
  ) -> [String] {
    var lines: [String] = []
    if !state.isPlanned(value.id), value.outcome.verdict == .fail || value.outcome.verdict == .error {
      let place = value.node.map { " on " + $0 } ?? ""
      lines.append(
        warning("\(value.id)\(place) did not pass: \(value.outcome.reason ?? value.outcome.verdict.rawValue)"))
      lines += output(of: value.attempt, tail: tail)
    }
    if !value.outcome.leaked.isEmpty {
      lines.append(warning("\(value.id) left running: \(value.outcome.leaked.joined(separator: ", ")); ended"))
    }
    if value.outcome.outputDropped > 0 {
      lines.append(warning("\(value.id): \(value.outcome.outputDropped) bytes of output beyond the limit were dropped"))
    }
    return lines
  }

  private func finished(
    _ value: Activity.CaseFinished, in state: RunState, tail: (AttemptID) -> [UInt8]
  ) -> [String] {
    // A late second verdict was refused, and is not shown.
    guard let item = state.state(of: value.id), item.verdict == value.verdict, item.decided == value.attempt else {
      return []
    }
    let total = state.cases.count
    let progress = "[\(aligned(state.counts.total, String(total).count))/\(total)] "
    let attempt = value.attempt.flatMap(state.attempt)
    var facts = item.title
    if let seconds = attempt?.outcome?.duration { facts += "  " + spoken(seconds) }
    if let node = attempt?.node { facts += "  " + node }
    if value.attempts > 1 { facts += "  (\(value.attempts) attempts)" }
    if let reason = value.reason { facts += "  " + reason }
    let used = progress.count + 7
    let line = progress + style.verdict(value.verdict) + "  " + fit(printable(facts), width - used)
    guard value.verdict == .fail || value.verdict == .error, let attempt else { return [line] }
    return [line] + output(of: attempt.id, tail: tail) + (attempt.log.map { [indented("log: " + $0)] } ?? [])
  }

  private func output(of attempt: AttemptID, tail: (AttemptID) -> [UInt8]) -> [String] {
    lastLines(of: tail(attempt), count: ConsoleLines.tailLines).map {
      style.paint("    | ", .dim) + fit(printable($0), width - 6)
    }
  }

  private func indented(_ text: String) -> String { "    " + fit(printable(text), width - 4) }
}

/// The last lines of some output, without their newlines.
func lastLines(of output: [UInt8], count: Int) -> [ArraySlice<UInt8>] {
  var lines = output.split(separator: 10, maxSplits: .max, omittingEmptySubsequences: false)
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines.suffix(count).map { $0.last == 13 ? $0.dropLast() : $0 }
}
