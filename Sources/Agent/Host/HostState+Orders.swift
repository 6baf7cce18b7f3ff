import Model
import Wire

// What a coordinator wants of a run's attempts.
extension HostState {
  /// What an agent looks at in an order; the rest is the slot's, who says so if anything is missing.
  private struct Heading: Decodable {
    var attempt: AttemptID
    var id: CaseID?
    var fence: UInt64?
    var timeout: Double?
    var grace: Double?
  }

  /// Takes an order in: a ``Wire/AttemptOrder`` as it came. Throws `.wire` for one that cannot be read.
  mutating func order(_ payload: ArraySlice<UInt8>, at now: HostMoment) throws(Fault) -> [HostEffect] {
    let heading = try Payload.decode(Heading.self, from: payload)
    let attempt = heading.attempt
    let (id, fence) = (heading.id ?? CaseID(rawValue: attempt.rawValue), heading.fence ?? 0)
    guard isPathComponent(attempt.rawValue) else {
      throw Fault(.wire, "the attempt \(attempt) has a name that is no file name")
    }
    guard id.rawValue.utf8.count <= 4096 else { throw Fault(.wire, "\(attempt)'s case has a name that is too long") }
    if let claim = claims[id], fence < claim.fence {
      say(.warning, "\(attempt) was refused: its fence \(fence) is lower than \(claim.fence), that of \(claim.attempt)")
      return []
    }
    guard jobs[attempt] == nil else { return [] }
    if let claim = claims[id], claim.attempt == attempt, claim.fence == fence {
      say(.warning, "\(attempt) was refused: it has ended here, and its end was acknowledged")
      return []
    }
    let grace = max(0, heading.grace ?? 0)
    jobs[attempt] = Job(
      id: id, fence: fence, order: Array(payload), limit: max(0, heading.timeout ?? 0) + grace, grace: grace)
    _ = session.hold(attempt)
    return claim(id, fence, for: attempt, at: now)
  }

  /// Never two live attempts of one case: whoever had it before ends first.
  private mutating func claim(
    _ id: CaseID, _ fence: UInt64, for attempt: AttemptID, at now: HostMoment
  ) -> [HostEffect] {
    let before = claims[id]
    claims[id] = Claim(fence: fence, attempt: attempt, running: before?.running)
    if let words = refusal { return conclude(attempt, .error, HostState.full(node, words), at: now) }
    var effects: [HostEffect] = []
    if let earlier = before?.attempt, session.withdraw(earlier) || session.attempts[earlier] == .withdrawn {
      effects += conclude(earlier, .error, "\(attempt) took its place", at: now)
    }
    if let earlier = before?.running, case .running(let slot)? = session.attempts[earlier] {
      jobs[earlier]?.successor = attempt
      effects += end(earlier, on: slot, now: true)
    } else {
      session.enqueue(attempt)
    }
    return effects
  }

  /// Ends attempts of the run: those that wait at once, those that run through their slots.
  mutating func cancel(_ order: Cancel, at now: HostMoment) -> [HostEffect] {
    var effects: [HostEffect] = []
    for attempt in order.attempts ?? jobs.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      switch session.attempts[attempt] {
      case .queued, .withdrawn:
        _ = session.withdraw(attempt)
        effects += conclude(attempt, .error, isExpired ? HostState.leaseEnded : HostState.cancelled, at: now)
      case .running(let slot): effects += end(attempt, on: slot, now: order.now)
      case .finished, nil: continue
      }
    }
    return effects
  }

  private mutating func end(_ attempt: AttemptID, on slot: Int, now: Bool) -> [HostEffect] {
    if let job = jobs[attempt] {
      jobs[attempt]?.due = min(job.due, awake + (now ? 0 : job.grace) + HostState.patience)
    }
    return [.end(slot: slot, now: now)]
  }

  /// Why an attempt ended that nobody asked to end.
  static let leaseEnded = "the node's lease ended"
  /// Why an attempt ended that somebody asked to end.
  static let cancelled = "cancelled"
}
