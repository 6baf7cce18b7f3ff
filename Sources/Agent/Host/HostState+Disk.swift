import Model
import Wire

// What the node's disk takes, and what happens while it takes nothing.
extension HostState {
  /// Whether verdicts were given to the spool that are not known to be durable; they are not sent before.
  var needsSync: Bool { session.isHeldBack }

  /// Everything that was given to the spool is durable.
  mutating func synced() { session.letGo() }

  /// The disk does not make durable what it took. Verdicts go up all the same: better known at one place than at none.
  mutating func syncRefused(_ words: String, at now: HostMoment) -> [HostEffect] {
    session.letGo()
    return refused(words, at: now)
  }

  /// The disk did not take a record; `words` name the path and say why. What it was about is kept in memory.
  mutating func spoolRefused(_ entry: SpoolEntry, _ words: String, at now: HostMoment) -> [HostEffect] {
    uncount(entry)
    var effects: [HostEffect] = []
    if entry.kind == .mark, let attempt = entry.attempt {
      // Nothing of it can be kept: it must not begin.
      effects += refused(words, at: now)
      effects += conclude(attempt, .error, HostState.full(node, words), at: now)
      return effects
    }
    if entry.kind != .released { unspooled.append(entry) }
    return refused(words, at: now)
  }

  /// A slot could not write what an attempt printed; `words` name the path and say why.
  mutating func outputRefused(_ words: String, at now: HostMoment) -> [HostEffect] { refused(words, at: now) }

  /// The disk can be written again: what was kept in memory is written now.
  mutating func spaceAgain() -> [HostEffect] {
    guard refusal != nil else { return [] }
    refusal = nil
    say(.info, "\(node)'s disk can be written again")
    let entries = unspooled
    unspooled = []
    return entries.flatMap { spool($0) }
  }

  /// Why an attempt does not begin on a full disk.
  static func full(_ node: String, _ words: String) -> String { "\(node)'s disk is full: \(words)" }

  /// Says it once, and gives back what waits.
  private mutating func refused(_ words: String, at now: HostMoment) -> [HostEffect] {
    guard refusal == nil else { return [] }
    refusal = words
    say(.error, "\(HostState.full(node, words)); nothing begins there until it can be written again")
    var effects: [HostEffect] = []
    for attempt in jobs.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      guard session.withdraw(attempt) || session.attempts[attempt] == .withdrawn else { continue }
      effects += conclude(attempt, .error, HostState.full(node, words), at: now)
    }
    return effects
  }

  /// Gives a record to the spool, or keeps it while the disk is full.
  mutating func spool(_ entry: SpoolEntry) -> [HostEffect] {
    guard refusal == nil else {
      if entry.kind != .released { unspooled.append(entry) }
      return []
    }
    count(entry)
    if entry.kind == .verdict { session.holdBack() }
    return [.spool(entry)]
  }

  mutating func count(_ entry: SpoolEntry) { count(entry, entry.bytes.count) }
  private mutating func uncount(_ entry: SpoolEntry) { count(entry, -entry.bytes.count) }

  private mutating func count(_ entry: SpoolEntry, _ bytes: Int) {
    spoolSize += bytes
    guard let attempt = entry.attempt, jobs[attempt] != nil else { return }
    jobs[attempt]?.spooled += bytes
    liveSize += bytes
  }
}
