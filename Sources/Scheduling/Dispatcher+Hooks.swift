import Model

// Set-ups and tear-downs: of a tier once per run on one node, of a domain once per node.

extension Dispatcher {
  /// What must run first, before such a case may run on the node.
  func missingSetup(_ key: BucketKey, _ node: Int) -> HookRef? {
    if case .idle = tiers[key.tier].setup { return .tierSetup(key.tier) }
    guard domains[key.domain].domain.setup != nil, domains[key.domain].sites[node] == nil else { return nil }
    return .domainSetup(key.domain, node: node)
  }

  /// Whether so many waiting cases are worth one more set-up: no more nodes set up a domain than have a case to gain.
  func isWorthwhile(_ hook: HookRef, for cases: Int) -> Bool {
    guard case .domainSetup(let domain, _) = hook else { return true }
    return domains[domain].sites.values.count { $0 == .running } < cases
  }

  mutating func leaseSetup(_ hook: HookRef, on node: Int) {
    switch hook {
    case .tierSetup(let tier):
      tiers[tier].setup = .running
      tiers[tier].home = node
    case .domainSetup(let domain, let site): domains[domain].sites[site] = .running
    case .tierTeardown, .domainTeardown: return
    }
    leaseHook(hook, on: node)
  }

  /// Remembers whose tear-down this case will ask for.
  mutating func noteFirstCase(_ key: BucketKey, _ node: Int) {
    if tiers[key.tier].home == nil { tiers[key.tier].home = node }
    if domains[key.domain].hasHooks, domains[key.domain].sites[node] == nil { domains[key.domain].sites[node] = .done }
  }

  mutating func endHook(_ hook: HookRef, _ attempt: LiveAttempt, _ verdict: Verdict?, _ reason: String?) {
    outcome.concernsAllNodes = true
    let isDone = verdict == .pass || verdict == .skip
    switch hook {
    case .tierSetup(let tier): endTierSetup(tier, attempt, verdict, reason)
    case .domainSetup(let domain, let node):
      domains[domain].sites[node] = isDone ? .done : .failed
      if !isDone {
        outcome.mustSweep = true
        locks.withdrawAll()
        outcome.add(.hookFailed(id(of: hook), reason: reason ?? "no reason given"))
      }
    case .tierTeardown(let tier) where verdict == nil || verdict == .error:
      if verdict != nil || attempt.isStarted { tiers[tier].teardownErrors += 1 }
      if tiers[tier].teardownErrors <= policy.errorRetries {
        teardowns.append(hook)
      } else {
        outcome.add(.hookFailed(id(of: hook), reason: reason ?? "no reason given"))
      }
    case .tierTeardown, .domainTeardown:
      if !isDone { outcome.add(.hookFailed(id(of: hook), reason: reason ?? "no reason given")) }
    }
  }

  private mutating func endTierSetup(_ tier: Int, _ attempt: LiveAttempt, _ verdict: Verdict?, _ reason: String?) {
    let isError = verdict == nil || verdict == .error
    let wasNeverRun = verdict == nil && !attempt.isStarted
    if verdict == .pass || verdict == .skip {
      tiers[tier].setup = .done
    } else if isError, attempt.halt == nil, wasNeverRun || tiers[tier].setupErrors < policy.errorRetries {
      tiers[tier].setupErrors += wasNeverRun ? 0 : 1
      tiers[tier].setup = .idle
      tiers[tier].avoid = attempt.node
    } else {
      tiers[tier].setup = .failed
      outcome.add(.hookFailed(id(of: .tierSetup(tier)), reason: reason ?? "no reason given"))
      failTier(tier, on: nodes[attempt.node].name)
    }
  }

  private mutating func failTier(_ tier: Int, on node: String) {
    let reason = "set-up of tier \(tiers[tier].tier.name) failed on \(node)"
    for order in cases.indices where cases[order].key.tier == tier { finishUnlessFailed(order, .error, reason) }
  }

  /// Asks for the tear-downs of tiers and domains that have just ended.
  mutating func queueTeardowns() {
    for domain in outcome.endedDomains where domains[domain].domain.teardown != nil {
      for node in domains[domain].sites.keys.sorted() { teardowns.append(.domainTeardown(domain, node: node)) }
    }
    for tier in outcome.endedTiers where tiers[tier].tier.teardown != nil && tiers[tier].home != nil {
      teardowns.append(.tierTeardown(tier))
    }
    outcome.endedDomains = []
    outcome.endedTiers = []
  }

  /// Sends out the tear-downs that have a node with a free slot, and reports those that never will.
  mutating func placeTeardowns() {
    guard !teardowns.isEmpty else { return }
    var waiting: [HookRef] = []
    for hook in teardowns.filter({ !$0.isOfTier }) + teardowns.filter(\.isOfTier) {
      switch place(of: hook, behind: waiting) {
      case .wait: waiting.append(hook)
      case .on(let node): leaseHook(hook, on: node)
      case .never(let reason): outcome.add(.hookFailed(id(of: hook), reason: "not run: \(reason)"))
      }
    }
    teardowns = waiting
  }

  private enum Place {
    case on(Int)
    case wait
    case never(String)
  }

  private func place(of hook: HookRef, behind waiting: [HookRef]) -> Place {
    switch hook {
    case .domainTeardown(let domain, let node):
      if case .running = domains[domain].sites[node] { return .wait }
      switch nodes[node].reach {
      case .ready: return nodes[node].hasFreeSlot ? .on(node) : .wait
      case .away: return .wait
      case .gone, .unknown: return .never(nodes[node].complaint)
      }
    case .tierTeardown(let tier):
      if case .running = tiers[tier].setup { return .wait }
      return isDomainTornDown(besides: waiting) ? .wait : place(ofTier: tier)
    case .tierSetup, .domainSetup: return .never("it is no tear-down")
    }
  }

  /// Whether the tear-down of a domain runs or waits: tiers come after their domains.
  private func isDomainTornDown(besides waiting: [HookRef]) -> Bool {
    let running = live.values.compactMap { if case .hook(let hook) = $0.subject { hook } else { nil } }
    return (waiting + running).contains { if case .domainTeardown = $0 { true } else { false } }
  }

  /// The tier's own node while it lives, else any.
  private func place(ofTier tier: Int) -> Place {
    guard let home = tiers[tier].home else { return .never("no node had the tier") }
    if !nodes[home].isGone { return nodes[home].hasFreeSlot ? .on(home) : .wait }
    if let other = nodes.indices.first(where: { nodes[$0].isUsable && nodes[$0].hasFreeSlot }) { return .on(other) }
    let isHope = nodes.contains { $0.isHopeful && (!allNodesKnown || $0.isReady || $0.isAway) }
    return isHope ? .wait : .never(nodes[home].complaint)
  }

  private mutating func leaseHook(_ hook: HookRef, on node: Int) {
    guard let (work, tier, domain) = work(of: hook) else { return }
    let ordinal = hookLeases[hook, default: 0] + 1
    hookLeases[hook] = ordinal
    let id = id(of: hook)
    let attempt = AttemptID(run: run, case: id, ordinal: ordinal)
    lease(attempt, .hook(hook), id, work, node, 0, tier: tier, domain: domain, priority: 2)
  }

  private func work(of hook: HookRef) -> (AttemptPlan.Work, tier: String, domain: String)? {
    switch hook {
    case .tierSetup(let tier): tiers[tier].tier.setup.map { (.setup($0), tiers[tier].tier.name, "") }
    case .tierTeardown(let tier): tiers[tier].tier.teardown.map { (.teardown($0), tiers[tier].tier.name, "") }
    case .domainSetup(let domain, _): domains[domain].domain.setup.map { (.setup($0), "", domains[domain].name) }
    case .domainTeardown(let domain, _):
      domains[domain].domain.teardown.map { (.teardown($0), "", domains[domain].name) }
    }
  }

  /// The name that a set-up or tear-down goes by.
  func id(of hook: HookRef) -> CaseID {
    switch hook {
    case .tierSetup(let tier): CaseID(rawValue: "setup:tier:\(tiers[tier].tier.name)")
    case .tierTeardown(let tier): CaseID(rawValue: "teardown:tier:\(tiers[tier].tier.name)")
    case .domainSetup(let domain, let node):
      CaseID(rawValue: "setup:domain:\(domains[domain].name)@\(nodes[node].name)")
    case .domainTeardown(let domain, let node):
      CaseID(rawValue: "teardown:domain:\(domains[domain].name)@\(nodes[node].name)")
    }
  }
}
