import CSpawn
import Glibc
import Model
import Wire

// What the agent does with each order. An unknown order comes from a newer coordinator and is passed over.
extension Daemon {
  /// Carries out one frame. Throws what ends the line.
  func obey(_ frame: Frame, from link: Link) throws(Fault) {
    if frame.kind == .attach { return try attach(frame.payload, link) }
    guard let run = link.run, let host = hosted[run] else {
      throw Fault(.wire, "the first frame was no attach but kind \(frame.kind.rawValue)")
    }
    guard host.link === link else { throw Fault(.link, "another line has taken this one's place") }
    switch frame.kind {
    case .offer:
      let missing = host.blobs.missing(try Payload.decode(Offer.self, from: frame.payload))
      link.send(urgent: try Frame.encode(.want, json: missing))
    case .blob: try host.blobs.take(try BlobPart(payload: frame.payload))
    case .run: try accept(frame.payload, for: host)
    case .cancel: cancel(try Payload.decode(Cancel.self, from: frame.payload), of: run)
    case .acknowledge: release(host.session.acknowledge(UInt64(littleEndian: frame.payload)), of: host)
    case .ping:
      var payload = Array(frame.payload.prefix(8))
      payload.append(littleEndian: Clock.wall().nanoseconds)
      link.send(urgent: Frame.encode(.pong, payload))
    case .bye: end(run, link)
    default: break
    }
  }

  private func attach(_ payload: ArraySlice<UInt8>, _ link: Link) throws(Fault) {
    guard link.run == nil else { throw Fault(.wire, "the line serves the run \(link.run?.rawValue ?? "") already") }
    let version = try agree(on: payload)
    let attach = try Payload.decode(Attach.self, from: payload)
    guard isPathComponent(attach.run.rawValue), attach.lease.isFinite, attach.lease >= 1 else {
      throw Fault(.wire, "the run \(attach.run) has no usable name or lease")
    }
    try provide(attach.slots, for: attach)
    let context = SlotContext(
      run: attach.run, environment: attach.environment, secrets: attach.secrets, python: attach.python)
    let host: Hosted
    if let known = hosted[attach.run] {
      host = known
      known.link?.isEnding = true
      known.context = context
      for slot in slots { slot?.forget(attach.run) }
    } else {
      host = try Hosted(
        run: attach.run, context: context, directory: directory, now: Clock.boot(), lease: attach.lease)
      hosted[attach.run] = host
    }
    host.lease = attach.lease
    host.heard = Clock.boot()
    host.isExpired = false
    host.link = link
    link.run = attach.run
    host.session.attach(received: attach.received)
    let welcome = Welcome(
      wire: version, version: sortieVersion, life: life, facts: Facts.read(directory: directory, slots: slots.count),
      sequence: host.session.sequence, attempts: Array(host.session.attempts.keys), time: Clock.wall())
    link.send(urgent: try Frame.encode(.welcome, json: welcome))
  }

  /// The version that both speak. It is looked at alone: the rest of another version's first word may be unreadable here.
  private func agree(on payload: ArraySlice<UInt8>) throws(Fault) -> Int {
    struct Introduction: Decodable {
      var wire: WireVersions
      var version: String
    }
    let other = try Payload.decode(Introduction.self, from: payload)
    guard let version = WireVersions.current.common(with: other.wire) else {
      throw Fault(
        .wire,
        "the agent in \(directory.path) is \(sortieVersion) and speaks wire \(WireVersions.current); the coordinator is "
          + "\(other.version) and speaks \(other.wire)", hint: "let the agent's runs end, or use the same version")
    }
    return version
  }

  /// The number of slots belongs to the node: it can change only while nobody else counts on it.
  private func provide(_ wanted: Int?, for attach: Attach) throws(Fault) {
    let count = wanted ?? (slots.isEmpty ? Facts.cores() : slots.count)
    guard count != slots.count else { return }
    guard (1...1024).contains(count) else { throw Fault(.limit, "\(count) slots are not between 1 and 1024") }
    let others = hosted.values.filter { $0.session.run != attach.run || !$0.session.isIdle }
    guard slots.isEmpty || others.isEmpty else {
      throw Fault(
        .busy, "\(attach.node) has \(slots.count) slots in use; \(count) were asked for",
        hint: "give the node the same `slots:` everywhere, or wait until its runs have ended")
    }
    slots = Array(repeating: nil, count: count)
  }

  private func accept(_ payload: ArraySlice<UInt8>, for host: Hosted) throws(Fault) {
    struct Name: Decodable { var attempt: AttemptID }
    let attempt = try Payload.decode(Name.self, from: payload).attempt
    guard isPathComponent(attempt.rawValue) else {
      throw Fault(.wire, "the attempt \(attempt) has a name that is no file name")
    }
    guard host.session.accept(attempt) else { return }
    host.orders[attempt] = Array(payload)
  }

  /// Ends attempts of a run: those that wait at once, those that run through their slots.
  func cancel(_ order: Cancel, of run: RunID) {
    guard let host = hosted[run] else { return }
    for (attempt, phase) in host.session.attempts where order.attempts?.contains(attempt) ?? true {
      switch phase {
      case .queued where host.session.withdraw(attempt):
        host.orders[attempt] = nil
        conclude(attempt, of: host, .error, host.isExpired ? Daemon.leaseEnded : "cancelled")
      case .running(let slot): slots[slot]?.cancel(now: order.now)
      case .queued, .finished: continue
      }
    }
  }

  private func release(_ released: Session.Released, of host: Hosted) {
    for (stream, upTo) in released.streams { host.drop(stream, upTo: upTo, directory) }
    for attempt in released.attempts {
      host.dropped = host.dropped.filter { $0.key.attempt != attempt }
      guard let highest = host.streams.removeValue(forKey: attempt) else { continue }
      for stream in 0...highest { unlink(directory.stream(stream, of: attempt, in: host.session.run)) }
    }
    if host.session.isIdle, !released.attempts.isEmpty { host.spool.clear() }
  }

  /// The run is over: what still runs is ended, and nothing of it is kept.
  private func end(_ run: RunID, _ link: Link) {
    cancel(Cancel(attempts: nil, now: true), of: run)
    link.isEnding = true
    hosted[run] = nil
    removeTree(directory.run(run))
  }
}
