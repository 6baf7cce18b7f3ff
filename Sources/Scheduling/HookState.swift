import Model

/// One set-up or tear-down, by the numbers of its tier, domain and node.
enum HookRef: Hashable, Sendable {
  case tierSetup(Int)
  case tierTeardown(Int)
  case domainSetup(Int, node: Int)
  case domainTeardown(Int, node: Int)

  var isTeardown: Bool {
    switch self {
    case .tierSetup, .domainSetup: false
    case .tierTeardown, .domainTeardown: true
    }
  }

  var isOfTier: Bool {
    switch self {
    case .tierSetup, .tierTeardown: true
    case .domainSetup, .domainTeardown: false
    }
  }
}

/// How far a set-up is.
enum SetupState: Sendable {
  case idle
  case running
  /// Over, or there is none.
  case done
  case failed
}

/// A tier during a run.
struct TierState: Sendable {
  let tier: Tier
  /// Cases of the tier without a verdict.
  var remaining = 0
  var setup: SetupState
  /// Errors of the set-up, and later of the tear-down.
  var setupErrors = 0
  var teardownErrors = 0
  /// The node that ran the set-up or, without one, took the first case.
  var home: Int?
  /// Where the set-up erred last.
  var avoid: Int?

  init(_ tier: Tier) {
    self.tier = tier
    setup = tier.setup == nil ? .done : .idle
  }
}

/// A domain during a run.
struct DomainState: Sendable {
  let name: String
  let domain: Domain
  /// Cases of the domain without a verdict.
  var remaining = 0
  /// Its set-up on each node that took one of its cases; empty for a domain without set-up and tear-down.
  var sites: [Int: SetupState] = [:]

  var hasHooks: Bool { domain.setup != nil || domain.teardown != nil }
}
