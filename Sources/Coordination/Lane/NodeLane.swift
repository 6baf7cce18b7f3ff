import Model
import Wire

/// One node's side of a run: keeps a line to its agent, puts a lost line up again, and passes orders down and records up.
actor NodeLane {
  /// What the run's loop wants of the node.
  enum Order: Sendable {
    case run([AttemptOrder])
    case cancel(Cancel)
    case acknowledge(UInt64, epoch: Int)
    case repeatAcknowledgement
    case ping
    /// The run is over. Without a goodbye the agent keeps what nobody has acknowledged.
    case finish(goodbye: Bool)
  }

  /// How long a lane waits for what.
  struct Patience: Sendable {
    /// Between two pings.
    var heartbeat: Duration
    /// A line that is silent for longer is taken for dead, half-open ones included.
    var silence: Duration
    /// Before a lost line is tried again for the first time.
    var pause: Duration
  }

  /// What the run's loop knows and a lane asks for.
  struct Supplies: Sendable {
    /// Where the content with this hash lies.
    var source: @Sendable (String) async -> (path: String, size: Int64)?
    /// What is durable of the attempts that the node has.
    var held: @Sendable () async throws(Fault) -> [HeldAttempt]
  }

  /// The node.
  nonisolated let node: Node
  /// Orders on their way down.
  nonisolated let orders = Mailbox<Order>()
  let patience: Patience
  let attach: Attach
  let inbox: Mailbox<Input>
  let supplies: Supplies
  let stop = Mailbox<Void>()
  private let connector: any Connector

  // What outlives a line.
  var isFinishing = false
  var session: NodeSession
  var lease: NodeLease
  var clock: ClockOffset

  // What belongs to one line.
  var isServing = false
  var hasGreeted = false
  /// Orders of an earlier line that are to be sent again.
  var again: [Order] = []
  /// Contents that the node has.
  var present: Set<String> = []
  let wants = Mailbox<Offer>()
  /// When the node was asked what it lacks, while it has not answered.
  var asked: ContinuousClock.Instant?
  var began = ContinuousClock.now
  /// Since when nothing has come. Nil: what came waits for the run's loop, and nobody listens.
  var silentSince: ContinuousClock.Instant?

  private var isUp = false
  private var hasBeenReady: Bool

  /// How often a node that was never reached is tried.
  private static let firstTries = 3

  /// - Parameters:
  ///   - session: what is known of the node; of a resumed run, what its journal says.
  ///   - hasBeenReady: whether the node was reached in this run, by whichever process.
  init(
    node: Node, session: NodeSession, lease: NodeLease, hasBeenReady: Bool, attach: Attach, connector: any Connector,
    inbox: Mailbox<Input>, patience: Patience, wall: @escaping @Sendable () -> Timestamp, supplies: Supplies
  ) {
    self.node = node
    self.session = session
    self.lease = lease
    self.hasBeenReady = hasBeenReady
    self.attach = attach
    self.connector = connector
    self.inbox = inbox
    self.patience = patience
    self.supplies = supplies
    clock = ClockOffset(wall: wall)
  }

  /// Keeps the node attached until ``finish(goodbye:)``, or until it is given up.
  func run() async {
    var tries = 0
    while !isFinishing {
      var failure = Fault(.link, "the link ended")
      do {
        try await attachAndServe()
      } catch let fault as Fault {
        failure = fault
      } catch {
        failure = Fault(.link, "\(error)")
      }
      if isFinishing { return }
      let wasUp = isUp
      tries = isUp ? 1 : tries + 1
      if isUp { inbox.post(.down(node.name, reason: failure.description)) }
      isUp = false
      // A node that was never reached and has nothing is not waited for.
      let isHopeless =
        hasBeenReady || !session.outstanding.isEmpty
        ? lease.isOverdue(at: uptime()) : tries >= NodeLane.firstTries
      // One try follows every loss: this process may have been asleep for longer than the lease.
      guard failure.isWorthAnotherTry, wasUp || !isHopeless else { return await giveUp(failure) }
      await rest(patience.pause * min(tries * tries, 25))
    }
  }

  /// Nobody else may get what the node was given before its lease has surely ended: it may run there until then.
  private func giveUp(_ failure: Fault) async {
    let left = session.outstanding.isEmpty ? 0 : lease.left(at: uptime())
    if left > 1 {
      let count = session.outstanding.count
      inbox.post(
        .notice(
          .init(
            .warning,
            "\(failure); what it has (\(count)) goes to others in \(Int(left.rounded())) s, when its lease has surely ended",
            node: node.name)))
    }
    await rest(.seconds(left))
    if !isFinishing { inbox.post(.gone(node.name, reason: failure.description)) }
  }

  /// The node is attached from now on.
  func up() {
    isUp = true
    hasBeenReady = true
    isServing = true
    if isFinishing { orders.post(.finish(goodbye: true)) }
  }

  /// Says goodbye to the agent, or stops trying to reach it.
  func finish(goodbye: Bool = true) {
    isFinishing = true
    if isServing { orders.post(.finish(goodbye: goodbye)) } else { stop.post(()) }
  }

  /// Sends bytes; the node's lease may begin anew with them.
  func write(_ bytes: [UInt8], to line: any NodeLine) async throws {
    lease.tell(at: uptime())
    try await line.write(bytes)
  }

  private func rest(_ duration: Duration) async {
    guard duration > .zero else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await Task.sleep(for: duration) }
      group.addTask { [stop] in _ = await stop.take() }
      await group.next()
      group.cancelAll()
    }
  }

  private func attachAndServe() async throws {
    guard let line = try await reach() else { return }
    do {
      try await serve(line)
    } catch let fault as Fault where fault.code == .link {
      let complaint = await line.complaint()
      await line.close()
      throw complaint.isEmpty ? fault : Fault(.link, fault.message + ": " + complaint)
    } catch {
      await line.close()
      throw error
    }
    await line.close()
  }

  /// A line to the agent; nil if the run ends first.
  private func reach() async throws -> (any NodeLine)? {
    let connector = self.connector
    let node = self.node
    return try await withThrowingTaskGroup(of: (any NodeLine)?.self) { group in
      group.addTask { try await connector.attach(to: node) }
      group.addTask { [stop] in
        _ = await stop.take()
        return nil
      }
      let first = try await group.next() ?? nil
      group.cancelAll()
      if let first, !isFinishing { return first }
      // A line that came up at the very end is not left open.
      let late = (try? await group.next()) ?? nil
      await (first ?? late ?? nil)?.close()
      return nil
    }
  }
}

/// Seconds of a clock that runs through suspend.
func uptime() -> Double { (ContinuousClock.now - origin) / .seconds(1) }

private let origin = ContinuousClock.now

extension Fault {
  /// Whether the same thing may work a moment later.
  var isWorthAnotherTry: Bool { code == .link || code == .system }
}
