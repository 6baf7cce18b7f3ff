import Model

/// What a run comes to: its exit status, and one sentence why.
public struct Conclusion: Hashable, Sendable {
  /// The exit status that counts.
  public var status: ExitStatus
  /// Why.
  public var reason: String

  /// Judges a run as it stands now; a run whose work has not ended is an infrastructure error.
  public init(of state: RunState) {
    let findings = Conclusion.findings(of: state)
    let status = ExitStatus.strongest(of: findings.map(\.status))
    let reasons = findings.filter { $0.status == status }.map(\.reason)
    self.status = status
    reason = reasons.isEmpty ? Conclusion.success(of: state) : reasons.joined(separator: "; ")
  }

  private init(_ status: ExitStatus, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  private static func findings(of state: RunState) -> [Conclusion] {
    var found: [Conclusion] = []
    func note(_ status: ExitStatus, _ names: [String], _ what: (String) -> String) {
      if !names.isEmpty { found.append(Conclusion(status, what(listed(names)))) }
    }
    if state.ending?.isCancelled == true {
      found.append(Conclusion(.interrupted, "interrupted" + (state.cancel.map { " by \($0.by)" } ?? "")))
    }
    // An empty share of a selection that is not empty is green; an empty selection is not.
    if state.slice == nil, !state.cases.contains(where: { $0.skipped == nil }) {
      found.append(Conclusion(.nothing, "nothing would run"))
    }
    if state.ending == nil { found.append(Conclusion(.infrastructure, "the run has not finished")) }
    note(.infrastructure, state.cases.filter { $0.finalVerdict == .error }.map(\.id.rawValue)) { "error: \($0)" }
    note(.infrastructure, state.lastSeen.map { "\($0.id) (\($0.place))" }) { "not reported: \($0)" }
    note(.infrastructure, state.hooks.filter { state.hasFailed(hook: $0) }.map(\.id.rawValue)) { "did not pass: \($0)" }
    note(.failed, state.cases.filter { $0.finalVerdict == .fail }.map(\.id.rawValue)) { "failed: \($0)" }
    let undelivered = state.cases.filter { state.publication(of: $0).isOpen }.map(\.id.rawValue)
    note(.undelivered, undelivered) { "not delivered yet: \($0)" }
    return found
  }

  private static func success(of state: RunState) -> String {
    if state.cases.isEmpty { return "nothing falls to slice \(state.slice?.description ?? "")" }
    return state.cases.contains { $0.finalVerdict == .skip } ? "all passed or skipped by rule" : "all passed"
  }

  private static func listed(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}

extension RunState {
  /// A set-up or tear-down whose last attempt neither passed nor was skipped.
  func hasFailed(hook: CaseState) -> Bool {
    guard let verdict = attempts(of: hook).last?.outcome?.verdict else { return ending != nil }
    return verdict == .fail || verdict == .error
  }
}
