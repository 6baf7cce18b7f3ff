import Model
import Wire

/// Everything that an agent decides about one run: what it takes on, what it tells, what it keeps, when its lease is
/// over. A value: each input returns what is to be done, and time comes in with it. ``Daemon`` is its shell.
struct HostState {
  /// What is known about an attempt that is held.
  struct Job {
    var id: CaseID
    var fence: UInt64
    /// The order, until it is handed to a slot.
    var order: [UInt8] = []
    /// Seconds that it may take, with the grace for its end; and that grace.
    var limit = 0.0
    var grace = 0.0
    /// When its slot is overdue, in seconds of ``HostState/awake``.
    var due = Double.infinity
    var isOverdue = false
    /// The highest stream that it has a file of; nil: none.
    var highest: UInt16?
    /// Bytes of the spool that are about it.
    var spooled = 0
    /// The attempt of the same case that begins when this one has ended.
    var successor: AttemptID?
  }

  /// Who may run a case.
  struct Claim {
    /// The highest fence that was accepted, and the attempt that it came with.
    var fence: UInt64
    var attempt: AttemptID
    /// The attempt that runs.
    var running: AttemptID?
  }

  /// Nothing has come over a line for so many seconds: whoever was there is gone. Heartbeats come every few seconds, and a
  /// loss is to be noticed within ten.
  static let silenceLimit = 8.0
  /// Beyond its timeout and grace a slot gets so many seconds to report an end.
  static let patience = 30.0
  /// A spool of fewer dead bytes is not worth a rewrite.
  static let compactionThreshold = 1 << 20

  /// The run.
  var run: RunID { session.run }
  /// What the coordinator must and need not be told.
  var session: Session
  /// Names the agent's life.
  let life: String
  /// What the coordinator calls this node.
  var node: String
  /// Seconds without a frame after which the run's attempts are ended.
  var lease: Double
  /// When the last frame came.
  var heard: Double
  /// True once the lease has ended: what ran was ended, and the verdicts wait.
  var isExpired = false
  /// Whether a line is attached.
  var isAttached = false
  var jobs: [AttemptID: Job] = [:]
  var claims: [CaseID: Claim] = [:]
  /// The attempt that each slot runs.
  var running: [Int: AttemptID] = [:]
  /// Why the disk cannot be written; nil: it can.
  var refusal: String?
  /// Records that could not be written.
  var unspooled: [SpoolEntry] = []
  /// Bytes in the spool, and those of them that are about attempts that are held.
  var spoolSize = 0
  var liveSize = 0
  /// Seconds that the agent has been awake, at most a few a tick: a machine that was suspended, or an agent that was
  /// stopped, blames no slot for it.
  var awake = 0.0
  var ticked: Double

  /// A run that this agent has never heard of.
  init(run: RunID, life: String, node: String, lease: Double, now: Double) {
    session = Session(run: run)
    self.life = life
    self.node = node
    self.lease = lease
    heard = now
    ticked = now
  }

  // MARK: The line

  /// A coordinator attaches. Its number counts only in the life that gave it out.
  mutating func attach(_ attach: Attach, now: Double) -> [HostEffect] {
    node = attach.node
    lease = attach.lease
    heard = now
    isExpired = false
    isAttached = true
    session.attach(received: attach.life.map { $0 == life } ?? true ? attach.received : 0)
    return [.welcome]
  }

  /// A frame came over the run's line.
  mutating func heard(at now: Double) { heard = now }

  /// The line is gone.
  mutating func detach() { isAttached = false }

  /// Looks at the time; to be called at least once a second.
  mutating func tick(_ now: HostMoment) -> [HostEffect] {
    var effects: [HostEffect] = []
    awake += min(max(0, now.boot - ticked), 5)
    ticked = now.boot
    let silence = now.boot - heard
    if isAttached, silence > min(HostState.silenceLimit, lease) {
      isAttached = false
      effects.append(.cut)
    }
    if silence > lease, !isExpired {
      isExpired = true
      effects += cancel(Cancel(attempts: nil, now: true), at: now)
    }
    let overdue = running.filter { jobs[$0.value].map { $0.due <= awake && !$0.isOverdue } ?? false }
    for (slot, attempt) in overdue.sorted(by: { $0.key < $1.key }) {
      jobs[attempt]?.isOverdue = true
      effects.append(.kill(slot: slot))
    }
    if refusal != nil { effects.append(.probe) }
    return effects
  }

  // MARK: Records

  /// The coordinator has everything up to `number`.
  mutating func acknowledge(_ number: UInt64) -> [HostEffect] {
    let released = session.acknowledge(number)
    var effects: [HostEffect] = []
    // An artifact comes again from its beginning after a crash; of the output only what is missing does.
    for (stream, upTo) in released.streams.sorted(by: { $0.key.attempt.rawValue < $1.key.attempt.rawValue })
    where stream.index == 0 { effects.append(.drop(stream, upTo: upTo)) }
    guard !released.attempts.isEmpty else { return effects }
    var wasSpooled = false
    for attempt in released.attempts {
      guard let job = jobs.removeValue(forKey: attempt) else { continue }
      wasSpooled = wasSpooled || job.spooled > 0
      liveSize -= job.spooled
      if let highest = job.highest { effects.append(.remove(attempt, highestStream: highest)) }
    }
    if !unspooled.isEmpty { unspooled.removeAll { entry in entry.attempt.map { jobs[$0] == nil } ?? true } }
    // The marks first: a file that is gone must not be missed.
    if wasSpooled || jobs.isEmpty && spoolSize > 0 { effects.insert(contentsOf: forget(released.attempts), at: 0) }
    return effects
  }

  private mutating func forget(_ attempts: [AttemptID]) -> [HostEffect] {
    if jobs.isEmpty {
      spoolSize = 0
      return [.truncate]
    }
    if spoolSize - liveSize > max(HostState.compactionThreshold, liveSize) {
      spoolSize = liveSize
      return [.compact(keeping: Set(jobs.keys))]
    }
    return spool(SpoolEntry(kind: .released, attempt: nil, bytes: SpoolRecord.released(attempts).encoded))
  }

  /// The next record to send, with its number.
  mutating func next() -> (UInt64, Session.Record)? { session.next() }

  /// Says something to people.
  mutating func say(_ level: Activity.Notice.Level, _ text: String) {
    guard let event = try? Payload.encode(NodeEvent.notice(.init(level, text, node: node))) else { return }
    session.record(event)
  }
}
