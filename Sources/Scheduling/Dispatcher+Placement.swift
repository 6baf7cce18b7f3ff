import Model

// Which ready case goes to which node: pulled by nodes with room, most urgent first, locks all or none.

extension Dispatcher {
  /// Whether a case is for now or for later.
  enum Room { case slot, queue }

  /// Gives work to every node that has room, as far as this fact can have changed that: first one case a free slot,
  /// in turns, so that no node prefetches what another could run at once; then queues are filled.
  mutating func placeCases() {
    guard !isCancelled, readyCount > 0 else { return }
    var candidates: [Int] = []
    if outcome.concernsAllNodes {
      candidates = Array(nodes.indices)
    } else if let node = outcome.freedNode {
      candidates = [node]
    }
    candidates.removeAll { !nodes[$0].isUsable }
    var takers = candidates
    while !takers.isEmpty {
      var next: [Int] = []
      for node in takers where nodes[node].hasFreeSlot && place(on: node, .slot) { next.append(node) }
      takers = next
    }
    for node in candidates { fillQueue(of: node) }
  }

  /// Lets work wait behind the busy slots of a node, as much as lasts `policy.batchSeconds`. Refills at half of that,
  /// so that short cases travel in large units; and never takes more than a share of what is left, so that the last
  /// cases do not wait on one node while others idle.
  private mutating func fillQueue(of node: Int) {
    let enough = policy.batchSeconds * Double(nodes[node].slots)
    guard enough > 0, nodes[node].live >= nodes[node].slots, nodes[node].queuedSeconds <= enough / 2 else { return }
    let share = readyCount / (2 * max(1, nodes.count { $0.isUsable }))
    let target = max(1, min(policy.batchLimit, share))
    guard nodes[node].queued <= target / 2 else { return }
    var room = target - nodes[node].queued
    while room > 0, place(on: node, .queue) { room -= 1 }
  }

  /// Leases the most urgent thing that the node can take; false if there is nothing.
  private mutating func place(on node: Int, _ room: Room) -> Bool {
    var passed: [Int] = []
    while let (number, priority) = mostUrgent(for: node, except: passed) {
      let key = buckets[number].key
      if let setup = missingSetup(key, node) {
        guard room == .slot else { return false }
        guard isWorthwhile(setup, for: buckets[number].count) else {
          passed.append(number)
          continue
        }
        leaseSetup(setup, on: node)
        return true
      }
      if isLockable(number, priority), room == .slot || fitsQueue(of: node, number, priority) {
        leaseCase(priority, from: number, to: node)
        return true
      }
      // A queue is not filled past something more urgent: it shall run dry, so that a slot gets free for that.
      guard room == .slot else { return false }
      locks.reserve(index.locks[key.locks], for: number)
      passed.append(number)
    }
    return false
  }

  private mutating func mostUrgent(for node: Int, except passed: [Int]) -> (Int, Priority)? {
    var best: (Int, Priority)?
    for number in active + nodes[node].pinned where !passed.contains(number) && isFit(node, for: buckets[number].key) {
      guard let priority = head(of: number) else { continue }
      if let (_, other) = best, other > priority { continue }
      best = (number, priority)
    }
    return best
  }

  /// Whether the node may take such a case now, locks and free slots aside.
  func isFit(_ node: Int, for key: BucketKey) -> Bool {
    guard nodes[node].openings >= key.nodeGates, nodes[node].matches[key.requirement] else { return false }
    switch tiers[key.tier].setup {
    case .running, .failed: return false
    case .idle where tiers[key.tier].avoid == node && hasOther(than: node, for: key): return false
    case .idle, .done: break
    }
    switch domains[key.domain].sites[node] {
    case .running, .failed: return false
    case .idle, .done, nil: break
    }
    guard key.avoid == node else { return true }
    // Another node may still come.
    return !hasOther(than: node, for: key) && (allNodesKnown || key.node != nil)
  }

  /// Whether a node other than this one could take such a case.
  func hasOther(than node: Int, for key: BucketKey) -> Bool {
    guard key.node == nil else { return false }
    return nodes.indices.contains { other in
      guard other != node, nodes[other].isUsable, nodes[other].openings >= key.nodeGates,
        nodes[other].matches[key.requirement]
      else { return false }
      if case .failed = domains[key.domain].sites[other] { return false }
      return true
    }
  }

  /// Whether the locks are neither held nor reserved for something more urgent.
  private mutating func isLockable(_ number: Int, _ priority: Priority) -> Bool {
    let requests = index.locks[buckets[number].key.locks]
    guard locks.isFree(requests) else { return false }
    for (owner, reserved) in locks.reservations where owner != number && LockTable.conflict(reserved, requests) {
      if let other = head(of: owner), other > priority { return false }
    }
    return true
  }

  /// Whether a case may wait on a node: it takes nothing exclusively, and the queue stays short.
  private func fitsQueue(of node: Int, _ number: Int, _ priority: Priority) -> Bool {
    guard !index.locks[buckets[number].key.locks].contains(where: { $0.mode == .exclusive }) else { return false }
    let seconds = expectedSeconds(priority.order)
    return seconds <= policy.batchSeconds
      && nodes[node].queuedSeconds + seconds <= policy.batchSeconds * Double(nodes[node].slots)
  }

  private func expectedSeconds(_ order: Int) -> Double {
    index.expected[order] ?? durations.expected(in: cases[order].key.domain)
  }

  private mutating func leaseCase(_ priority: Priority, from number: Int, to node: Int) {
    let order = priority.order
    let key = buckets[number].key
    buckets[number].queue.removeFirst(priority)
    leave(number)
    locks.take(index.locks[key.locks])
    noteFirstCase(key, node)
    cases[order].leases += 1
    let planned = plan.cases[order]
    let attempt = AttemptID(run: run, case: planned.id, ordinal: cases[order].leases)
    cases[order].phase = .leased(attempt)
    lease(
      attempt, .planned(order), planned.id, .test(planned.definition), node, expectedSeconds(order),
      tier: planned.definition.tier, domain: planned.definition.domain,
      priority: planned.definition.isBlocking ? 1 : 0)
  }

  /// Enters an attempt in all accounts and sends it off.
  mutating func lease(
    _ attempt: AttemptID, _ subject: LiveAttempt.Subject, _ id: CaseID, _ work: AttemptPlan.Work, _ node: Int,
    _ expected: Double, tier: String, domain: String, priority: Int
  ) {
    lastFence += 1
    let isQueued = !nodes[node].hasFreeSlot
    live[attempt] = LiveAttempt(
      attempt: attempt, subject: subject, fence: lastFence, node: node, expected: expected, since: now,
      isQueued: isQueued)
    nodes[node].live += 1
    if isQueued {
      nodes[node].queued += 1
      nodes[node].queuedSeconds += expected
    }
    let sent = AttemptPlan(attempt: attempt, id: id, work: work, fence: lastFence, priority: priority)
    outcome.add(
      sent, node: nodes[node].name, tier: tier, domain: domain, isQueued: isQueued, limit: policy.batchLimit,
      lastUnit: &lastUnit)
  }
}
