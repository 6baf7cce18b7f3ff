import Model

/// An activity in words, for the consolidated log: `NODE CASE * what happened`.
enum ActivityLine {
  static func lines(_ activity: Activity) -> [String] {
    switch activity {
    case .runStarted(let value): [line(text: "run \(value.run) started on \(value.host), Sortie \(value.version)")]
    case .runResumed(let value): [line(text: "resumed on \(value.host), Sortie \(value.version)")]
    case .planned(let plan): [line(text: planned(plan))]
    case .nodeReady(let value):
      [line(value.node, text: "ready: \(value.facts.slots) slots, \(value.facts.architecture), \(value.facts.system)")]
        + value.facts.warnings.map { line(value.node, text: "warning: \($0)") }
    case .nodeLost(let value): [line(value.node, text: "lost: \(value.reason)")]
    case .nodeExcluded(let value): [line(value.node, text: "gets no more work: \(value.reason)")]
    case .attemptStarted(let value): [line(value.node, value.id, text: "started" + ordinal(value.attempt))]
    case .artifact(let value):
      [line(text: "artifact of \(value.attempt): \(value.path), \(value.size) bytes" + (value.isCut ? ", cut" : ""))]
    case .attemptFinished(let value): finished(value)
    case .caseFinished(let value):
      [line(nil, value.id, text: value.verdict.rawValue.uppercased() + because(value.reason))]
    case .cancelRequested(let value):
      [line(text: "cancel requested by \(value.by)" + (value.now ? ", without tear-downs" : ""))]
    case .notice(let value): [line(value.node, text: "\(value.level.rawValue): \(value.text)")]
    case .published(let value):
      [line(nil, value.id, text: value.link.map { "published: \($0)" } ?? refused(value))]
    case .runFinished(let value): [line(text: ended(value))]
    case .unitLeased, .output, .artifactAnnounced, .unknown: []
    }
  }

  private static func line(_ node: String? = nil, _ id: CaseID? = nil, text: String) -> String {
    "\(column(node)) \(column(id?.rawValue)) * \(printable(text))"
  }

  private static func planned(_ plan: Plan) -> String {
    let skipped = plan.cases.count { $0.disposition.reason != nil }
    return "planned \(plan.cases.count) cases" + (skipped > 0 ? ", \(skipped) of them skipped by rule" : "")
      + (plan.slice.map { ", slice \($0)" } ?? "")
  }

  private static func finished(_ value: Activity.AttemptFinished) -> [String] {
    let outcome = value.outcome
    let result = outcome.result.map { ", \(plainNumber($0)) %" } ?? ""
    let end = "\(outcome.verdict.rawValue) after \(spoken(outcome.duration))\(result)" + because(outcome.reason)
    var texts = ["ended" + ordinal(value.attempt) + ": " + end]
    if !outcome.leaked.isEmpty { texts.append("left running and ended: " + outcome.leaked.joined(separator: ", ")) }
    if outcome.outputDropped > 0 { texts.append("\(outcome.outputDropped) bytes of output were dropped") }
    return texts.map { line(value.node, value.id, text: $0) }
  }

  private static func refused(_ value: Activity.Published) -> String {
    "refused by \(value.server): \(value.refusal ?? "no reason was given")"
  }

  private static func ended(_ value: Activity.RunFinished) -> String {
    let missing = value.missing.isEmpty ? "" : ", \(value.missing.count) cases without a verdict"
    return "run \(value.isCancelled ? "cancelled" : "finished") after \(spoken(value.duration))\(missing)"
  }

  private static func ordinal(_ attempt: AttemptID) -> String { attempt.ordinal.map { ", attempt \($0)" } ?? "" }

  private static func because(_ reason: String?) -> String { reason.map { ": \($0)" } ?? "" }
}

/// A name as a column of the consolidated log: no space, nothing a terminal would obey; `-` for none.
func column(_ name: String?) -> String {
  guard let name, !name.isEmpty else { return "-" }
  return printable(name).replacing(" ", with: "_")
}
