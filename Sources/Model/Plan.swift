/// What a selection says about one case.
public enum Disposition: Hashable, Sendable, Codable {
  /// It runs.
  case run
  /// It was asked for, but a rule says no; it is reported as a skip. The reason is for people.
  case skip(reason: String)
  /// It was not asked for, and is not part of the run. The reason is for people.
  case leaveOut(reason: String)

  /// It was asked for, and its catalog says nothing about how to run it.
  public static let nothingToRun = Disposition.skip(reason: "nothing to run")

  /// Why it does not run; nil if it does.
  public var reason: String? {
    switch self {
    case .run: nil
    case .skip(let reason), .leaveOut(let reason): reason
    }
  }
}

/// A case together with what the selection says about it.
public struct SelectedCase: Hashable, Sendable, Codable {
  /// The case.
  public var definition: CaseDefinition
  /// What is to happen with it.
  public var disposition: Disposition

  /// Makes a selected case.
  public init(definition: CaseDefinition, disposition: Disposition) {
    self.definition = definition
    self.disposition = disposition
  }
}

/// One case of a plan; a case that runs on each node is one of these a node.
public struct PlannedCase: Hashable, Sendable, Codable {
  /// Its name within the run.
  public var id: CaseID
  /// How to run it.
  public var definition: CaseDefinition
  /// What is to happen with it: run or skip; what is left out stands in ``Plan/leftOut``.
  public var disposition: Disposition
  /// Its place in catalog order, from 0.
  public var order: Int
  /// The only node it may run on, for cases on each node.
  public var node: String?
  /// Seconds it is expected to take; nil: nobody knows.
  public var expected: Double?

  /// Makes a planned case.
  public init(
    id: CaseID, definition: CaseDefinition, disposition: Disposition = .run, order: Int, node: String? = nil,
    expected: Double? = nil
  ) {
    self.id = id
    self.definition = definition
    self.disposition = disposition
    self.order = order
    self.node = node
    self.expected = expected
  }
}

/// One of `count` shares of a selection, counting from 1.
public struct Slice: Hashable, Sendable, Codable, CustomStringConvertible {
  /// Which share, 1 to `count`.
  public var index: Int
  /// How many shares there are.
  public var count: Int

  /// Makes a slice; nil unless `1 <= index <= count <= 10,000`.
  public init?(index: Int, count: Int) {
    guard count <= 10_000, index >= 1, index <= count else { return nil }
    self.index = index
    self.count = count
  }

  /// `2/5`.
  public var description: String { "\(index)/\(count)" }
}

/// What a run is going to do.
public struct Plan: Hashable, Sendable, Codable {
  /// Everything that will be reported, in catalog order.
  public var cases: [PlannedCase]
  /// What was not asked for, and why.
  public var leftOut: [SelectedCase]
  /// The tiers in order, without their cases: names, set-ups and tear-downs.
  public var tiers: [Tier]
  /// Set-ups and tear-downs of domains.
  public var domains: [String: Domain]
  /// Which share of the selection this is; nil: all of it.
  public var slice: Slice?
  /// True: one tier after the other, as the old runners did.
  public var strictTiers: Bool

  /// Makes a plan.
  public init(
    cases: [PlannedCase], leftOut: [SelectedCase] = [], tiers: [Tier] = [], domains: [String: Domain] = [:],
    slice: Slice? = nil, strictTiers: Bool = false
  ) {
    self.cases = cases
    self.leftOut = leftOut
    self.tiers = tiers
    self.domains = domains
    self.slice = slice
    self.strictTiers = strictTiers
  }
}
