import Model

// How cases become ready, and how they end.

extension Dispatcher {
  /// Cases before this index are held back neither by a plain gate nor by the order of the tiers.
  var releaseLimit: Int {
    guard plan.strictTiers else { return gates.limit }
    let segment = segmentRemaining.firstIndex { $0 > 0 } ?? segmentRemaining.count - 1
    return min(gates.limit, index.segmentEnds[segment])
  }

  /// Puts cases that nothing holds any longer into their buckets.
  mutating func release() {
    let limit = releaseLimit
    guard released < limit else { return }
    while released < limit {
      if cases[released].phase == .held { enqueue(released) }
      released += 1
    }
    outcome.mustSweep = true
    outcome.concernsAllNodes = true
  }

  /// Makes a case ready. `avoid`: the node that it erred on.
  mutating func enqueue(_ order: Int, avoid: Int? = nil) {
    var key = cases[order].key
    key.avoid = avoid
    let number = bucket(for: key)
    let isGate = plan.cases[order].definition.isBlocking
    buckets[number].queue.push(order, seconds: isGate ? .infinity : index.expected[order])
    buckets[number].count += 1
    readyCount += 1
    cases[order].phase = .ready(number)
    outcome.concernsAllNodes = true
    guard buckets[number].count == 1 else { return }
    if let node = key.node { nodes[node].pinned.append(number) } else { active.append(number) }
  }

  private mutating func bucket(for key: BucketKey) -> Int {
    if let number = bucketNumbers[key] { return number }
    bucketNumbers[key] = buckets.count
    buckets.append(Bucket(key: key))
    return buckets.count - 1
  }

  /// A case has left its bucket.
  mutating func leave(_ number: Int) {
    buckets[number].count -= 1
    readyCount -= 1
    if locks.withdraw(number) { outcome.concernsAllNodes = true }
    guard buckets[number].count == 0 else { return }
    if let node = buckets[number].key.node {
      nodes[node].pinned.removeAll { $0 == number }
    } else {
      active.removeAll { $0 == number }
    }
  }

  /// The most urgent case of a bucket; cases that were finished while they waited are dropped on the way.
  mutating func head(of number: Int) -> Priority? {
    let assumed = durations.expected(in: buckets[number].key.domain)
    while let first = buckets[number].queue.first(assuming: assumed) {
      if !cases[first.order].isFinished { return first }
      buckets[number].queue.removeFirst(first)
    }
    return nil
  }

  /// Gives a case its verdict, once. `opensGate` says whether cases behind it may run, if it is a gate.
  mutating func finish(
    _ order: Int, _ verdict: Verdict, _ reason: String?, attempt: AttemptID? = nil, opensGate: Bool = false
  ) {
    guard !cases[order].isFinished else { return }
    if case .ready(let number) = cases[order].phase { leave(number) }
    cases[order].phase = .finished(verdict, reason)
    outcome.add(
      .finished(
        Activity.CaseFinished(
          id: plan.cases[order].id, verdict: verdict, reason: reason, attempt: attempt,
          attempts: cases[order].attempts)))
    remaining -= 1
    let key = cases[order].key
    segmentRemaining[cases[order].segment] -= 1
    tiers[key.tier].remaining -= 1
    if tiers[key.tier].remaining == 0 { outcome.endedTiers.append(key.tier) }
    domains[key.domain].remaining -= 1
    if domains[key.domain].remaining == 0 { outcome.endedDomains.append(key.domain) }
    switch gates.finish(order, opens: opensGate) {
    case .failed(let gate, let behind):
      outcome.failedGates.append((gates.name(of: gate), behind))
      closeNode(order, verdict, reason)
    case .instanceFailed:
      closeNode(order, verdict, reason)
    case .nodeOpened(let everybody):
      for node in nodes.indices where everybody || node == key.node {
        nodes[node].openings = gates.openings(for: nodes[node].name)
      }
      outcome.concernsAllNodes = true
    case .limitMoved, nil: break
    }
  }

  /// Ends a case that no attempt is going to decide any more. If the test failed before, that failure is the verdict:
  /// only a pass takes it back.
  mutating func finishUnlessFailed(
    _ order: Int, _ verdict: Verdict, _ reason: String?, attempt: AttemptID? = nil, opensGate: Bool = false
  ) {
    if let failure = cases[order].failure {
      finish(order, .fail, failure.reason, attempt: failure.attempt)
    } else {
      finish(order, verdict, reason, attempt: attempt, opensGate: opensGate)
    }
  }

  /// A node that did not pass its own instance of a gate gets no work.
  private mutating func closeNode(_ order: Int, _ verdict: Verdict, _ reason: String?) {
    guard verdict == .fail || verdict == .error, !isCancelled else { return }
    guard let node = cases[order].key.node, nodes[node].isHopeful else { return }
    let definition = plan.cases[order].definition
    let name = "\(definition.tier)/\(definition.name)"
    exclude(node, "gate \(name): \(reason ?? verdict.rawValue)", gate: name)
  }

  /// What stands behind a failed gate is not run.
  mutating func skipBehindFailedGates() {
    while let gate = outcome.failedGates.popLast() {
      for order in gate.behind..<cases.count {
        switch cases[order].phase {
        case .held, .ready: finishUnlessFailed(order, .skip, "gate \(gate.name)")
        case .leased, .finished: continue
        }
      }
    }
  }
}
