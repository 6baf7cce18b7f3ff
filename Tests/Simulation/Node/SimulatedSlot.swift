import Journal
import Model
import Wire

@testable import Agent

/// A slot's process: runs one attempt at a time by the agent's real rules of escalation, and ends it when its agent is
/// gone.
final class SimulatedSlot {
  /// What it tells its agent.
  enum Word {
    case event([UInt8])
    case grew(Int64)
    case kept(stream: UInt16, size: Int64, event: [UInt8])
    case refused(String)
    case finished([UInt8])
    /// Its end of the socket is closed.
    case gone
  }

  let index: Int
  let owner: Owner
  private unowned let node: SimulatedNode
  /// Nil once the agent is dead.
  private var agent: SimulatedAgent?
  private var latest = 0.0
  /// Its agent has given it something, and it has not reported the end.
  var isBusy = false
  /// What it runs, with what belongs to that.
  private(set) var tree: ProcessTree?
  private var order: AttemptOrder?
  private var behaviour = Behaviour()
  private var escalation = Escalation(deadline: 0, grace: 0)
  private var ending: Ending?
  /// When it looks again.
  private var alarm = 0.0
  private var began = 0.0
  private var written: Int64 = 0
  private var refusal: String?
  private var leaked: [String] = []

  init(_ index: Int, of agent: SimulatedAgent, on node: SimulatedNode) {
    self.index = index
    self.agent = agent
    self.node = node
    owner = Owner("slot \(index) of \(node.name)", on: node.machine)
    node.slots.append(self)
  }

  private var agenda: Agenda { node.world.agenda }
  private var chance: Chance { node.world.chance }

  // MARK: The agent's side

  /// Runs an attempt: an order as it came over the wire.
  func start(_ payload: [UInt8]) {
    guard owner.isAlive, let order = try? Payload.decode(AttemptOrder.self, from: payload) else { return }
    agenda.after(chance.between(0.0005, 0.01), owner) { self.begin(order) }
  }

  /// Ends what it runs.
  func cancel(now: Bool) {
    agenda.after(0.0005, owner) {
      guard self.tree != nil else { return }
      self.perform(self.escalation.end(.cancel, at: self.node.monotonic, atOnce: now))
      self.look()
    }
  }

  /// KILL from outside, by the agent or its successor: the slot is gone, and with it what it ran.
  func kill() {
    owner.die()
    node.slots.removeAll { $0 === self }
    endTree()
    agent = nil
  }

  /// It dies by itself, and what it ran is the agent's to end.
  func crash() {
    say(.gone)
    owner.die()
  }

  /// The agent is dead.
  func orphan() {
    agent = nil
    // With both dead, nobody is left here who would end it before the next agent comes.
    if !owner.isAlive { tree?.isExempt = true }
    // Mostly at once; one that is stopped, or whose processes cannot be ended, takes longer.
    // But not longer than its node's lease: with its agent dead nobody else would end it.
    let slow = chance.between(0.5, min(9, node.world.scenario.lease))
    agenda.after(chance.percent(50) ? chance.between(0.001, 0.2) : slow, owner) {
      guard self.tree != nil else { return self.kill() }
      self.perform(self.escalation.end(.cancel, at: self.node.monotonic, atOnce: true))
      self.look()
    }
  }

  // MARK: The attempt

  private func begin(_ order: AttemptOrder) {
    let tree = ProcessTree(order.attempt, order.id, node: node.name, slot: index)
    tree.isExempt = agenda.now < node.exemptUntil
    (self.tree, self.order, ending, alarm, written, refusal, leaked) = (tree, order, nil, 0, 0, nil, [])
    behaviour = node.world.behaviour(of: order.id, order.attempt)
    began = node.monotonic
    escalation = Escalation(deadline: began + order.timeout, grace: order.grace)
    node.world.witness.begin(tree)
    say(.event(encode(.started(order.attempt, began: node.wall.now))))
    let count = Double(behaviour.portions.count)
    for (place, portion) in behaviour.portions.enumerated() {
      let time = (behaviour.duration ?? 1) * Double(place + 1) / (count + 1)
      agenda.after(time, owner) { if self.tree === tree, tree.isMainAlive { self.print(portion) } }
    }
    if let duration = behaviour.duration { agenda.after(duration, owner) { self.exit(tree) } }
    look()
  }

  private func print(_ bytes: [UInt8]) {
    guard refusal == nil, let order else { return }
    do throws(DiskError) {
      try node.append(bytes, to: node.stream(0, of: order.attempt))
      written += Int64(bytes.count)
      say(.grew(written))
    } catch {
      refusal = "\(error.call) of \(order.attempt)'s output: error \(error.number)"
      perform(escalation.end(.cancel, at: node.monotonic, atOnce: true))
      look()
    }
  }

  /// The command exits by itself.
  private func exit(_ tree: ProcessTree) {
    guard self.tree === tree, tree.isMainAlive else { return }
    tree.isMainAlive = false
    tree.isDaemonAlive = behaviour.daemonises
    if ending == nil {
      ending = .exited([.pass: 0, .fail: 1, .skip: 77, .error: 127][behaviour.verdict] ?? 0)
    }
    look()
  }

  /// Looks what there is to do.
  private func look() {
    guard let tree else { return }
    guard tree.isAlive else { return conclude() }
    if !tree.isMainAlive, escalation.cause == nil {
      leaked = ["daemon"]
      return perform(escalation.end(.leftovers, at: node.monotonic))
    }
    perform(escalation.step(at: node.monotonic))
  }

  private func perform(_ step: Escalation.Step) {
    guard let tree else { return }
    switch step {
    case .terminate: signal(tree, isKill: false)
    case .kill: signal(tree, isKill: true)
    case .wait(let until):
      if let until { look(again: until) }
      return
    case .giveUp: return
    }
    perform(escalation.step(at: node.monotonic))
  }

  private func look(again until: Double) {
    guard until != alarm, let tree else { return }
    alarm = until
    agenda.after(until - node.monotonic + 1e-6, owner) {
      guard self.tree === tree, self.alarm == until else { return }
      self.look()
    }
  }

  private func signal(_ tree: ProcessTree, isKill: Bool) {
    guard isKill || !behaviour.ignoresTerm else { return }
    agenda.after(isKill ? 0.005 : chance.between(0.005, 0.3), owner) {
      guard self.tree === tree, tree.isAlive else { return }
      if tree.isMainAlive, self.ending == nil { self.ending = self.endingBySignal }
      (tree.isMainAlive, tree.isDaemonAlive) = (false, false)
      self.look()
    }
  }

  private var endingBySignal: Ending {
    if case .timeout = escalation.cause { .timedOut(afterSeconds: order?.timeout ?? 0) } else { .cancelled }
  }

  private func endTree() {
    guard let tree else { return }
    (tree.isMainAlive, tree.isDaemonAlive) = (false, false)
    node.world.witness.end(tree)
    self.tree = nil
  }

  /// Nothing of the attempt runs any more: what it left is kept, and its end reported.
  private func conclude() {
    guard let order, let ending else { return }
    endTree()
    guard agent != nil else { return kill() }
    if refusal == nil { collect(order) }
    var outcome = judge(ending)
    outcome.duration = node.monotonic - began
    outcome.leaked = leaked
    if let refusal { say(.refused(refusal)) }
    node.world.witness.truth(order.attempt, outcome.verdict)
    say(.finished(encode(.finished(order.attempt, outcome))))
  }

  private func collect(_ order: AttemptOrder) {
    for (place, artifact) in behaviour.artifacts.enumerated() where !order.artifacts.isEmpty {
      let stream = UInt16(place + 1)
      do throws(DiskError) {
        try node.append(artifact.bytes, to: node.stream(stream, of: order.attempt))
      } catch {
        refusal = "\(error.call) of \(order.attempt)'s artifact: error \(error.number)"
        return
      }
      let size = Int64(artifact.bytes.count)
      let event = NodeEvent.artifact(
        order.attempt, stream: stream, path: artifact.path, size: size, isCut: false)
      say(.kept(stream: stream, size: size, event: encode(event)))
    }
  }

  private func judge(_ ending: Ending) -> Outcome {
    let wall = node.wall.now
    if let refusal { return Outcome(verdict: .error, reason: refusal, started: wall, stopped: wall) }
    let (verdict, reason): (Verdict, String?) =
      switch ending {
      case .exited: (behaviour.verdict, behaviour.verdict == .pass ? nil : "exit status")
      case .timedOut(let seconds): (.fail, "timed out after \(seconds) s")
      case .cancelled, .notSpawned: (.error, "cancelled")
      case .signalled: (.fail, "killed")
      }
    return Outcome(verdict: verdict, reason: reason, ending: ending, started: wall, stopped: wall)
  }

  private func encode(_ event: NodeEvent) -> [UInt8] { (try? Payload.encode(event)) ?? [] }

  /// Words arrive in order.
  private func say(_ word: Word) {
    guard let agent else { return }
    latest = max(latest + 1e-6, agenda.now + chance.between(0.0001, 0.002))
    agenda.after(latest - agenda.now, agent.owner) { agent.hear(word, from: self) }
  }
}
