import CSpawn
import CrashPoints
import Glibc
import Model
import Wire

/// The agent of one work directory: hosts runs, feeds slots, and keeps its lines fed. One thread, one poll; every
/// decision about a run is its ``HostState``'s.
final class Daemon {
  let directory: WorkDirectory
  /// Names this life of the agent.
  let life = "\(getpid())-\(Clock.wall().nanoseconds)"
  var hosted: [RunID: Hosted] = [:]
  var slots: [SlotHandle?] = []
  private let listener: Descriptor
  // Held for the agent's life: one agent a work directory.
  private let lock: Descriptor
  private let idleLimit: Double
  private var arriving: [Descriptor] = []
  private var links: [Link] = []
  private var busy = Clock.boot()
  private var flushed = 0.0
  // Slots that nobody needs any more, until they are gone.
  private var retired: [(process: pid_t, until: Double)] = []

  /// Who has not said for so many seconds which run it is about will not.
  private static let greetingLimit = 60.0

  /// Takes the work directory. Throws `.busy` when another agent has it, `.system`.
  init(directory: WorkDirectory, idleLimit: Double) throws(Fault) {
    self.directory = directory
    self.idleLimit = idleLimit
    try directory.create()
    lock = Descriptor(sortie_open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    guard lock.number >= 0 else { throw systemFault("open", directory.lock) }
    guard flock(lock.number, LOCK_EX | LOCK_NB) == 0 else {
      throw Fault(.busy, "another agent serves \(directory.path)")
    }
    Predecessor.end(in: directory)
    Predecessor.forget(in: directory)
    listener = try LocalSocket.listen(directory.socket)
  }

  /// This moment.
  var moment: HostMoment { HostMoment(boot: Clock.boot(), wall: Clock.wall()) }

  /// Serves until nobody has needed it for a while.
  func serve() {
    while true {
      turn()
      let now = Clock.boot()
      if !links.isEmpty || !arriving.isEmpty || slots.contains(where: { $0?.current != nil }) { busy = now }
      if now - busy > idleLimit { break }
    }
    unlink(directory.socket)
  }

  private func turn() {
    let active = slots.compactMap { $0 }
    var interests = [pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)]
    interests += arriving.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
    interests += active.map { pollfd(fd: $0.socket.number, events: Int16(POLLIN), revents: 0) }
    for link in links {
      interests.append(pollfd(fd: link.input.number, events: Int16(POLLIN), revents: 0))
      interests.append(pollfd(fd: link.isWaiting ? link.output.number : -1, events: Int16(POLLOUT), revents: 0))
    }
    waitReady(&interests, seconds: isPaced ? max(0, Daemon.pace - (Clock.monotonic() - flushed)) : 1)

    let current = (arriving, active, links)
    var index = 0
    func isReady() -> Bool {
      defer { index += 1 }
      return interests[index].revents != 0
    }
    if isReady() { accept() }
    for newcomer in current.0 where isReady() { greet(newcomer) }
    for slot in current.1 where isReady() { hear(slot) }
    for link in current.2 {
      if isReady() { hear(link) }
      index += 1
    }
    tick()
    dispatch()
    sync()
    flush()
  }

  // MARK: Lines

  private func accept() {
    let number = sortie_accept(listener.number)
    guard number >= 0 else { return }
    let newcomer = Descriptor(number)
    var user: UInt32 = 0
    guard sortie_peer_user(number, &user) == 0, user == getuid() || user == 0 else { return }
    if arriving.count < 64 { arriving.append(newcomer) }
  }

  private func greet(_ newcomer: Descriptor) {
    arriving.removeAll { $0 === newcomer }
    var ends: [Int32] = [-1, -1]
    let count = sortie_receive_descriptors(newcomer.number, &ends, 2)
    let (input, output) = (ends[0], ends[1])
    guard count == 2 else {
      if count == 1 { close(input) }
      return
    }
    links.append(Link(bridge: newcomer, input: Descriptor(input), output: Descriptor(output)))
  }

  private func hear(_ link: Link) {
    do throws(Fault) {
      for frame in try link.receive() {
        if let run = link.run { hosted[run]?.state.heard(at: Clock.boot()) }
        try obey(frame, from: link)
      }
    } catch {
      refuse(link, error)
    }
  }

  /// Says why and lets the line go.
  func refuse(_ link: Link, _ fault: Fault) {
    if fault.code != .link, let frame = try? Frame.encode(.refused, json: fault) { link.send(urgent: frame) }
    link.isEnding = true
  }

  /// Records that come closer than this after the last ones travel together: a switch through sshd costs more than a
  /// short case, and a full packet costs no more than an empty one.
  private static let pace = 0.002

  /// Whether records wait for company.
  private var isPaced: Bool { hosted.values.contains { $0.link != nil && $0.state.session.hasUnsent } }

  private func flush() {
    let now = Clock.monotonic()
    let isDue = now - flushed >= Daemon.pace || hosted.values.contains { $0.state.session.unsentBytes > 64 << 10 }
    if isDue, isPaced { flushed = now }
    for link in links {
      let host = link.run.flatMap { hosted[$0] }
      do throws(Fault) {
        try link.flush(
          next: { isDue && host?.link === link ? host?.state.next() : nil },
          path: { attempt, stream in
            self.directory.stream(stream, of: attempt, in: link.run ?? RunID(rawValue: ""))
          })
      } catch {
        link.isEnding = true
        drop(link)
        continue
      }
      if link.isEnding { drop(link) }
    }
  }

  private func drop(_ link: Link) {
    links.removeAll { $0 === link }
    guard let run = link.run, let host = hosted[run], host.link === link else { return }
    host.link = nil
    host.state.detach()
  }

  // MARK: Runs

  /// Does what a run's state wants done.
  func perform(_ effects: [HostEffect], of host: Hosted) {
    for effect in effects {
      switch effect {
      case .welcome: welcome(host)
      case .cut: if let link = host.link { drop(link) }
      case .spool(let entry): _ = write(entry, of: host)
      case .truncate: host.spool.clear()
      case .compact(let attempts): try? host.spool.compact(keeping: attempts)
      case .start(let attempt, let slot, let order, let mark):
        if write(mark, of: host) { start(attempt, on: slot, order, of: host) }
      case .end(let slot, let now): slots[slot]?.cancel(now: now)
      case .kill(let slot): lose(slot)
      case .remove(let attempt, let highest): host.remove(attempt, highestStream: highest)
      case .drop(let stream, let upTo): host.drop(stream, upTo: upTo)
      case .probe: probe(host)
      }
    }
  }

  private func write(_ entry: SpoolEntry, of host: Hosted) -> Bool {
    do throws(Fault) {
      try host.spool.append(entry.bytes)
      if entry.kind == .verdict { CrashPoint.verdictWritten.reach() }
      return true
    } catch {
      perform(host.state.spoolRefused(entry, error.description, at: moment), of: host)
      return false
    }
  }

  private func probe(_ host: Hosted) {
    let now = Clock.boot()
    guard now - host.probed >= 1 else { return }
    host.probed = now
    do throws(Fault) {
      try host.spool.probe()
      perform(host.state.spaceAgain(), of: host)
    } catch {
      return
    }
  }

  private func tick() {
    let now = moment
    for host in hosted.values { perform(host.state.tick(now), of: host) }
    for link in links where link.run == nil && now.boot - link.began > Daemon.greetingLimit { drop(link) }
    retired.removeAll { slot in
      if now.boot > slot.until { kill(slot.process, SIGKILL) }
      return waitpid(slot.process, nil, WNOHANG) != 0
    }
  }

  private func sync() {
    for host in hosted.values where host.state.needsSync {
      do throws(Fault) {
        try host.spool.sync()
        CrashPoint.verdictSynced.reach()
        host.state.synced()
      } catch {
        perform(host.state.syncRefused(error.description, at: moment), of: host)
      }
    }
  }

  // MARK: Slots

  /// Another number of slots: those there are end what they run, and go.
  func replaceSlots(count: Int) {
    let until = Clock.boot() + HostState.patience
    retired += slots.compactMap { $0 }.map { ($0.process, until) }
    slots = Array(repeating: nil, count: count)
  }

  private func dispatch() {
    for index in slots.indices where slots[index]?.current == nil {
      // Runs take turns, so that one long queue does not keep another run out.
      guard
        let host = hosted.values.filter({ $0.state.session.hasQueued }).min(by: {
          $0.state.running.count < $1.state.running.count
        })
      else { return }
      perform(host.state.begin(on: index, at: moment), of: host)
    }
  }

  private func start(_ attempt: AttemptID, on index: Int, _ order: [UInt8], of host: Hosted) {
    do throws(Fault) {
      if slots[index] == nil { slots[index] = try SlotHandle(index: index, directory: directory) }
      guard let slot = slots[index], slot.start(attempt, order: order, context: host.context) else {
        throw Fault(.system, "slot \(index) is gone")
      }
      CrashPoint.attemptBegun.reach()
    } catch {
      lose(index, reason: error.description)
    }
  }

  private func hear(_ slot: SlotHandle) {
    guard let frames = slot.receive() else { return lose(slot.index) }
    for frame in frames {
      let host = slot.current.flatMap { hosted[$0.run] }
      if frame.kind == .slotFinished { slot.current = nil }
      guard let host else { continue }
      switch frame.kind {
      case .slotEvent: host.state.slotSaid(slot.index, frame.payload)
      case .slotGrew: host.state.slotGrew(slot.index, to: Int64(littleEndian: frame.payload))
      case .slotKept:
        let (stream, size) = (UInt16(littleEndian: frame.payload), Int64(littleEndian: frame.payload.dropFirst(2)))
        let effects = host.state.slotKept(
          slot.index, stream: stream, size: size, event: frame.payload.dropFirst(10))
        perform(effects, of: host)
      case .slotRefused:
        let words = String(decoding: frame.payload, as: UTF8.self)
        perform(host.state.outputRefused(words, at: moment), of: host)
      case .slotFinished: perform(host.state.slotFinished(slot.index, with: frame.payload), of: host)
      default: continue
      }
    }
  }

  /// The slot is gone, or has to go. What it ran comes to this process and ends before the error is told: then the case may
  /// run elsewhere.
  private func lose(_ index: Int, reason: String = "its slot died") {
    let slot = slots[index]
    if let slot {
      kill(slot.process, SIGKILL)
      slots[index] = nil
      Descendants.end(sparing: Set(slots.compactMap { $0?.process } + retired.map(\.process)))
    }
    for host in hosted.values where slot == nil || host.state.run == slot?.current?.run {
      perform(host.state.slotDied(index, at: moment, reason: reason), of: host)
    }
  }
}
