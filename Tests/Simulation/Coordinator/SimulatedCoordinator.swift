import Journal
import Model
import Scheduling
import Wire

@testable import Coordination

/// A coordinator's process: the shell around the real ``RunCore``, as `Coordinator` is.
final class SimulatedCoordinator {
  unowned let world: World
  let owner: Owner
  let settings: RunSettings
  let clock: SimulatedRunClock
  private(set) var publisher: SimulatedPublisher?
  private(set) var core: RunCore
  private var orders: OrderBook
  private var places: [String: Replay.Place] = [:]
  private var cancelled: [AttemptID: Cancel] = [:]
  private var lanes: [SimulatedLane] = []
  private var inbox: [Input] = []
  private var isTurnDue = false
  private(set) var isRefused = false
  private var hasEnded = false
  private var replies: [() -> Void] = []

  /// A new run.
  init(_ settings: RunSettings, _ plan: Plan, journal: JournalWriter, owner: Owner, in world: World) {
    self.world = world
    self.owner = owner
    self.settings = settings
    clock = SimulatedRunClock(world.clock, started: world.wall.now, now: world.wall.now)
    core = RunCore(machine: RunMachine(settings: settings, plan: plan), journal: journal, at: clock.time)
    orders = OrderBook(settings: settings, contents: Contents())
    core.begin(at: moment)
  }

  /// Goes on with a run. Throws what its journal's files say against it.
  init(resuming run: ResumedRun, journal: JournalWriter, owner: Owner, in world: World) throws(Fault) {
    self.world = world
    self.owner = owner
    settings = run.settings
    clock = SimulatedRunClock(world.clock, started: run.started, now: max(world.wall.now, run.replay.latest))
    var machine = run.replay.machine
    try machine.meetFiles(of: journal)
    core = RunCore(machine: machine, journal: journal, owed: run.replay.owed, at: clock.time)
    orders = OrderBook(settings: settings, contents: Contents())
    let resumption = Resumption(of: run)
    (places, cancelled) = (resumption.places, resumption.cancelled)
    core.take(.resumed(resumption.activity), at: moment)
  }

  private var moment: Moment { Moment(elapsed: clock.passed, wall: clock.time) }

  /// Begins to work, once what it began with is durable.
  func start(publisher: SimulatedPublisher) {
    self.publisher = publisher
    settle { [unowned self] in
      for node in world.nodes where core.machine.nodes[node.name]?.isGone != true {
        lanes.append(SimulatedLane(node, session: session(of: node.name), of: self))
      }
      for lane in lanes { lane.begin() }
      publisher.start()
      isTurnDue = true
      turn()
    }
  }

  /// What is known of a node; nothing, if the run is new.
  private func session(of node: String) -> NodeSession {
    let entries = core.machine.ledger.attempts(on: node)
    guard let place = places[node] else { return NodeSession(node: node) }
    var units = entries.map(\.unit)[...]
    let outstanding = entries.compactMap { entry in units.popFirst().flatMap { order(entry.plan, $0, on: node) } }
    return NodeSession(
      node: node, life: place.life, received: place.received, outstanding: outstanding,
      started: world.sabotage == .resumeGivesOutAgain ? [] : Set(entries.filter(\.hasStarted).map(\.plan.attempt)),
      cancelled: cancelled)
  }

  /// What is durable of the attempts that a node has.
  func held(on node: String) -> [HeldAttempt] {
    core.machine.ledger.attempts(on: node).compactMap { entry in
      entry.streams[0].map { HeldAttempt(attempt: entry.plan.attempt, output: $0.size) }
    }
  }

  private func order(_ plan: AttemptPlan, _ unit: UnitID, on node: String) -> AttemptOrder? {
    try? orders.order(for: plan, unit: unit, clockOffset: core.machine.nodes[node]?.facts.clockOffset)
  }

  // MARK: Turns

  /// Something came in.
  func post(_ input: Input) {
    inbox.append(input)
    ring()
  }

  /// Numbers something that happened beside the run, and says when that is durable.
  func record(_ activity: Activity, then: @escaping () -> Void) {
    replies.append(then)
    post(.activity(activity))
  }

  /// Somebody wants the run to end.
  func cancel(now: Bool) { post(.cancel(by: "stop", now: now)) }

  private func ring() {
    guard !isTurnDue else { return }
    isTurnDue = true
    world.agenda.after(world.chance.between(0.0005, 0.01), owner) { self.turn() }
  }

  private func turn() {
    let (batch, waiting) = (inbox, replies)
    (inbox, replies) = ([], [])
    for input in batch { take(input) }
    settle { [unowned self] in
      for reply in waiting where owner.isAlive { reply() }
      isTurnDue = false
      if core.machine.isDone, !hasEnded { return end() }
      if !inbox.isEmpty { ring() }
    }
  }

  private func take(_ input: Input) {
    world.note { "coordinator takes \(brief(input))" }
    if world.sabotage == .noFence, case .records(let node, _, let records) = input {
      for case .event(.finished(let attempt, let outcome)) in records.map(\.content)
      where core.machine.ledger[attempt] == nil {
        let parts = attempt.rawValue.split(separator: ".")
        let id = CaseID(rawValue: String(parts.dropFirst().dropLast().joined(separator: ".")))
        core.take(
          .activity(.attemptFinished(.init(attempt: attempt, id: id, node: node, outcome: outcome))), at: moment)
      }
    }
    core.take(input, at: moment)
  }

  private func end() {
    hasEnded = true
    isTurnDue = true
    core.end(at: moment)
    settle { [unowned self] in
      isTurnDue = false
      for lane in lanes { lane.finish() }
      publisher?.finish()
      if !inbox.isEmpty { ring() }
      lanesMayBeOver()
    }
  }

  /// Makes a turn durable, again and again while the disk refuses.
  private func settle(then: @escaping () -> Void) {
    do throws(Fault) {
      let outgoing = try core.settle()
      guard owner.isAlive else { return }
      if isRefused { inbox.append(.notice(.init(.warning, "for a while nothing was begun"))) }
      isRefused = false
      guard pass(outgoing) else { return }
      then()
    } catch {
      guard owner.isAlive else { return }
      world.note { "coordinator's disk refuses: \(error)" }
      isRefused = true
      world.agenda.after(settings.retryPause, owner) { self.settle(then: then) }
    }
  }

  /// Tells sinks, then nodes. False: it died over it.
  private func pass(_ outgoing: RunCore.Outgoing) -> Bool {
    if !outgoing.recorded.isEmpty {
      world.witness.told(outgoing.recorded)
      publisher?.take(outgoing.recorded.map(\.event))
    }
    guard step() else { return false }
    for (node, (number, epoch)) in outgoing.acknowledgements.sorted(by: { $0.key < $1.key }) {
      lane(node)?.post(.acknowledge(number, epoch: epoch))
    }
    guard step() else { return false }
    for order in outgoing.orders {
      send(order)
      guard step() else { return false }
    }
    return true
  }

  private func step() -> Bool { owner.isAlive && world.fuse.step() && owner.isAlive }

  private func send(_ order: Effect) {
    switch order {
    case .run(let node, let unit, let plans):
      lane(node)?.post(.run(plans.compactMap { self.order($0, unit, on: node) }))
    case .cancel(let node, let cancel): lane(node)?.post(.cancel(cancel))
    case .record, .write, .close, .acknowledge: break
    }
  }

  private func lane(_ node: String) -> SimulatedLane? { lanes.first { $0.name == node } }

  /// A lane or the publisher has nothing more to do.
  func lanesMayBeOver() {
    guard hasEnded, owner.isAlive, lanes.allSatisfy(\.isOver), publisher?.isDone == true else { return }
    world.coordinatorLeaves()
  }

  /// The kernel closes what the dead process had open.
  func hangUp() { for lane in lanes { lane.hangUp() } }
}

private func brief(_ input: Input) -> String {
  switch input {
  case .ready(let node, _, let life): "ready \(node) \(life ?? "")"
  case .records(let node, let epoch, let records):
    "records of \(node)/\(epoch): "
      + records.map { record in
        switch record.content {
        case .event(let event): "\(record.sequence) \(event)".prefix(120).description
        case .data(let header, let bytes):
          "\(record.sequence) \(bytes.count) bytes of \(header.attempt).\(header.stream) at \(header.offset)"
        }
      }.joined(separator: "; ")
  default: "\(input)".prefix(200).description
  }
}
