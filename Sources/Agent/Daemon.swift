import CSpawn
import Glibc
import Model
import Wire

/// The agent of one work directory: hosts runs, feeds slots, and keeps its lines fed. One thread, one poll; every
/// decision about what a coordinator has or lacks is ``Session``'s.
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

  /// A coordinator whose line has been silent this long is gone: heartbeats come every few seconds.
  private static let silenceLimit = 10.0

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
    listener = try LocalSocket.listen(directory.socket)
  }

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
    watchLeases()
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
        if let run = link.run, let host = hosted[run] { host.heard = Clock.boot() }
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
  private var isPaced: Bool { hosted.values.contains { $0.link != nil && $0.session.hasUnsent } }

  private func flush() {
    let now = Clock.monotonic()
    let isDue = now - flushed >= Daemon.pace || hosted.values.contains { $0.session.unsentBytes > 64 << 10 }
    if isDue, isPaced { flushed = now }
    for link in links {
      let host = link.run.flatMap { hosted[$0] }
      do throws(Fault) {
        try link.flush(
          next: { isDue && host?.link === link ? host?.session.next() : nil },
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
    if let run = link.run, let host = hosted[run], host.link === link { host.link = nil }
  }

  // MARK: Leases

  private func watchLeases() {
    let now = Clock.boot()
    for (run, host) in hosted {
      if let link = host.link, now - host.heard > min(Daemon.silenceLimit, host.lease) { drop(link) }
      guard now - host.heard > host.lease, !host.isExpired else { continue }
      host.isExpired = true
      cancel(Cancel(attempts: nil, now: true), of: run)
    }
  }

  // MARK: Slots

  private func dispatch() {
    for index in slots.indices where slots[index]?.current == nil {
      // Runs take turns, so that one long queue does not keep another run out.
      guard let host = hosted.values.filter({ !$0.session.queue.isEmpty }).min(by: { running($0) < running($1) }),
        let attempt = host.session.dequeue(for: index)
      else { return }
      let order = host.orders.removeValue(forKey: attempt) ?? []
      do throws(Fault) {
        if slots[index] == nil { slots[index] = try SlotHandle(index: index, directory: directory) }
        guard let slot = slots[index], slot.start(attempt, order: order, context: host.context) else {
          throw Fault(.system, "slot \(index) is gone")
        }
      } catch {
        slots[index] = nil
        conclude(attempt, of: host, .error, error.description)
      }
    }
  }

  private func running(_ host: Hosted) -> Int { slots.count { $0?.current?.run == host.session.run } }

  private func hear(_ slot: SlotHandle) {
    guard let frames = slot.receive() else {
      slots[slot.index] = nil
      // What it ran has come to this process. It ends before the error is told: then the case may run elsewhere.
      Descendants.end(sparing: Set(slots.compactMap { $0?.process }))
      if let (host, attempt) = work(of: slot) { conclude(attempt, of: host, .error, "its slot died") }
      return
    }
    for frame in frames {
      guard let (host, attempt) = work(of: slot) else {
        if frame.kind == .slotFinished { slot.current = nil }
        continue
      }
      switch frame.kind {
      case .slotEvent: host.session.record(Array(frame.payload))
      case .slotGrew:
        let stream = UInt16(littleEndian: frame.payload)
        host.streams[attempt] = max(host.streams[attempt] ?? 0, stream)
        host.session.record(attempt, stream: stream, grownTo: Int64(littleEndian: frame.payload.dropFirst(2)))
      case .slotFinished:
        slot.current = nil
        finish(attempt, of: host, with: host.isExpired ? explained(frame.payload) : Array(frame.payload))
      default: continue
      }
    }
  }

  /// What a slot runs; nil if it is free, or the run is over and nobody wants to know.
  private func work(of slot: SlotHandle) -> (Hosted, AttemptID)? {
    guard let (run, attempt) = slot.current, let host = hosted[run],
      host.session.attempts[attempt] == .running(slot: slot.index)
    else { return nil }
    return (host, attempt)
  }

  /// The slot knows only that it was told to end the attempt.
  private func explained(_ event: ArraySlice<UInt8>) -> [UInt8] {
    guard case .finished(let attempt, var outcome)? = try? Payload.decode(NodeEvent.self, from: event),
      outcome.ending == .cancelled
    else { return Array(event) }
    outcome.reason = Daemon.leaseEnded
    return (try? Payload.encode(NodeEvent.finished(attempt, outcome))) ?? Array(event)
  }

  /// Why an attempt ended that nobody asked to end.
  static let leaseEnded = "the node's lease ended"

  /// Ends an attempt that no slot can report about.
  func conclude(_ attempt: AttemptID, of host: Hosted, _ verdict: Verdict, _ reason: String) {
    let now = Clock.wall()
    let ending: Ending? = reason == "cancelled" ? .cancelled : nil
    let outcome = Outcome(verdict: verdict, reason: reason, ending: ending, started: now, stopped: now)
    finish(attempt, of: host, with: (try? Payload.encode(NodeEvent.finished(attempt, outcome))) ?? [])
  }

  private func finish(_ attempt: AttemptID, of host: Hosted, with event: [UInt8]) {
    host.session.finish(attempt, with: event)
    try? host.spool.append(event, sequence: host.session.sequence)
  }

  private func sync() {
    for host in hosted.values { try? host.spool.sync() }
  }
}
