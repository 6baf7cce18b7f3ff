import Model
import Wire

// What a new agent makes of what a former one left.
extension HostState {
  /// Takes over what the disk holds; for a state that nothing has happened to yet. `held` says how much of each output
  /// the coordinator has; `spoolSize` is that of the spool, of which `damaged` bytes at its end could not be read.
  mutating func restore(
    _ remnants: [Remnant], held: [HeldAttempt], spoolSize size: Int, damaged: Int, at now: HostMoment
  ) -> [HostEffect] {
    spoolSize = size
    let known = Dictionary(held.map { ($0.attempt, $0.output) }, uniquingKeysWith: max)
    if damaged > 0 {
      say(.warning, "\(damaged) bytes at the end of the spool of \(run) on \(node) were damaged and are gone")
    }
    var effects: [HostEffect] = []
    for remnant in remnants { effects += restore(remnant, has: known[remnant.attempt], at: now) }
    return effects
  }

  private mutating func restore(_ remnant: Remnant, has received: Int64?, at now: HostMoment) -> [HostEffect] {
    let attempt = remnant.attempt
    guard session.hold(attempt) else { return [] }
    jobs[attempt] = Job(
      id: remnant.id, fence: remnant.fence, highest: remnant.sizes.keys.max(), spooled: remnant.spooled)
    liveSize += remnant.spooled
    if (claims[remnant.id]?.fence ?? 0) <= remnant.fence {
      claims[remnant.id] = Claim(fence: remnant.fence, attempt: attempt)
    }
    if let began = remnant.began, let event = try? Payload.encode(NodeEvent.started(attempt, began: began)) {
      session.record(event)
    }
    let there = remnant.sizes[0] ?? 0
    let output = min(there, remnant.ending?.output ?? there)
    session.skip(attempt, stream: 0, to: min(max(0, received ?? 0), output))
    session.record(attempt, stream: 0, grownTo: output)
    if let ending = remnant.ending, let received, max(received, output) < ending.output {
      say(.warning, "\(ending.output - max(received, output)) bytes of the output of \(attempt) were lost on \(node)")
    }
    for artifact in remnant.artifacts {
      guard artifact.size <= remnant.sizes[artifact.stream] ?? 0 else {
        say(.warning, "a file that \(attempt) left was lost on \(node)")
        continue
      }
      session.record(artifact.event)
      session.record(attempt, stream: artifact.stream, grownTo: artifact.size)
    }
    if let ending = remnant.ending {
      session.finish(attempt, with: ending.event)
      // The former agent may have died before it was durable.
      session.holdBack()
      return []
    }
    return conclude(attempt, .error, "the agent on \(node) died while it ran", at: now, began: remnant.began)
  }
}
