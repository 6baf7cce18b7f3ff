import Journal
import Model
import Wire

@testable import Agent

/// An agent's process: the shell around the real ``HostState``, as `Daemon` is.
final class SimulatedAgent {
  let owner: Owner
  let life: String
  unowned let node: SimulatedNode
  private let disk: ProcessDisk
  private var state: HostState?
  private var spool: SimulatedSpool?
  private var link: AgentLink?
  private var links: [AgentLink] = []
  private var slots: [SimulatedSlot?]
  private var isFlushDue = false
  private var probed = 0.0

  init(_ life: String, on node: SimulatedNode) {
    self.life = life
    self.node = node
    let owner = Owner("agent \(life)", on: node.machine)
    self.owner = owner
    disk = ProcessDisk(disk: node.disk, step: { owner.isAlive && node.fuse.step() && owner.isAlive }, sabotage: nil)
    slots = Array(repeating: nil, count: node.slotCount)
    beat()
  }

  private var world: World { node.world }
  private var moment: HostMoment { HostMoment(boot: world.agenda.now, wall: node.wall.now) }

  /// When its lease ends, by what it has heard; nil: it has no run.
  var leaseEnd: Double? { state.map { $0.heard + $0.lease } }
  /// Whether it holds nothing.
  var isIdle: Bool { state?.session.isIdle ?? true }

  private func beat() {
    world.agenda.after(1, owner) {
      self.turn {}
      self.beat()
    }
  }

  private func turn(_ body: () -> Void) {
    body()
    tick()
    dispatch()
    guard !isFlushDue, owner.isAlive else { return }
    isFlushDue = true
    world.agenda.after(world.chance.between(0.0002, 0.004), owner) {
      self.isFlushDue = false
      self.sync()
      self.flush()
    }
  }

  private func tick() {
    guard world.sabotage != .endlessLease || state?.isAttached == true else { return }
    perform(state?.tick(moment) ?? [])
  }

  /// The kernel ends it.
  func die() {
    owner.die()
    for link in links { link.hangUp() }
    for slot in slots { slot?.orphan() }
  }

  // MARK: Lines

  /// Somebody attaches.
  func greet(_ line: Line) {
    links.append(AgentLink(line, of: owner) { [unowned self] link, piece in turn { self.take(piece, from: link) } })
  }

  private func take(_ piece: Pipe.Piece, from link: AgentLink) {
    guard case .bytes(let bytes) = piece else { return drop(link) }
    do throws(Fault) {
      for frame in try link.frames(in: bytes) {
        if link.run != nil { state?.heard(at: world.agenda.now) }
        try obey(frame, from: link)
      }
    } catch {
      if error.code != .link, let frame = try? Frame.encode(.refused, json: error) { link.send(frame) }
      world.note { "\(self.node.name): agent refuses: \(error)" }
      drop(link)
    }
  }

  private func drop(_ link: AgentLink) {
    link.close()
    links.removeAll { $0 === link }
    guard self.link === link else { return }
    self.link = nil
    state?.detach()
  }

  private func obey(_ frame: Frame, from link: AgentLink) throws(Fault) {
    if frame.kind == .attach { return attach(try Payload.decode(Attach.self, from: frame.payload), link) }
    guard state != nil else { return }
    guard self.link === link else { throw Fault(.link, "another line has taken this one's place") }
    switch frame.kind {
    case .run: perform(try state?.order(frame.payload, at: moment) ?? [])
    case .cancel:
      perform(state?.cancel(try Payload.decode(Cancel.self, from: frame.payload), at: moment) ?? [])
    case .acknowledge:
      let number = UInt64(littleEndian: frame.payload)
      world.witness.acknowledged(life, number)
      perform(state?.acknowledge(number) ?? [])
    case .ping:
      var payload = Array(frame.payload.prefix(8))
      payload.append(littleEndian: node.wall.now.nanoseconds)
      link.send(Frame.encode(.pong, payload))
    case .bye: end(link)
    default: break
    }
  }

  private func attach(_ attach: Attach, _ link: AgentLink) {
    link.run = attach.run
    if let old = self.link { drop(old) }
    if attach.isNew == true, state == nil || !isIdle { forget() }
    if state?.run != attach.run {
      state = HostState(run: attach.run, life: life, node: attach.node, lease: attach.lease, now: world.agenda.now)
      spool = SimulatedSpool(node.spool, on: disk, sabotage: world.sabotage)
      restore(attach.held)
    }
    self.link = link
    perform(state?.attach(attach, now: world.agenda.now) ?? [])
  }

  private func restore(_ known: [HeldAttempt]) {
    guard let (log, size, damaged) = spool?.load() else { return }
    var remnants = log.remnants
    let held = Set(remnants.map(\.attempt.rawValue))
    for file in node.disk.list(node.folder) where node.folder + "/" + file != node.spool {
      let isHeld = file.lastIndex(of: ".").map { held.contains(String(file[..<$0])) } ?? false
      if !isHeld { try? disk.remove(node.folder + "/" + file) }
    }
    for index in remnants.indices {
      let name = remnants[index].attempt.rawValue + "."
      for file in node.disk.list(node.folder) where file.hasPrefix(name) {
        guard let stream = UInt16(file.dropFirst(name.count)) else { continue }
        remnants[index].sizes[stream] = Int64(node.disk.content(node.folder + "/" + file)?.count ?? 0)
      }
    }
    world.witness.restored(node.name, remnants.filter { $0.ending != nil }.map(\.attempt))
    perform(state?.restore(remnants, held: known, spoolSize: size, damaged: damaged, at: moment) ?? [])
  }

  private func welcome() {
    guard let link, let session = state?.session else { return }
    let welcome = Welcome(
      wire: WireVersions.current.highest, version: "1", life: life, facts: NodeFacts(slots: slots.count),
      sequence: session.sequence, acknowledged: session.acknowledged,
      attempts: session.attempts.keys.sorted { $0.rawValue < $1.rawValue }, time: node.wall.now)
    if let frame = try? Frame.encode(.welcome, json: welcome) { link.send(frame) }
  }

  /// The run is over: what still runs is ended, and nothing of it is kept.
  private func end(_ link: AgentLink) {
    for effect in state?.cancel(Cancel(attempts: nil, now: true), at: moment) ?? [] {
      if case .end = effect { perform([effect]) }
    }
    drop(link)
    forget()
  }

  private func forget() {
    (state, spool) = (nil, nil)
    for name in node.disk.list(node.folder) { try? disk.remove(node.folder + "/" + name) }
  }

  private func flush() {
    guard let link else { return }
    while let (number, record) = state?.next() {
      switch record {
      case .event(let event):
        var payload: [UInt8] = []
        payload.append(littleEndian: number)
        world.witness.sent(event, life: life, number, from: node.name)
        link.send(Frame.encode(.event, payload + event))
      case .data(let attempt, let stream, let offset, let length):
        let head = DataHeader(sequence: number, offset: offset, stream: stream, attempt: attempt).encoded
        let bytes = (node.disk.content(node.stream(stream, of: attempt)) ?? []).dropFirst(Int(offset)).prefix(
          Int(length))
        // The length is promised; what somebody took away reads as zeros.
        let zeros = [UInt8](repeating: 0, count: Int(length) - bytes.count)
        link.send(Frame.encode(.data, head + bytes + zeros))
      }
    }
  }

  // MARK: Effects

  private func perform(_ effects: [HostEffect]) {
    for effect in effects where owner.isAlive {
      switch effect {
      case .welcome: welcome()
      case .cut: if let link { drop(link) }
      case .spool(let entry): _ = write(entry)
      case .truncate: spool?.clear()
      case .compact(let attempts): spool?.compact(keeping: attempts)
      case .start(let attempt, let slot, let order, let mark):
        if write(mark), owner.isAlive { start(attempt, on: slot, order) }
      case .end(let slot, let now): slots[slot]?.cancel(now: now)
      case .kill(let slot): lose(slot)
      case .remove(let attempt, let highest):
        for stream in 0...highest { try? disk.remove(node.stream(stream, of: attempt)) }
      case .drop: break
      case .probe: probe()
      }
    }
  }

  private func write(_ entry: SpoolEntry) -> Bool {
    do throws(DiskError) {
      try spool?.append(entry.bytes)
      return true
    } catch {
      if entry.kind == .verdict { world.witness.diskRefused(node.name) }
      perform(state?.spoolRefused(entry, "\(error.call): error \(error.number)", at: moment) ?? [])
      return false
    }
  }

  private func probe() {
    guard world.agenda.now - probed >= 1 else { return }
    probed = world.agenda.now
    if spool?.isWritable == true { perform(state?.spaceAgain() ?? []) }
  }

  private func sync() {
    guard state?.needsSync == true else { return }
    do throws(DiskError) {
      try spool?.sync()
      state?.synced()
    } catch {
      world.witness.diskRefused(node.name)
      perform(state?.syncRefused("\(error.call): error \(error.number)", at: moment) ?? [])
    }
  }

  // MARK: Slots

  private func dispatch() {
    for index in slots.indices where owner.isAlive && slots[index]?.isBusy != true {
      guard let effects = state?.begin(on: index, at: moment), !effects.isEmpty else { continue }
      perform(effects)
    }
  }

  private func start(_ attempt: AttemptID, on index: Int, _ order: [UInt8]) {
    let slot = slots[index] ?? SimulatedSlot(index, of: self, on: node)
    slots[index] = slot
    slot.isBusy = true
    slot.start(order)
  }

  /// A slot says something.
  func hear(_ word: SimulatedSlot.Word, from slot: SimulatedSlot) {
    guard slots[slot.index] === slot else { return }
    turn {
      switch word {
      case .event(let event): state?.slotSaid(slot.index, event[...])
      case .grew(let size): state?.slotGrew(slot.index, to: size)
      case .kept(let stream, let size, let event):
        perform(state?.slotKept(slot.index, stream: stream, size: size, event: event[...]) ?? [])
      case .refused(let words): perform(state?.outputRefused(words, at: moment) ?? [])
      case .finished(let event):
        slot.isBusy = false
        perform(state?.slotFinished(slot.index, with: event[...]) ?? [])
      case .gone: lose(slot.index)
      }
    }
  }

  private func lose(_ index: Int) {
    slots[index]?.kill()
    slots[index] = nil
    perform(state?.slotDied(index, at: moment) ?? [])
  }
}
