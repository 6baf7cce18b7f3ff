import Model

/// Which cases of a catalog are asked for, and under what circumstances. A value: the same selection of the same
/// catalog is the same everywhere.
public struct Selection: Sendable {
  /// Names of tiers and cases as given: comma lists and globs (`*`, `?`, `[a-z]`) allowed; `all` is everything. Empty:
  /// everything.
  public var names: [String]
  /// Names of tiers only, in the same form.
  public var tiers: [String]
  /// Names of tiers and cases, in the same form, that are not wanted.
  public var exclude: [String]
  /// The loop (`daily`, `weekly`), a Python regular expression that is searched in the tier's `ci_loop`; nil: any tier.
  public var loop: String?
  /// The environment that dependencies look at: INSTALLER_TYPE, DEPLOY_SCENARIO and whatever else a catalog names.
  public var variables: [String: String]

  /// Makes a selection; without arguments it selects everything.
  public init(
    names: [String] = [], tiers: [String] = [], exclude: [String] = [], loop: String? = nil,
    variables: [String: String] = [:]
  ) {
    self.names = names
    self.tiers = tiers
    self.exclude = exclude
    self.loop = loop
    self.variables = variables
  }

  /// Every case of the catalog, in catalog order, and what the selection says about it.
  ///
  /// - Throws: `usage` for names that nothing in the catalog has, all of them at once, and for a loop that is no
  ///   regular expression; `definition` with a location for a pattern whose search takes too long.
  public func apply(to catalog: Catalog) throws(Fault) -> [SelectedCase] {
    let choice = try NameChoice(self, catalog)
    let loops = try LoopFilter(loop)
    var conditions = Conditions(variables: variables)
    var selected: [SelectedCase] = []
    for tier in catalog.tiers {
      for definition in tier.cases {
        let disposition = try disposition(of: definition, in: tier, choice, loops, &conditions)
        selected.append(SelectedCase(definition: definition, disposition: disposition))
      }
    }
    return selected
  }

  private func disposition(
    of definition: CaseDefinition, in tier: Tier, _ choice: NameChoice, _ loops: LoopFilter,
    _ conditions: inout Conditions
  ) throws(Fault) -> Disposition {
    let isNamed = choice.names(definition, in: tier)
    guard isNamed || choice.wantsAll else { return .leaveOut(reason: "not selected by name") }
    if let pattern = choice.exclusion(of: definition, in: tier) { return .leaveOut(reason: "excluded by \(pattern)") }
    guard definition.isEnabled else { return .leaveOut(reason: "enabled: false") }
    if !isNamed, let reason = try loops.objection(to: tier) { return .leaveOut(reason: reason) }
    for dependency in definition.dependencies {
      if let reason = try conditions.objection(to: dependency) { return .skip(reason: reason) }
    }
    return definition.run == nil ? .nothingToRun : .run
  }
}

/// Leaves out the tiers of other loops.
private struct LoopFilter {
  private let pattern: Pattern?

  init(_ loop: String?) throws(Fault) {
    guard let loop, !loop.isEmpty else {
      pattern = nil
      return
    }
    do throws(Fault) {
      pattern = try Pattern(loop)
    } catch {
      throw Fault(.usage, "the loop \"\(loop)\": \(error.message)", hint: "use daily or weekly")
    }
  }

  /// Contract: `re.search(CI_LOOP, tier.ci_loop)`; a tier without `ci_loop` is in every loop.
  func objection(to tier: Tier) throws(Fault) -> String? {
    guard let pattern, let loop = tier.loop else { return nil }
    switch pattern.search(loop) {
    case .matched: return nil
    case .unmatched: return "ci_loop '\(loop)' of tier \(tier.name) is not of the loop \(pattern.text)"
    case .tooExpensive: throw Fault(.usage, "searching the loop \"\(pattern.text)\" takes too long")
    }
  }
}
