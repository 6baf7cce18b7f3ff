import Dialects
import Journal
import Model
import TestSupport

@testable import Coordination

/// A coordinator's machine, nodes, collection APIs, and time, all from one seed.
final class World {
  let seed: UInt64
  let sabotage: Sabotage?
  let scenario: Scenario
  let clock = VirtualClock()
  let chance: Chance
  let agenda: Agenda
  /// The coordinator's machine.
  let wall: WallClock
  let disk: SimulatedDisk
  let fuse = Fuse()
  private(set) var nodes: [SimulatedNode] = []
  private(set) var servers: [SimulatedServer] = []
  private(set) var addresses: [String: ServerAddress] = [:]
  let anyAddress: ServerAddress
  let witness: Witness
  private(set) var folder = RunFolder(state: "/state", run: RunID(rawValue: "r1"))
  private var coordinator: SimulatedCoordinator?
  private var later: LaterDelivery?
  private var owner: Owner?
  private var runs = 1
  /// The first node's lines are cut before this step, for so many seconds.
  var cut: (step: Int, seconds: Double)?
  /// How many steps it took.
  private(set) var stepsWhenDone = 0
  /// When everything was done; nil: it is not.
  private var doneAt: Double?
  /// No world needs so many steps.
  private static let stepLimit = 200_000
  /// Steps and what happened at them; nil: nobody wants to know.
  private(set) var trace: [String]?

  init(seed: UInt64, scenario: Scenario, sabotage: Sabotage?, isTraced: Bool, chance: Chance) throws(Fault) {
    self.seed = seed
    self.scenario = scenario
    self.sabotage = sabotage
    self.chance = chance
    trace = isTraced ? [] : nil
    agenda = Agenda(clock: clock, ties: .init(chance.seed()))
    wall = WallClock(clock, skew: 0)
    disk = SimulatedDisk(chance, wall: wall)
    anyAddress = try ServerAddress(parsing: "http://nowhere/api/v1")
    witness = Witness(scenario.plan, slots: Dictionary(uniqueKeysWithValues: zip(scenario.nodes, scenario.slots)))
    for (name, slots) in zip(scenario.nodes, scenario.slots) {
      nodes.append(SimulatedNode(name, slots: slots, in: self))
    }
    for (index, isIdempotent) in scenario.servers.enumerated() {
      let server = SimulatedServer("s\(index)", isIdempotent: isIdempotent, in: self)
      servers.append(server)
      addresses[server.name] = try ServerAddress(parsing: "http://\(server.name)/api/v1")
    }
  }

  /// The disks lie from now on.
  func lie() {
    witness.areDisksLying = true
    disk.lies = true
    for node in nodes { node.disk.lies = true }
  }

  /// Writes a line of the trace, if somebody wants one.
  func note(_ text: () -> String) {
    guard trace != nil else { return }
    let time = (agenda.now * 10_000).rounded() / 10_000
    trace?.append("\(time) \(text())")
  }

  /// What an attempt does.
  func behaviour(of id: CaseID, _ attempt: AttemptID) -> Behaviour {
    var own = Behaviour.of(
      id, ordinal: attempt.ordinal ?? 0, seed: seed, rough: scenario.rough, longest: scenario.longest)
    // Set-ups are no topic of their own here: where they fail, little else happens.
    if id.rawValue.hasPrefix("setup:") { own.verdict = .pass }
    return own
  }

  // MARK: Playing

  /// Plays it to its end. Returns what was violated.
  func play() -> [String] {
    startCoordinator()
    while witness.violations.isEmpty, agenda.step() {
      if let cut, agenda.steps >= cut.step { cutFirstNode(for: cut.seconds) }
      if let doneAt, agenda.now > doneAt + scenario.lease + 15 { return conclude() }
      if agenda.now > scenario.bound || agenda.steps > World.stepLimit {
        if witness.areDisksLying { return witness.violations }
        witness.violate(
          "no progress: not over after \(Int(agenda.now)) s and \(agenda.steps) steps, healed at \(scenario.healed) s")
      }
    }
    if doneAt == nil, witness.violations.isEmpty { witness.violate("nothing happens any more, and it is not over") }
    return witness.violations
  }

  private func cutFirstNode(for seconds: Double) {
    cut = nil
    guard let network = nodes.first?.network else { return }
    network.cut()
    agenda.after(seconds) { network.heal() }
  }

  private func conclude() -> [String] {
    FinalCheck(self, folder).run()
    return witness.violations
  }

  // MARK: The coordinator's processes

  private func process() -> (owner: Owner, disk: ProcessDisk) {
    let owner = Owner("coordinator")
    self.owner = owner
    let fuse = fuse
    return (
      owner, ProcessDisk(disk: disk, step: { owner.isAlive && fuse.step() && owner.isAlive }, sabotage: sabotage)
    )
  }

  /// `sortie run`.
  private func startCoordinator() {
    let (owner, disk) = process()
    do throws(Fault) {
      let journal = try JournalWriter(creating: folder, disk: disk, isLocked: false)
      let coordinator = SimulatedCoordinator(
        scenario.settings(folder.run), scenario.plan, journal: journal, owner: owner, in: self)
      begin(coordinator, disk, after: [])
    } catch {
      note { "the run cannot begin: \(error)" }
      // People free some room and try again.
      if owner.isAlive { agenda.after(2, owner) { self.startAnew() } }
    }
  }

  private func startAnew() {
    runs += 1
    witness.forget()
    folder = RunFolder(state: "/state", run: RunID(rawValue: "r\(runs)"))
    startCoordinator()
  }

  private func begin(_ coordinator: SimulatedCoordinator, _ disk: ProcessDisk, after events: [Event]) {
    self.coordinator = coordinator
    let publisher = SimulatedPublisher(
      folder.run, disk, coordinator.owner, in: self,
      record: { [unowned coordinator] in coordinator.record($0, then: $1) },
      changed: { [unowned coordinator] in coordinator.lanesMayBeOver() })
    publisher.goOn(after: events)
    coordinator.start(publisher: publisher)
  }

  /// `sortie resume`.
  private func resume() {
    let (owner, disk) = process()
    var events: [Event] = []
    do throws(Fault) {
      let journal: JournalWriter
      do throws(Fault) {
        journal = try JournalWriter(resuming: folder, disk: disk, isLocked: false) { events.append($0) }
      } catch  where error.code == .notFound && owner.isAlive {
        return startAnew()
      }
      guard owner.isAlive else { return }
      note { "resumes behind event \(events.count), \(journal.cut) torn bytes cut" }
      if events.count < 2 { return startAnew() }
      witness.resumed(events)
      if events.contains(where: { if case .runFinished = $0.activity { true } else { false } }) {
        return deliverLater(events, owner, disk)
      }
      let run = try ResumedRun(events, host: "here") { header throws(Fault) in self.scenario.settings(header.run) }
      let coordinator = try SimulatedCoordinator(resuming: run, journal: journal, owner: owner, in: self)
      begin(coordinator, disk, after: events)
    } catch {
      guard owner.isAlive else { return }
      note { "cannot resume: \(error)" }
      guard error.code == .system else {
        // What a disk lied about is found out, and said.
        if witness.areDisksLying { return isDone() }
        return witness.violate("resume says: \(error)")
      }
      agenda.after(2, owner) { self.resume() }
    }
  }

  /// `sortie publish`, after the run's end.
  private func deliverLater(_ events: [Event], _ owner: Owner, _ disk: ProcessDisk) {
    later = LaterDelivery(folder, disk, owner, in: self, after: events) { self.isDone() }
  }

  /// The coordinator's process is done.
  func coordinatorLeaves() {
    note { "the coordinator leaves" }
    coordinator?.hangUp()
    owner?.die()
    coordinator = nil
    guard disk.list(SimulatedOutboxFolder.path).contains(where: { !$0.contains("/") }) else { return isDone() }
    agenda.after(chance.between(1, 20)) { self.resume() }
  }

  private func isDone() {
    note { "everything is done" }
    owner?.die()
    stepsWhenDone = agenda.steps
    doneAt = max(agenda.now, scenario.healed)
    later = nil
  }

  // MARK: What may happen to them

  /// The coordinator's process, or its machine, dies.
  func crash(isPower: Bool) {
    guard let owner, owner.isAlive, doneAt == nil else { return }
    note { "coordinator dies, power: \(isPower)" }
    owner.die()
    if isPower { disk.cutPower() } else { coordinator?.hangUp() }
    let dead = (coordinator, later)
    (coordinator, later) = (nil, nil)
    let pause = min(chance.between(0.2, chance.percent(70) ? 5 : 30), max(0.2, scenario.healed - agenda.now))
    // Held until then: it dies in the middle of its own doings.
    agenda.after(pause) {
      withExtendedLifetime(dead) {}
      self.resume()
    }
  }

  /// SIGSTOP, and later SIGCONT.
  func stopCoordinator(for seconds: Double) {
    guard let owner, owner.isAlive, !owner.isPaused else { return }
    owner.stop()
    agenda.after(seconds) { self.agenda.wake(owner) }
  }

  /// `sortie stop`.
  func cancel(now: Bool) {
    guard let owner, owner.isAlive, !owner.isPaused else { return }
    if now { witness.isCancelledNow = true }
    coordinator?.cancel(now: now)
  }

  /// `sortie node drain`.
  func drain(_ node: String) {
    guard let owner, owner.isAlive, !owner.isPaused else { return }
    coordinator?.post(.drained(node, reason: "drained"))
  }
}
