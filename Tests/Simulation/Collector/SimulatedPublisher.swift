import Dialects
import Journal
import Model

@testable import Publishing

/// Puts verdicts into the outbox and delivers them by the real ``Outbox``, as `Publisher` and the run's reporter do.
final class SimulatedPublisher {
  private unowned let world: World
  private let owner: Owner
  private let folder: SimulatedOutboxFolder
  private let run: RunID
  /// Makes an activity durable in the run's journal.
  private let record: (Activity, @escaping () -> Void) -> Void
  /// Whenever it may be done.
  private let changed: () -> Void
  private var outbox = Outbox(policy: DeliveryPolicy(longestDelay: 20))
  private var outcomes: [AttemptID: Verdict] = [:]
  private var toStore = 0
  private var busy: Set<String> = []
  private var alarms: [String: Double] = [:]
  private var ends = false
  private var isLate = false

  init(
    _ run: RunID, _ disk: ProcessDisk, _ owner: Owner, in world: World,
    record: @escaping (Activity, @escaping () -> Void) -> Void, changed: @escaping () -> Void
  ) {
    self.run = run
    self.owner = owner
    self.world = world
    self.record = record
    self.changed = changed
    folder = SimulatedOutboxFolder(disk, world.wall)
    _ = folder.list()
  }

  /// Nothing is left to do here, or what is left is left to others.
  var isDone: Bool { ends && toStore == 0 && busy.isEmpty && (isLate || outbox.servers.isEmpty) }

  // MARK: Into the outbox

  /// Takes in what became durable.
  func take(_ events: [Event]) {
    for event in events {
      switch event.activity {
      case .attemptFinished(let end): outcomes[end.attempt] = end.outcome.verdict
      case .caseFinished(let end):
        guard let attempt = end.attempt, [.pass, .fail].contains(outcomes[attempt]) else { continue }
        toStore += 1
        world.agenda.after(world.chance.between(0.0005, 0.02), owner) { self.store(attempt, end.id, isAgain: false) }
      default: continue
      }
    }
  }

  /// What an earlier process may not have put in, or sent already.
  func goOn(after events: [Event]) {
    var published: Set<Activity.Published> = []
    for case .published(let value) in events.map(\.activity) {
      published.insert(.init(id: value.id, server: value.server))
    }
    for event in events {
      switch event.activity {
      case .attemptFinished(let end): outcomes[end.attempt] = end.outcome.verdict
      case .caseFinished(let end):
        guard let attempt = end.attempt, [.pass, .fail].contains(outcomes[attempt]), world.sabotage != .forgottenResults
        else { continue }
        for server in world.servers where !published.contains(.init(id: end.id, server: address(server).displayName)) {
          store(attempt, end.id, isAgain: true, server)
        }
      default: continue
      }
    }
  }

  private func store(_ attempt: AttemptID, _ id: CaseID, isAgain: Bool) {
    for server in world.servers { store(attempt, id, isAgain: isAgain, server) }
    toStore -= 1
    ring()
  }

  private func store(_ attempt: AttemptID, _ id: CaseID, isAgain: Bool, _ server: SimulatedServer) {
    let entry = OutboxEntry(
      attempt: attempt, to: address(server), run: run, caseID: id, created: world.wall.now, body: Array("{}".utf8))
    do throws(DiskError) {
      guard try folder.store(entry, isAgain: isAgain) else { return }
      outbox.enqueue(entry.key, sentBefore: isAgain ? 0 : nil, now: world.agenda.now)
    } catch {
      guard owner.isAlive else { return }
      // People are told; the simulated ones come back when the disk has room.
      toStore += 1
      world.agenda.after(5, owner) {
        self.toStore -= 1
        self.store(attempt, id, isAgain: isAgain, server)
        self.ring()
      }
    }
  }

  private func address(_ server: SimulatedServer) -> ServerAddress { world.addresses[server.name] ?? world.anyAddress }

  // MARK: Out of it

  /// Begins with what lies there.
  func start() {
    for entry in folder.list() {
      outbox.enqueue(entry.key, sentBefore: entry.sentBefore, now: world.agenda.now)
    }
    ring()
  }

  /// Whether nothing is left at all.
  var isDrained: Bool { toStore == 0 && busy.isEmpty && outbox.servers.isEmpty }

  /// Takes another turn at what is left.
  func tryAgain() {
    isLate = false
    finish()
  }

  /// The run is over: what can be delivered soon is.
  func finish() {
    ends = true
    world.agenda.after(15, owner) {
      self.isLate = true
      self.changed()
    }
    ring()
  }

  private func ring() {
    guard owner.isAlive else { return }
    for server in world.servers { work(server) }
    if isDone { changed() }
  }

  private func work(_ server: SimulatedServer) {
    let name = address(server).displayName
    guard !busy.contains(name), !isLate else { return }
    switch outbox.next(for: name, now: world.agenda.now) {
    case .send(let key): send(key, server)
    case .ask(let key):
      if world.sabotage == .resendWithoutAsking {
        _ = outbox.asked(key, .absent, now: world.agenda.now, random: 0)
        return work(server)
      }
      busy.insert(name)
      server.ask(key.attempt, to: owner) { [unowned self] result in
        world.note { "outbox asked \(name) for \(key.attempt): \(result)" }
        let now = world.agenda.now
        follow(outbox.asked(key, result, now: now, random: world.chance.fraction), key, name)
      }
    case .wait(let until):
      guard alarms[name] != until else { return }
      alarms[name] = until
      world.agenda.after(until - world.agenda.now + 1e-6, owner) {
        self.alarms[name] = nil
        self.work(server)
      }
    case .drop, .held, .busy, .empty: return
    }
  }

  private func send(_ key: OutboxEntry.Key, _ server: SimulatedServer) {
    busy.insert(key.server)
    do throws(DiskError) {
      try folder.mark(key, sent: true)
    } catch {
      return takeUpLater(key)
    }
    server.send(key.attempt, to: owner) { [unowned self] answer in
      var result = answer
      if world.sabotage == .deliveredWhenSent, case .ambiguous = answer { result = .delivered(link: "?") }
      world.note { "outbox sent \(key.attempt) to \(key.server): \(result)" }
      let now = world.agenda.now
      follow(outbox.sent(key, result, now: now, random: world.chance.fraction), key, key.server)
    }
  }

  /// The disk failed: the entry is taken up again from the folder.
  private func takeUpLater(_ key: OutboxEntry.Key) {
    guard owner.isAlive else { return }
    outbox.forget(key)
    busy.remove(key.server)
    toStore += 1
    world.agenda.after(5, owner) {
      self.toStore -= 1
      self.start()
    }
  }

  private func follow(_ consequence: Outbox.Consequence, _ key: OutboxEntry.Key, _ server: String) {
    switch consequence {
    case .kept:
      do throws(DiskError) { try folder.mark(key, sent: false) } catch { guard owner.isAlive else { return } }
      release(server)
    case .keptUncertain: release(server)
    case .delivered(let link): end(key, link: link, refusal: nil)
    case .refused(let reason): end(key, link: nil, refusal: reason)
    }
  }

  private func end(_ key: OutboxEntry.Key, link: String?, refusal: String?) {
    let parts = key.attempt.rawValue.split(separator: ".")
    let id = CaseID(rawValue: parts.dropFirst().dropLast().joined(separator: "."))
    record(.published(.init(id: id, server: key.server, link: link, refusal: refusal))) { [unowned self] in
      do throws(DiskError) {
        if refusal == nil { try folder.remove(key) } else { try folder.refuse(key) }
      } catch {
        // Asked for again later, and recorded twice at worst.
        return takeUpLater(key)
      }
      release(key.server)
    }
  }

  private func release(_ server: String) {
    guard owner.isAlive else { return }
    busy.remove(server)
    world.agenda.after(0.0001, owner) { self.ring() }
  }
}
