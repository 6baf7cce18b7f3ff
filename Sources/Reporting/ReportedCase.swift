import Model

extension Report {
  /// One planned case.
  public struct Case: Hashable, Sendable, Codable {
    /// The tier it stands in.
    public var tier: String
    /// The domain it belongs to.
    public var domain: String
    /// The project it belongs to.
    public var project: String
    /// Its name in the catalog.
    public var name: String
    /// Its name within the run: `case`, or `case@node`.
    public var id: String
    /// What it ended with; a case without a verdict is an error.
    public var verdict: Verdict
    /// The catalog's threshold: a number, or an expression.
    public var criteria: Criteria
    /// The percentage that was compared with it; nil where nothing was measured.
    @OrNull public var result: Double?
    /// Seconds the deciding attempt took; nil if it never ran.
    @OrNull public var duration: Double?
    /// Where the deciding attempt ran.
    @OrNull public var node: String?
    /// How many attempts there were.
    public var attempts: Int
    /// How far the result is on its way.
    public var published: Publication
    /// Why, where it is no plain pass.
    @OrNull public var reason: String?
    /// It passed after failures: `2/3` on the second of the three attempts that it may have.
    @OrNull public var flaky: String?
    /// The raw log of the deciding attempt, relative to the run's folder; nil if it printed nothing.
    @OrNull public var log: String?
    /// The attempt that decided, else the latest one; nil if there was none.
    @OrNull public var decided: String?
    /// The attempts in order of appearance.
    public var history: [Attempt]

    private enum CodingKeys: String, CodingKey {
      case tier, domain, project
      case name = "case"
      case id, verdict, criteria, result, duration, node, attempts, published, reason, flaky, log
      case decided, history
    }

    init(_ item: CaseState, in state: RunState, lastSeen: String?) {
      let wasSkipped = item.finalVerdict == .skip && item.decided == nil
      let decisive = wasSkipped ? nil : state.decidingAttempt(of: item)
      let hasRun = item.finalVerdict == .pass || item.finalVerdict == .fail
      let node = decisive?.node ?? item.plannedNode
      tier = item.tier
      domain = item.domain
      project = item.project
      name = item.name
      id = item.id.rawValue
      verdict = item.finalVerdict ?? .error
      criteria = item.criteria
      result = hasRun ? finite(decisive?.outcome?.result) : nil
      duration = finite(decisive?.outcome?.duration)
      self.node = node
      attempts = item.attemptCount
      published = state.publication(of: item)
      reason =
        item.finalVerdict == nil
        ? "no verdict was reported: \(lastSeen ?? "never leased")"
        : item.reason ?? item.skipped ?? decisive?.outcome?.reason
      flaky = item.flaky
      log = decisive?.log
      decided = decisive?.id.rawValue
      history = state.attempts(of: item).map(Attempt.init)
    }

    /// `tier/case`, as people name it.
    public var title: String { tier + "/" + id }
  }

  /// One set-up or tear-down.
  public struct Hook: Hashable, Sendable, Codable {
    /// `setup:tier:smoke` and the like.
    public var id: String
    /// What its last attempt ended with; nil if nobody heard.
    @OrNull public var verdict: Verdict?
    /// Why, where it is no plain pass.
    @OrNull public var reason: String?
    /// The attempts in order of appearance.
    public var history: [Attempt]

    init(_ hook: CaseState, in state: RunState) {
      let attempts = state.attempts(of: hook)
      id = hook.id.rawValue
      verdict = attempts.last?.outcome?.verdict
      reason = attempts.last?.outcome?.reason
      history = attempts.map(Attempt.init)
    }
  }
}
