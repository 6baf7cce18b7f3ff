import CrashPoints
import Journal
import Model
import Scheduling
import Synchronization
import Threads
import Wire

/// The one loop that puts a run's events in order. It lives on a thread of its own, since it writes and syncs the
/// journal: while it waits for the disk, records queue up and become the next group.
///
/// Order within a turn: what came in changes the run's state and is numbered; then everything is made durable; only then
/// are nodes acknowledged, orders sent and sinks told.
public actor Coordinator {
  let settings: RunSettings
  private let executor: ThreadExecutor
  private let connector: any Connector
  private let sinks: [@Sendable ([Recorded]) -> Void]
  private let clock: RunClock
  private nonisolated let inbox = Mailbox<Input>(limit: 4 << 20)

  private var core: RunCore
  private var orders: OrderBook
  private var lanes: [String: NodeLane] = [:]
  /// What an earlier process knew of its nodes; nil: the run is new.
  private var resumption: Resumption?

  /// The actor's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Makes the coordinator of a new run. Throws `.system` if there is no thread to be had.
  /// - Parameter wall: the wall clock; asked once for the run's own times, which then follow a monotonic clock.
  public init(
    settings: RunSettings, plan: Plan, contents: Contents, journal: sending JournalWriter, connector: any Connector,
    sinks: [@Sendable ([Recorded]) -> Void], wall: @escaping @Sendable () -> Timestamp
  ) throws(Fault) {
    self.settings = settings
    self.connector = connector
    self.sinks = sinks
    clock = RunClock(started: wall(), now: wall())
    executor = try ThreadExecutor()
    core = RunCore(
      machine: RunMachine(settings: settings, plan: plan), journal: journal, at: clock.moment.wall)
    orders = OrderBook(settings: settings, contents: contents)
  }

  /// Makes the coordinator that goes on with a run. Throws `.system` if there is no thread to be had.
  public init(
    resuming run: ResumedRun, contents: Contents, journal: sending JournalWriter, connector: any Connector,
    sinks: [@Sendable ([Recorded]) -> Void], wall: @escaping @Sendable () -> Timestamp
  ) throws(Fault) {
    settings = run.settings
    self.connector = connector
    self.sinks = sinks
    clock = RunClock(started: run.started, now: max(wall(), run.replay.latest))
    executor = try ThreadExecutor()
    var machine = run.replay.machine
    try machine.meetFiles(of: journal)
    core = RunCore(machine: machine, journal: journal, owed: run.replay.owed, at: clock.moment.wall)
    orders = OrderBook(settings: settings, contents: contents)
    resumption = Resumption(of: run)
  }

  deinit { executor.stop() }

  /// Ends the run: running cases are ended, tear-downs run. Now: without tear-downs, and without waiting for a disk that
  /// refuses. May be called from anywhere.
  public nonisolated func cancel(by whom: String, now: Bool) {
    if now { mustEnd.store(true, ordering: .relaxed) }
    inbox.post(.cancel(by: whom, now: now))
  }

  /// A node gets no more work; what runs there may end. May be called from anywhere.
  public nonisolated func drain(_ node: String, reason: String) { inbox.post(.drained(node, reason: reason)) }

  /// Numbers something that happened beside the run's own work. May be called from anywhere while the run goes on.
  public nonisolated func note(_ activity: Activity) { inbox.post(.activity(activity)) }

  /// Runs everything planned to its end. Throws a ``Model/Fault`` only if the journal cannot even be begun, or if the
  /// run was cancelled at once while the disk refused: then the journal lacks how it ended.
  public func run() async throws {
    if let resumption {
      core.take(.resumed(resumption.activity), at: clock.moment)
    } else {
      core.begin(at: clock.moment)
    }
    // Before anything is begun: a folder that cannot be written at all is no run.
    pass(try core.settle())
    isRunning = true
    await withTaskGroup(of: Void.self) { group in
      for node in settings.nodes where core.machine.nodes[node.name]?.isGone != true {
        let lane = lane(for: node)
        lanes[node.name] = lane
        group.addTask { await lane.run() }
      }
      await turn([])
      while !core.machine.isDone, abandoned == nil {
        let begin = ContinuousClock.now
        await turn(await inbox.take())
        await pace(since: begin)
      }
      core.end(at: clock.moment)
      await turn([])
      CrashPoint.runFinished.reach()
      for lane in lanes.values {
        if abandoned != nil { lane.orders.post(.cancel(Cancel(attempts: nil, now: true))) }
        // Who knows of verdicts that are not in the journal is not told to forget them.
        await lane.finish(goodbye: abandoned == nil)
      }
      // Makes room for listeners that still wait to hand over records, which nobody needs any more.
      await turn(inbox.takeNow())
      releaseAllDeliveries()
      await group.waitForAll()
    }
    // Lanes ask this coordinator for contents, so each holds the other until now.
    lanes = [:]
    if let abandoned { throw abandoned }
  }

  /// Numbers what was noted since the run ended.
  public func conclude() async { await turn(inbox.takeNow()) }

  /// Numbers a delivery; it is durable when this returns, unless the run was abandoned.
  public func record(_ delivery: Activity.Published) async {
    guard isRunning else { return await turn([.activity(.published(delivery))]) }
    // The loop takes it along with everything else: a sync for each would hold up the run.
    inbox.post(.activity(.published(delivery)))
    await withCheckedContinuation { deliveries[delivery, default: []].append($0) }
  }

  private var isRunning = false
  private var deliveries: [Activity.Published: [CheckedContinuation<Void, Never>]] = [:]

  private func releaseDeliveries(_ recorded: [Recorded]) {
    guard !deliveries.isEmpty else { return }
    for one in recorded {
      guard case .published(let delivery) = one.event.activity else { continue }
      for waiting in deliveries.removeValue(forKey: delivery) ?? [] { waiting.resume() }
    }
  }

  private func releaseAllDeliveries() {
    isRunning = false
    for waiting in deliveries.values.joined() { waiting.resume() }
    deliveries = [:]
  }

  // MARK: Nodes

  private func lane(for node: Node) -> NodeLane {
    let attach = Attach(
      version: sortieVersion, run: settings.header.run, node: node.name, slots: node.slots, lease: settings.lease,
      environment: settings.environment, secrets: settings.secrets, python: node.python)
    return NodeLane(
      node: node, session: session(of: node.name),
      lease: NodeLease(lease: settings.lease, margin: settings.leaseMargin, at: uptime()),
      hasBeenReady: core.machine.nodes[node.name] != nil, attach: attach,
      connector: connector, inbox: inbox,
      patience: .init(
        heartbeat: .seconds(settings.heartbeat), silence: .seconds(settings.silence),
        pause: .seconds(settings.retryPause)),
      wall: { [clock] in clock.moment.wall },
      supplies: .init(
        source: { hash in await self.orders.source(hash) },
        held: { () throws(Fault) in try await self.held(on: node.name) }))
  }

  /// What a resumed run knows of a node; nothing, if it is new.
  private func session(of node: String) -> NodeSession {
    guard let resumption else { return NodeSession(node: node) }
    let entries = core.machine.ledger.attempts(on: node)
    return NodeSession(
      node: node, life: resumption.places[node]?.life, received: resumption.places[node]?.received ?? 0,
      outstanding: ready(entries.map(\.plan), unit: { entries[$0].unit }, on: node, begun: { entries[$0].hasStarted }),
      started: Set(entries.filter(\.hasStarted).map(\.plan.attempt)), cancelled: resumption.cancelled)
  }

  /// What is durable of the attempts that a node has. Throws `.system` while the disk refuses.
  private func held(on node: String) throws(Fault) -> [HeldAttempt] {
    guard abandoned == nil else { return [] }
    pass(try core.settle())
    return core.machine.ledger.held(on: node)
  }

  // MARK: One turn

  private func turn(_ batch: [Input]) async {
    for input in batch { core.take(input, at: clock.moment) }
    guard let outgoing = await settle() else { return }
    pass(outgoing)
  }

  private func pass(_ outgoing: RunCore.Outgoing) {
    if !outgoing.recorded.isEmpty { for sink in sinks { sink(outgoing.recorded) } }
    releaseDeliveries(outgoing.recorded)
    CrashPoint.sinksTold.reach()
    for (node, (number, epoch)) in outgoing.acknowledgements {
      lanes[node]?.orders.post(.acknowledge(number, epoch: epoch))
    }
    // Before there are lanes nobody is given anything; a resumed run asks its nodes what they have.
    for order in outgoing.orders { send(order) }
    CrashPoint.ordersPassed.reach()
  }

  private func send(_ order: Effect) {
    switch order {
    case .run(let node, let unit, let plans):
      lanes[node]?.orders.post(.run(ready(plans, unit: { _ in unit }, on: node)))
    case .cancel(let node, let cancel): lanes[node]?.orders.post(.cancel(cancel))
    case .record, .write, .close, .acknowledge: break
    }
  }

  /// The attempts as a node wants them. One whose files have gone since the run began is reported as an error, unless it
  /// has begun: then nobody sends its order again.
  private func ready(
    _ plans: [AttemptPlan], unit: (Int) -> UnitID, on node: String, begun: (Int) -> Bool = { _ in false }
  ) -> [AttemptOrder] {
    let offset = core.machine.nodes[node]?.facts.clockOffset
    var ready: [AttemptOrder] = []
    for (index, plan) in plans.enumerated() {
      do throws(Fault) {
        ready.append(
          try orders.order(for: plan, unit: unit(index), clockOffset: offset, withFiles: !begun(index)))
      } catch {
        inbox.post(.perished(plan.attempt, reason: error.description))
      }
    }
    return ready
  }

  /// Under load turns come no closer than this: larger groups cost fewer syncs and fewer switches, and what comes after
  /// a quiet moment is still taken at once.
  private static let pace = Duration.milliseconds(3)

  private func pace(since begin: ContinuousClock.Instant) async {
    let rest = Coordinator.pace - (ContinuousClock.now - begin)
    if rest > .microseconds(200), !core.machine.isDone { try? await Task.sleep(for: rest) }
  }

  // MARK: The disk

  /// The disk's refusal, while it refuses.
  private var diskFault: Fault?
  /// The refusal that the run was cancelled under: nothing becomes durable any more.
  private var abandoned: Fault?
  private nonisolated let mustEnd = Atomic(false)

  /// Makes a turn durable, again and again while the disk refuses: nothing is acknowledged meanwhile, running cases go
  /// on, no new ones are begun, and it is said once. Nil: it was not done, and never will be.
  private func settle() async -> RunCore.Outgoing? {
    while abandoned == nil {
      do throws(Fault) {
        let outgoing = try core.settle()
        if let fault = diskFault {
          diskFault = nil
          shout(.init(.info, "the run's folder can be written again"))
          inbox.post(.notice(.init(.warning, "for a while nothing was begun: \(fault)")))
        }
        return outgoing
      } catch {
        if diskFault == nil {
          diskFault = error
          shout(.init(.error, "\(error); nothing more is begun until it can be written"))
        }
        if Task.isCancelled { return nil }
        if mustEnd.load(ordering: .relaxed) {
          abandoned = error
        } else {
          try? await Task.sleep(for: .seconds(settings.retryPause))
        }
      }
    }
    return nil
  }

  /// Tells people at once, past the journal that cannot be written.
  private func shout(_ notice: Activity.Notice) {
    let event = Event(number: 0, time: clock.moment.wall, activity: .notice(notice))
    for sink in sinks { sink([Recorded(event: event, line: [], output: [])]) }
  }
}
