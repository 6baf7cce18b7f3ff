import CSpawn
import Glibc
import Model
import Wire

/// Stands over a started process until it and everything it left behind are gone.
struct Watch {
  /// The process; 0: it did not start.
  var process: pid_t = 0
  /// How it ended; nil while it runs.
  var ending: Ending?
  /// What outlived it, by name.
  private(set) var leaked: [String] = []
  /// What not even KILL ended.
  private(set) var stubborn: [String] = []
  private var escalation: Escalation
  private let timeout: Double
  // A pipeline's last members may need a moment to notice that it is over; they are no leak.
  private var settleUntil: Double?
  private static let settleSeconds = 0.05

  init(order: AttemptOrder, limit: Double?, start: Double) {
    timeout = min(order.timeout, limit ?? .infinity)
    escalation = Escalation(deadline: start + timeout, grace: order.grace)
  }

  /// Moves output and waits, until the whole tree is gone and the output complete. Throws `.system` when the disk
  /// refuses the output; the tree is ended then, too.
  mutating func wait(tap: Tap, control: SlotControl) throws(Fault) {
    var refusal: Fault?
    if let order = control.cancelledAlready() {
      perform(escalation.end(.cancel, at: Clock.monotonic(), atOnce: order))
    }
    while true {
      do throws(Fault) {
        // Whoever prints without end must not keep its time from being over.
        var moves = 0
        while moves < 16, case .grew = try tap.move() {
          control.grew(tap.size)
          moves += 1
        }
      } catch {
        if refusal == nil { perform(escalation.end(.cancel, at: Clock.monotonic(), atOnce: true)) }
        refusal = refusal ?? error
      }
      if reap() { break }
      let pause = decide(at: Clock.monotonic())
      if case .giveUp = pause {
        stubborn = Descendants.list().map(Descendants.describe)
        break
      }
      var interests = [
        pollfd(fd: tap.readEnd.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: control.socket, events: Int16(POLLIN), revents: 0),
        pollfd(fd: control.children, events: Int16(POLLIN), revents: 0),
      ]
      // A full disk leaves bytes in the pipe; looking at it would spin.
      if refusal != nil || tapHasEnded { interests[0].fd = -1 }
      if case .wait(let until) = pause { wait(&interests, until: until, control) }
      if interests[0].revents & Int16(POLLHUP) != 0, interests[0].revents & Int16(POLLIN) == 0 { tapHasEnded = true }
      if interests[2].revents != 0 { control.clearChildSignal() }
      if interests[1].revents != 0, let order = control.cancelled() {
        perform(escalation.end(.cancel, at: Clock.monotonic(), atOnce: order))
      }
    }
    if let refusal { throw refusal }
    // Everybody who could write is gone: what is in the pipe is all there will be.
    while case .grew = try tap.move() {}
    try tap.finish()
    if tap.size > 0 { control.grew(tap.size) }
  }

  /// Waits, and hands over what is held back if that takes more than a moment.
  private func wait(_ interests: inout [pollfd], until: Double?, _ control: SlotControl) {
    let left = until.map { max(0, $0 - Clock.monotonic()) } ?? .infinity
    waitReady(&interests, seconds: min(left, Watch.moment))
    guard left > Watch.moment, interests.allSatisfy({ $0.revents == 0 }) else { return }
    control.flush()
    waitReady(&interests, seconds: left.isFinite ? left - Watch.moment : nil)
  }

  private static let moment = 0.005
  private var tapHasEnded = false

  /// True: no process is left.
  private mutating func reap() -> Bool {
    guard process != 0 else { return true }
    while true {
      var status: Int32 = 0
      let reaped = waitpid(-1, &status, WNOHANG)
      if reaped == 0 { return false }
      if reaped < 0 {
        if errno == EINTR { continue }
        return true
      }
      if reaped == process, ending == nil { ending = classify(status) }
    }
  }

  private func classify(_ status: Int32) -> Ending {
    switch escalation.cause {
    case .timeout: .timedOut(afterSeconds: timeout)
    case .cancel: .cancelled
    case .leftovers, nil:
      sortie_wait_exited(status) != 0
        ? .exited(sortie_wait_code(status)) : .signalled(sortie_wait_signal(status))
    }
  }

  private mutating func decide(at now: Double) -> Escalation.Step {
    if ending != nil, escalation.cause == nil {
      guard let until = settleUntil else {
        settleUntil = now + Watch.settleSeconds
        return .wait(until: now + Watch.settleSeconds)
      }
      guard now >= until else { return .wait(until: until) }
      leaked = Descendants.list().map(Descendants.describe)
      return perform(escalation.end(.leftovers, at: now))
    }
    return perform(escalation.step(at: now))
  }

  @discardableResult
  private mutating func perform(_ step: Escalation.Step) -> Escalation.Step {
    switch step {
    case .terminate: Descendants.signal(SIGTERM)
    case .kill: Descendants.signal(SIGKILL)
    case .wait: if escalation.isKilling { Descendants.signal(SIGKILL) }
    case .giveUp: break
    }
    return step
  }
}
