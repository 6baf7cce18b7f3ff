import Journal
import Model

/// A machine of the lab: its power, its clock, its disk, its processes.
final class SimulatedNode {
  let name: String
  let slotCount: Int
  unowned let world: World
  let network: Network
  let wall: WallClock
  let disk: SimulatedDisk
  let fuse = Fuse()
  /// The machine since it was switched on; another one after a power cut.
  private(set) var machine: Owner
  private(set) var agent: SimulatedAgent?
  /// Every slot process that lives here, whoever started it.
  var slots: [SimulatedSlot] = []
  private var lives = 0
  private var bootedAt = 0.0
  private var suspendedFor = 0.0
  private var suspendedAt: Double?
  /// What begins before is exempt, too: it was on its way when the machine or the agent fell asleep.
  private(set) var exemptUntil = 0.0

  init(_ name: String, slots: Int, in world: World) {
    self.name = name
    slotCount = slots
    self.world = world
    network = Network(world.agenda, world.chance)
    wall = WallClock(world.clock, skew: world.chance.between(-300, 300))
    disk = SimulatedDisk(world.chance, wall: wall, keepsOrder: true)
    machine = Owner(name)
  }

  /// Seconds of a clock that stops while the machine is suspended.
  var monotonic: Double { world.agenda.now - suspendedFor }
  /// Where the run's files are.
  let folder = "/node/run"
  /// The spool.
  var spool: String { folder + "/verdicts" }
  /// A stream of an attempt.
  func stream(_ index: UInt16, of attempt: AttemptID) -> String { "\(folder)/\(attempt).\(index)" }
  /// Whether the agent holds nothing, or there is none.
  var isIdle: Bool { agent?.isIdle ?? true }

  /// Appends to a file, as a slot does.
  func append(_ bytes: [UInt8], to path: String) throws(DiskError) {
    let number = try disk.open(path, for: .writing)
    defer { disk.close(number) }
    let file = try disk.file(number)
    try disk.write(bytes[...], to: file, at: file.bytes.count)
  }

  // MARK: Whoever attaches

  /// A bridge was started here: hands its line to the agent, or starts one. False: the machine is down.
  func accept(_ line: Line) -> Bool {
    guard machine.isAlive, world.agenda.now >= bootedAt else { return false }
    if let agent, agent.owner.isAlive {
      agent.greet(line)
    } else {
      launch(line, since: world.agenda.now)
    }
    return true
  }

  /// A new agent first sees to it that nothing of its predecessor runs.
  private func launch(_ line: Line, since begin: Double) {
    if agent?.owner.isAlive == true { return line.closeLowerEnd() }
    let isCareless = world.sabotage == .carelessSuccessor
    if !isCareless, !slots.isEmpty {
      if world.agenda.now - begin > 5 { for slot in slots { slot.kill() } }
      world.agenda.after(0.05, machine) { self.launch(line, since: begin) }
      return
    }
    slots = []
    lives += 1
    let agent = SimulatedAgent("\(name)-\(lives)", on: self)
    world.note { "\(self.name): agent \(agent.life) begins" }
    self.agent = agent
    agent.greet(line)
  }

  // MARK: What may happen to it

  /// KILL.
  func killAgent() {
    world.note { "\(self.name): agent killed" }
    agent?.die()
  }

  /// A slot is killed; what it ran goes with it, by the agent's hand.
  func killSlot() {
    if agent?.owner.isAlive == true { world.chance.pick(slots)?.crash() }
  }

  /// The power is cut, and comes back.
  func losePower(for seconds: Double) {
    world.note { "\(self.name): power lost for \(seconds) s" }
    machine.die()
    agent?.owner.die()
    for slot in slots { slot.kill() }
    world.witness.losePower(name)
    slots = []
    suspendedAt = nil
    disk.cutPower()
    machine = Owner(name)
    agent = nil
    bootedAt = world.agenda.now + seconds
    world.agenda.after(seconds * 0.9) { self.network.reset() }
  }

  /// The machine sleeps; its wall clock and its boot clock run on.
  func suspend(for seconds: Double) {
    guard suspendedAt == nil, !machine.isPaused else { return }
    world.note { "\(self.name): suspended for \(seconds) s" }
    suspendedAt = world.agenda.now
    pause(machine, for: seconds)
    world.agenda.after(seconds) {
      if let began = self.suspendedAt { self.suspendedFor += self.world.agenda.now - began }
      self.suspendedAt = nil
    }
  }

  /// The agent is stopped with SIGSTOP; what its slots run runs on.
  func stopAgent(for seconds: Double) {
    guard let agent, agent.owner.isAlive, !agent.owner.isPaused else { return }
    world.note { "\(self.name): agent stopped for \(seconds) s" }
    pause(agent.owner, for: seconds)
  }

  private func pause(_ owner: Owner, for seconds: Double) {
    owner.stop()
    let lease = agent?.leaseEnd ?? .infinity
    // Whoever sleeps beyond its lease ends nothing in time; what it runs then is not promised to be alone.
    let awakes = world.agenda.now + seconds
    if awakes > lease { world.agenda.after(max(0, lease - world.agenda.now)) { self.exempt(until: awakes + 2) } }
    world.agenda.after(seconds) { self.world.agenda.wake(owner) }
  }

  private func exempt(until end: Double) {
    world.note { "\(self.name): paused beyond its lease" }
    exemptUntil = end
    for slot in slots { slot.tree?.isExempt = true }
  }
}

/// Ends somebody at its nth step.
final class Fuse {
  /// Steps so far.
  private(set) var count = 0
  private var left: Int?
  private var blow: () -> Void = {}

  /// After so many more steps; 1: at the next.
  func arm(_ steps: Int, _ blow: @escaping () -> Void) { (left, self.blow) = (steps, blow) }

  /// True, so that a step reads as a condition.
  func step() -> Bool {
    count += 1
    guard let left else { return true }
    self.left = left > 1 ? left - 1 : nil
    if left <= 1 { blow() }
    return true
  }
}
