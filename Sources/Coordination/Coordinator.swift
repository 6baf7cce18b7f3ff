import Journal
import Model
import Scheduling
import Synchronization
import Threads
import Wire

/// The one loop that puts a run's events in order. It lives on a thread of its own, since it writes and syncs the
/// journal: while it waits for the disk, records queue up and become the next group.
///
/// Order within a turn: what came in changes the dispatcher and is numbered; then everything is made durable; only then
/// are nodes acknowledged, orders sent and sinks told.
public actor Coordinator {
  let settings: RunSettings
  let plan: Plan
  let journal: JournalWriter
  private let executor: ThreadExecutor
  private let connector: any Connector
  private let sinks: [@Sendable ([Recorded]) -> Void]
  private let started: ContinuousClock.Instant
  private let startedAt: Timestamp
  private nonisolated let inbox = Mailbox<Input>(limit: 4 << 20)

  var dispatcher: Dispatcher
  var ledger = Ledger()
  var orders: OrderBook
  var nodes: [String: NodeView] = [:]
  private var lanes: [String: NodeLane] = [:]
  private var recorded: [Recorded] = []
  private var acknowledgements: [String: (UInt64, epoch: Int)] = [:]
  private var outgoing: [(node: String, order: NodeLane.Order)] = []
  private var isDone = false
  /// Only deliveries may follow.
  private var hasEnded = false
  private var isCancelled = false
  private var finished: Set<CaseID> = []

  /// The actor's own thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Makes the coordinator of a new run. Throws `.system` if there is no thread to be had.
  /// - Parameter wall: the wall clock; asked once for the run's own times, which then follow a monotonic clock.
  public init(
    settings: RunSettings, plan: Plan, contents: Contents, journal: sending JournalWriter, connector: any Connector,
    sinks: [@Sendable ([Recorded]) -> Void], wall: @escaping @Sendable () -> Timestamp
  ) throws(Fault) {
    self.settings = settings
    self.plan = plan
    self.journal = journal
    self.connector = connector
    self.sinks = sinks
    started = ContinuousClock.now
    startedAt = wall()
    executor = try ThreadExecutor()
    dispatcher = Dispatcher(plan: plan, run: settings.header.run, policy: settings.policy)
    orders = OrderBook(settings: settings, contents: contents)
  }

  deinit { executor.stop() }

  /// Ends the run: running cases are ended, tear-downs run. Now: without tear-downs, and without waiting for a disk that
  /// refuses. May be called from anywhere.
  public nonisolated func cancel(by whom: String, now: Bool) {
    if now { mustEnd.store(true, ordering: .relaxed) }
    inbox.post(.cancel(by: whom, now: now))
  }

  /// Numbers something that happened beside the run's own work. May be called from anywhere while the run goes on.
  public nonisolated func note(_ activity: Activity) { inbox.post(.activity(activity)) }

  /// Runs everything planned to its end. Throws a ``Model/Fault`` only if the journal cannot even be begun, or if the
  /// run was cancelled at once while the disk refused: then the journal lacks how it ended.
  public func run() async throws {
    try number(.runStarted(settings.header))
    try number(.planned(plan))
    try journal.commit()
    await withTaskGroup(of: Void.self) { group in
      for node in settings.nodes {
        let lane = lane(for: node)
        lanes[node.name] = lane
        group.addTask { await lane.run() }
      }
      await decide(.began)
      if settings.nodes.isEmpty { await decide(.noMoreNodes) }
      await turn([])
      while !isDone, abandoned == nil {
        let begin = ContinuousClock.now
        await turn(await inbox.take())
        await pace(since: begin)
      }
      for attempt in ledger.attempts { _ = ledger.close(attempt, journal) }
      let missing = plan.cases.map(\.id).filter { !finished.contains($0) }
      await record(.runFinished(.init(isCancelled: isCancelled, missing: missing, duration: elapsed)))
      await turn([])
      hasEnded = true
      for lane in lanes.values {
        if abandoned != nil { lane.orders.post(.cancel(Cancel(attempts: nil, now: true))) }
        // Who knows of verdicts that are not in the journal is not told to forget them.
        await lane.finish(goodbye: abandoned == nil)
      }
      // Makes room for listeners that still wait to hand over records, which nobody needs any more.
      await turn(inbox.takeNow())
      await group.waitForAll()
    }
    // Lanes ask this coordinator for contents, so each holds the other until now.
    lanes = [:]
    if let abandoned { throw abandoned }
  }

  /// Numbers and commits activities after the run's end.
  public func conclude(_ activities: [Activity]) async {
    await turn(inbox.takeNow())
    for activity in activities { await record(activity) }
    await turn([])
  }

  private func lane(for node: Node) -> NodeLane {
    let attach = Attach(
      version: sortieVersion, run: settings.header.run, node: node.name, slots: node.slots, lease: settings.lease,
      environment: settings.environment, secrets: settings.secrets, python: node.python)
    return NodeLane(
      node: node, attach: attach, connector: connector, inbox: inbox,
      patience: .init(
        heartbeat: .seconds(settings.heartbeat), silence: .seconds(settings.silence),
        pause: .seconds(settings.retryPause), loss: .seconds(settings.lease + settings.leaseMargin)),
      wall: { [started, startedAt] in startedAt.advanced(bySeconds: (ContinuousClock.now - started) / .seconds(1)) },
      source: { hash in await self.orders.source(hash) })
  }

  // MARK: One turn

  private func turn(_ batch: [Input]) async {
    for input in batch { await take(input) }
    guard await durably({ () throws(Fault) in try journal.commit() }) else { return }
    let told = recorded
    recorded = []
    if !told.isEmpty { for sink in sinks { sink(told) } }
    for (node, (number, epoch)) in acknowledgements { lanes[node]?.orders.post(.acknowledge(number, epoch: epoch)) }
    acknowledgements = [:]
    for (node, order) in outgoing { lanes[node]?.orders.post(order) }
    outgoing = []
  }

  /// Under load turns come no closer than this: larger groups cost fewer syncs and fewer switches, and what comes after
  /// a quiet moment is still taken at once.
  private static let pace = Duration.milliseconds(3)

  private func pace(since begin: ContinuousClock.Instant) async {
    let rest = Coordinator.pace - (ContinuousClock.now - begin)
    if rest > .microseconds(200), !isDone { try? await Task.sleep(for: rest) }
  }

  private func take(_ input: Input) async {
    if hasEnded {
      guard case .activity = input else { return }
    }
    switch input {
    case .ready(let node, let facts): await ready(node, facts)
    case .down(let node, let reason):
      await record(.nodeLost(.init(node: node, reason: reason)))
      await decide(.nodeLost(node, reason: reason, gone: false))
    case .gone(let node, let reason): await gone(node, reason)
    case .records(let node, let epoch, let records):
      for one in records { await take(one, from: node) }
      if let last = records.last { acknowledgements[node] = (last.sequence, epoch) }
    case .perished(let attempt, let reason): await end(attempt, Outcome.error(reason, at: now), reason)
    case .notice(let notice): await record(.notice(notice))
    case .diskRefused(let reason): await decide(.stopAdmitting(reason: reason))
    case .cancel(let whom, let now): await cancelled(by: whom, now: now)
    case .activity(let activity): await record(activity)
    }
  }

  private func cancelled(by whom: String, now: Bool) async {
    isCancelled = true
    await record(.cancelRequested(.init(by: whom, now: now)))
    await decide(.cancel(now: now))
    if now { for node in lanes.keys { outgoing.append((node, .cancel(Cancel(attempts: nil, now: true)))) } }
  }

  // MARK: Decisions

  /// Tells the dispatcher and carries out what it decides.
  func decide(_ fact: Fact) async {
    for decision in dispatcher.apply(fact, at: elapsed) { await perform(decision) }
  }

  private func perform(_ decision: Decision) async {
    switch decision {
    case .lease(let lease): await grant(lease)
    case .finished(let end):
      finished.insert(end.id)
      await record(.caseFinished(end))
    case .cancelAttempt(let attempt, let node): outgoing.append((node, .cancel(Cancel(attempts: [attempt]))))
    case .exclude(let node, let reason): await record(.nodeExcluded(.init(node: node, reason: reason)))
    case .hookFailed(let id, let reason): await record(.notice(.init(.error, "\(id): \(reason)")))
    case .done: isDone = true
    }
  }

  private func grant(_ lease: Lease) async {
    await record(
      .unitLeased(
        .init(
          unit: lease.unit, tier: lease.tier, domain: lease.domain, node: lease.node,
          attempts: lease.attempts.map(\.attempt))))
    var ready: [AttemptOrder] = []
    for attempt in lease.attempts {
      ledger.open(
        attempt.attempt, id: attempt.id, node: lease.node, unit: lease.unit, fence: attempt.fence,
        outputLimit: outputLimit(of: attempt.work))
      do throws(Fault) {
        ready.append(
          try orders.order(for: attempt, unit: lease.unit, clockOffset: nodes[lease.node]?.facts.clockOffset))
      } catch {
        inbox.post(.perished(attempt.attempt, reason: error.description))
      }
    }
    outgoing.append((lease.node, .run(ready)))
  }

  private func outputLimit(of work: AttemptPlan.Work) -> Int64 {
    if case .test(let definition) = work {
      definition.outputLimit ?? settings.outputLimit
    } else {
      settings.outputLimit
    }
  }

  // MARK: The journal

  /// Seconds since the run began, by a clock that never jumps.
  var elapsed: Double { (ContinuousClock.now - started) / .seconds(1) }

  /// The run's wall-clock time: where it began, moved on by that clock.
  var now: Timestamp { startedAt.advanced(bySeconds: elapsed) }

  /// Numbers an activity, waiting for the disk if need be.
  func record(_ activity: Activity, output: ArraySlice<UInt8> = []) async {
    await durably { () throws(Fault) in try number(activity, output: output) }
  }

  private func number(_ activity: Activity, output: ArraySlice<UInt8> = []) throws(Fault) {
    let (event, line) = try journal.append(activity, at: now)
    recorded.append(Recorded(event: event, line: line, output: output))
  }

  /// The disk's refusal, while it refuses.
  private var diskFault: Fault?
  /// The refusal that the run was cancelled under: nothing becomes durable any more.
  private var abandoned: Fault?
  private nonisolated let mustEnd = Atomic(false)

  /// Does what needs the disk, again and again while the disk refuses: nothing is acknowledged meanwhile, running cases
  /// go on, no new ones are begun, and it is said once. False: it was not done, and never will be.
  @discardableResult
  func durably(_ work: () throws(Fault) -> Void) async -> Bool {
    while abandoned == nil {
      do throws(Fault) {
        try work()
        if diskFault != nil {
          diskFault = nil
          shout(.init(.info, "the run's folder can be written again"))
        }
        return true
      } catch {
        // What cannot be put in words is not the disk's fault, and will not get better.
        guard error.code == .system else {
          shout(.init(.error, error.description))
          return false
        }
        if diskFault == nil {
          diskFault = error
          shout(.init(.error, "\(error); nothing more is begun until it can be written"))
          inbox.post(.diskRefused(reason: error.description))
        }
        if mustEnd.load(ordering: .relaxed) {
          abandoned = error
        } else {
          try? await Task.sleep(for: .seconds(settings.retryPause))
        }
      }
    }
    return false
  }

  /// Tells people at once, past the journal that cannot be written.
  private func shout(_ notice: Activity.Notice) {
    let event = Event(number: 0, time: now, activity: .notice(notice))
    for sink in sinks { sink([Recorded(event: event, line: [], output: [])]) }
  }
}
