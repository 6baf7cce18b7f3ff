import Model
import Wire

@testable import Coordination

/// One node's side of a run, as `NodeLane` is: keeps a line, and passes orders down and records up by the real
/// ``NodeSession`` and ``NodeLease``.
final class SimulatedLane {
  enum Order {
    case run([AttemptOrder])
    case cancel(Cancel)
    case acknowledge(UInt64, epoch: Int)
    case repeatAcknowledgement
  }

  private enum Stage { case resting, connecting, greeting, serving, over }

  let name: String
  private unowned let coordinator: SimulatedCoordinator
  private let node: SimulatedNode
  private let settings: RunSettings
  private var session: NodeSession
  private var lease: NodeLease
  private var clock: ClockOffset
  private var stage = Stage.resting
  /// Tells one line's affairs from the next one's.
  private var turn = 0
  private var line: Line?
  private var decoder = FrameDecoder()
  private var scanner: MagicScanner? = MagicScanner()
  private var orders: [Order] = []
  private var again: [Order] = []
  private var early: [Frame] = []
  private var pings = 0
  private var facts = NodeFacts()
  private var silentSince = 0.0
  private var began = 0.0
  private var tries = 0
  private var isUp = false
  private var hasBeenReady: Bool
  private(set) var isFinishing = false

  init(_ node: SimulatedNode, session: NodeSession, of coordinator: SimulatedCoordinator) {
    self.node = node
    name = node.name
    self.session = session
    self.coordinator = coordinator
    settings = coordinator.settings
    hasBeenReady = coordinator.core.machine.nodes[node.name] != nil
    let sabotage = coordinator.world.sabotage
    lease = NodeLease(
      lease: sabotage == .hastyLease ? 0 : settings.lease, margin: sabotage == .hastyLease ? 0 : settings.leaseMargin,
      at: coordinator.world.agenda.now)
    clock = ClockOffset(wall: { [clock = coordinator.clock] in clock.time })
  }

  private var world: World { coordinator.world }
  private var now: Double { world.agenda.now }
  /// Whether it needs nothing any more.
  var isOver: Bool { stage == .over }

  private func after(_ seconds: Double, _ body: @escaping () -> Void) {
    let turn = turn
    world.agenda.after(seconds, coordinator.owner) { if self.turn == turn { body() } }
  }

  // MARK: Lines

  /// Tries to reach the node.
  func begin() {
    guard !isFinishing else { return leave() }
    stage = .connecting
    if node.network.isCut { return after(world.chance.between(0.1, 3)) { self.fail("no route") } }
    if !node.network.blocked.isEmpty { return after(10) { self.fail("no answer") } }
    after(world.chance.between(0.05, 0.4)) { self.reach() }
  }

  private func reach() {
    let line = node.network.makeLine()
    guard !node.network.isCut, node.accept(line) else { return after(3) { self.fail("the machine is down") } }
    self.line = line
    (stage, decoder, scanner) = (.greeting, FrameDecoder(), MagicScanner())
    (early, pings, began, silentSince) = ([], 0, now, now)
    line.up.receive(coordinator.owner) { [unowned self] piece in if self.line === line { take(piece) } }
    watch()
    after(0) { self.introduce() }
  }

  private func introduce() {
    // A disk that refuses leaves counted what is not durable yet.
    guard !coordinator.isRefused else { return after(0.1) { self.introduce() } }
    var greeting = Attach(
      version: sortieVersion, run: settings.header.run, node: name, slots: node.slotCount, lease: settings.lease)
    greeting.life = session.life
    greeting.isNew = session.life == nil
    greeting.received = world.sabotage == .resendNothing ? session.received + 3 : session.received
    greeting.held = coordinator.held(on: name)
    write(Magic.bytes + ((try? Frame.encode(.attach, json: greeting)) ?? []))
  }

  private func write(_ bytes: [UInt8]) {
    lease.tell(at: now)
    if coordinator.owner.isAlive { line?.down.send(.bytes(bytes)) }
  }

  private func watch() {
    after(settings.heartbeat) {
      guard self.line != nil else { return }
      if self.now - self.silentSince > self.settings.silence { return self.fail("silent") }
      if self.stage == .serving {
        self.write(self.clock.ping())
      } else if self.now - self.began > self.settings.silence * 3 {
        return self.fail("does not finish its greeting")
      }
      self.watch()
    }
  }

  private func fail(_ reason: String, isFinal: Bool = false) {
    world.note { "\(self.name): \(reason)" }
    line?.closeUpperEnd()
    line = nil
    turn += 1
    if isFinishing { return leave() }
    stage = .resting
    let wasUp = isUp
    tries = isUp ? 1 : tries + 1
    if isUp { coordinator.post(.down(name, reason: reason)) }
    isUp = false
    let isHopeless =
      hasBeenReady || !session.outstanding.isEmpty ? lease.isOverdue(at: now) : tries >= 3
    if isFinal || !wasUp && isHopeless { return giveUp(reason) }
    after(settings.retryPause * Double(min(tries * tries, 25))) { self.begin() }
  }

  private func giveUp(_ reason: String) {
    let rest = session.outstanding.isEmpty ? 0 : lease.left(at: now)
    after(rest) {
      if !self.isFinishing { self.coordinator.post(.gone(self.name, reason: reason)) }
      self.leave()
    }
  }

  private func leave() {
    stage = .over
    turn += 1
    coordinator.lanesMayBeOver()
  }

  /// The run is over.
  func finish() {
    guard !isFinishing else { return }
    isFinishing = true
    switch stage {
    case .serving: sayGoodbye()
    case .greeting:
      write(Frame.encode(.bye, []))
      fail("the run is over")
    case .connecting, .resting: fail("the run is over")
    case .over: return
    }
  }

  private func sayGoodbye() {
    drain()
    write(Frame.encode(.bye, []))
    after(settings.silence / 2) { self.fail("did not say goodbye") }
  }

  // MARK: What comes

  private func take(_ piece: Pipe.Piece) {
    guard case .bytes(let bytes) = piece else { return fail("the link ended") }
    let turn = turn
    do throws(Fault) {
      try push(bytes)
      var frames: [Frame] = []
      while let frame = try decoder.next() { frames.append(Frame(frame.kind, Array(frame.payload)[...])) }
      guard !frames.isEmpty else { return }
      silentSince = now
      lease.hear(at: now)
      if stage == .serving {
        try hear(frames)
      } else {
        try greet(frames)
      }
    } catch {
      if self.turn == turn { fail(error.description, isFinal: !error.isWorthAnotherTry) }
    }
  }

  private func push(_ bytes: [UInt8]) throws(Fault) {
    guard scanner != nil else { return decoder.push(bytes) }
    guard let rest = try scanner?.push(bytes) else { return }
    scanner = nil
    decoder.push(rest)
  }

  private func greet(_ frames: [Frame]) throws(Fault) {
    for (index, frame) in frames.enumerated() {
      if pings == 0 {
        switch frame.kind {
        case .welcome: reconcile(try Payload.decode(Welcome.self, from: frame.payload))
        case .refused: throw try Payload.decode(Fault.self, from: frame.payload)
        default: throw Fault(.wire, "began with frame \(frame.kind.rawValue)")
        }
      } else if frame.kind == .pong {
        clock.pong(frame.payload)
      } else {
        early.append(frame)
        continue
      }
      guard pings == 3 else {
        pings += 1
        write(clock.ping())
        continue
      }
      return try serve(frames[(index + 1)...])
    }
  }

  /// Makes the agent's and the run's knowledge of each other one.
  private func reconcile(_ welcome: Welcome) {
    facts = welcome.facts
    let result = session.welcome(welcome)
    for (attempt, reason) in result.lost { coordinator.post(.perished(attempt, reason: reason)) }
    again = result.again.isEmpty ? [] : [.run(result.again)]
    again += result.cancels.map { .cancel($0) }
    if !result.strays.isEmpty { again.append(.cancel(Cancel(attempts: result.strays, now: true))) }
    if session.confirmed > 0 { again.append(.repeatAcknowledgement) }
    world.note {
      "\(self.name): welcome of \(welcome.life), \(welcome.acknowledged ?? 0)..\(welcome.sequence), has "
        + "\(welcome.attempts), lost \(result.lost.map(\.attempt)), again \(result.again.map(\.attempt)), strays "
        + "\(result.strays)"
    }
  }

  private func serve(_ rest: ArraySlice<Frame>) throws(Fault) {
    facts.clockOffset = clock.milliseconds
    facts.clockUncertainty = clock.uncertainty
    coordinator.post(.ready(name, facts, life: session.life))
    (stage, isUp, hasBeenReady) = (.serving, true, true)
    let frames = early + rest
    early = []
    try hear(frames)
    let batch = again
    again = []
    pass(batch)
    drain()
  }

  private func hear(_ frames: [Frame]) throws(Fault) {
    var records: [NodeRecord] = []
    for frame in frames {
      switch frame.kind {
      case .event, .data: if let record = try NodeRecord(frame) { records.append(record) }
      case .pong: clock.pong(frame.payload)
      case .refused: throw try Payload.decode(Fault.self, from: frame.payload)
      default: continue
      }
    }
    for record in records { try session.hear(record) }
    guard let last = records.last, !isFinishing else { return }
    if world.sabotage == .acknowledgeBeforeCommit { pass([.acknowledge(last.sequence, epoch: session.epoch)]) }
    coordinator.post(.records(name, epoch: session.epoch, records))
  }

  // MARK: What goes

  /// The run's loop wants something of the node.
  func post(_ order: Order) {
    orders.append(order)
    if stage == .serving { after(0) { self.drain() } }
  }

  private func drain() {
    guard stage == .serving, !orders.isEmpty else { return }
    let batch = orders
    orders = []
    pass(batch)
  }

  private func pass(_ batch: [Order]) {
    for order in batch {
      switch order {
      case .run(let attempts): session.send(attempts)
      case .cancel(let cancel): session.send(cancel)
      case .acknowledge, .repeatAcknowledgement: break
      }
    }
    var bytes: [UInt8] = []
    var acknowledged: UInt64?
    for order in batch {
      switch order {
      case .run(let attempts):
        for attempt in attempts {
          world.witness.ordered(attempt.attempt, attempt.id, fence: attempt.fence)
          bytes += (try? Frame.encode(.run, json: attempt)) ?? []
        }
      case .cancel(let cancel): bytes += (try? Frame.encode(.cancel, json: cancel)) ?? []
      case .acknowledge(let number, let epoch): acknowledged = session.confirm(number, epoch: epoch) ?? acknowledged
      case .repeatAcknowledgement: acknowledged = session.confirmed
      }
    }
    if let acknowledged {
      var payload: [UInt8] = []
      payload.append(littleEndian: acknowledged)
      bytes += Frame.encode(.acknowledge, payload)
    }
    if !bytes.isEmpty { write(bytes) }
  }

  /// Its process is dead: the kernel closes the line, unless the machine is dead, too.
  func hangUp() {
    line?.closeUpperEnd()
    line = nil
  }
}
