import CrashPoints
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
    case .blob: try take(try BlobPart(payload: frame.payload), for: host)
    case .run:
      let effects = try host.state.order(frame.payload, at: moment)
      CrashPoint.orderTaken.reach()
      perform(effects, of: host)
    case .cancel:
      perform(host.state.cancel(try Payload.decode(Cancel.self, from: frame.payload), at: moment), of: host)
    case .acknowledge:
      let effects = host.state.acknowledge(UInt64(littleEndian: frame.payload))
      CrashPoint.acknowledgementTaken.reach()
      perform(effects, of: host)
    case .ping:
      var payload = Array(frame.payload.prefix(8))
      payload.append(littleEndian: Clock.wall().nanoseconds)
      link.send(urgent: Frame.encode(.pong, payload))
    case .bye: end(host)
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
    if attach.isNew == true { try forgetNamesake(attach.run) }
    try provide(attach.slots, for: attach)
    let now = moment
    let host: Hosted
    if let known = hosted[attach.run] {
      host = known
      known.link?.isEnding = true
      (known.context, known.version) = (SlotContext(attach), version)
      for slot in slots { slot?.forget(attach.run) }
    } else {
      host = try Hosted(attach, life: life, version: version, directory: directory, now: now.boot)
      hosted[attach.run] = host
      perform(host.restore(held: attach.held, at: now), of: host)
    }
    host.link = link
    link.run = attach.run
    perform(host.state.attach(attach, now: now.boot), of: host)
  }

  /// A run that nobody of this node has spoken to yet finds nothing: what is held under its name is an earlier run's,
  /// whose coordinator is gone. Throws `.busy` if it is not.
  private func forgetNamesake(_ run: RunID) throws(Fault) {
    guard let known = hosted[run] else { return removeTree(directory.run(run)) }
    guard known.state.session.sequence > 0 || !known.state.jobs.isEmpty else { return }
    guard known.link == nil else {
      throw Fault(.busy, "another coordinator has a run named \(run) here", hint: "give the run another name")
    }
    end(known)
  }

  /// Says what there is of a run.
  func welcome(_ host: Hosted) {
    let session = host.state.session
    let welcome = Welcome(
      wire: host.version, version: sortieVersion, life: life,
      facts: Facts.read(directory: directory, slots: slots.count), sequence: session.sequence,
      acknowledged: session.acknowledged, attempts: Array(session.attempts.keys), time: Clock.wall())
    guard let link = host.link, let frame = try? Frame.encode(.welcome, json: welcome) else { return }
    link.send(urgent: frame)
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
    let others = hosted.values.filter { $0.state.run != attach.run || !$0.state.session.isIdle }
    guard slots.isEmpty || others.isEmpty else {
      throw Fault(
        .busy, "\(attach.node) has \(slots.count) slots in use; \(count) were asked for",
        hint: "give the node the same `slots:` everywhere, or wait until its runs have ended")
    }
    replaceSlots(count: count)
  }

  /// A content that a full disk does not take ends no line: what needs it is an error.
  private func take(_ part: BlobPart, for host: Hosted) throws(Fault) {
    do throws(Fault) {
      try host.blobs.take(part)
    } catch {
      guard isDiskFull(error) else { throw error }
      perform(host.state.outputRefused(error.description, at: moment), of: host)
    }
  }

  /// The run is over: what still runs is ended, and nothing of it is kept.
  private func end(_ host: Hosted) {
    let effects = host.state.cancel(Cancel(attempts: nil, now: true), at: moment)
    perform(effects.filter { if case .end = $0 { true } else { false } }, of: host)
    host.link?.isEnding = true
    hosted[host.state.run] = nil
    removeTree(directory.run(host.state.run))
  }
}
