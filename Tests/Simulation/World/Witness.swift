import Coordination
import FoundationEssentials
import Model
import Wire

/// Sees everything that happens in a world, and knows what must never: a model of its own, which knows nothing of how
/// the cores do it.
final class Witness {
  /// A verdict that a node sent.
  struct Sent {
    var attempt: AttemptID
    var verdict: Verdict
    var node: String
  }

  private(set) var violations: [String] = []
  private let plan: Plan
  private let slots: [String: Int]
  private let definitions: [CaseID: CaseDefinition]
  private var live: [ProcessTree] = []
  /// Attempts that began, and where.
  private var begun: [AttemptID: String] = [:]
  private var unpowered: Set<AttemptID> = []
  /// What each attempt's processes really ended with.
  private(set) var truths: [AttemptID: Verdict] = [:]
  private var fences: [CaseID: (fence: UInt64, attempt: AttemptID)] = [:]
  /// What sinks were told, in order.
  private(set) var told: [Event] = []
  private var finished: Set<CaseID> = []
  /// Verdicts that were sent and not acknowledged, by the agent's life and their number.
  private var sent: [String: [UInt64: Sent]] = [:]
  /// Verdicts that nodes may forget.
  private(set) var acknowledged: [Sent] = []
  /// Nodes whose disk refused to make a verdict durable; they sent it all the same.
  private var refusing: Set<String> = []
  /// The disks lie: an event that was told, or a verdict that was acknowledged, may be gone.
  var areDisksLying = false
  /// The run ends without waiting for what runs.
  var isCancelledNow = false

  init(_ plan: Plan, slots: [String: Int]) {
    self.plan = plan
    self.slots = slots
    definitions = Dictionary(plan.cases.map { ($0.id, $0.definition) }, uniquingKeysWith: { $1 })
  }

  /// Says what must not be. `always`: not even where disks lie.
  func violate(_ what: String, always: Bool = false) {
    if always || !areDisksLying { violations.append(what) }
  }

  /// A run that never began is given up, and another one begins.
  func forget() {
    if !told.isEmpty { violate("the journal is empty, but \(told.count) events were told") }
    told = []
  }

  // MARK: Processes

  func begin(_ tree: ProcessTree) {
    live.append(tree)
    if begun.updateValue(tree.node, forKey: tree.attempt) != nil, !isForgotten(tree.attempt) {
      violate("\(tree.attempt) runs a second time")
    }
    if tree.isExempt { return }
    let others = live.filter { $0 !== tree && !$0.isExempt }
    if let other = others.first(where: { $0.id == tree.id }) {
      violate("\(tree.attempt) on \(tree.node) begins while \(other.attempt) lives on \(other.node)")
    }
    if others.contains(where: { $0.node == tree.node && $0.slot == tree.slot }) {
      violate("slot \(tree.slot) of \(tree.node) runs two attempts")
    }
    if live.count(where: { $0.node == tree.node && $0.isAlive }) > slots[tree.node] ?? 0 {
      violate("\(tree.node) runs more attempts than it has slots")
    }
    if finished.contains(tree.id), !isCancelledNow { violate("\(tree.attempt) begins, but \(tree.id) is finished") }
    for other in others where conflict(tree.id, other.id) {
      violate("\(tree.attempt) and \(other.attempt) live at once against their locks")
    }
  }

  func end(_ tree: ProcessTree) { live.removeAll { $0 === tree } }

  /// A machine lost its power, and with it perhaps all that it knew of its attempts.
  func losePower(_ node: String) { unpowered.formUnion(begun.filter { $0.value == node }.keys) }

  /// The mark of its beginning was lost with its node's power before anybody else had heard of it: nobody can know that
  /// it ran, and it is given out again.
  private func isForgotten(_ attempt: AttemptID) -> Bool {
    unpowered.contains(attempt)
      && !told.contains { if case .attemptStarted(let start) = $0.activity { start.attempt == attempt } else { false } }
  }

  /// What the attempt's processes ended with.
  func truth(_ attempt: AttemptID, _ verdict: Verdict) { truths[attempt] = verdict }

  /// What lives now.
  var living: [ProcessTree] { live }

  private func conflict(_ left: CaseID, _ right: CaseID) -> Bool {
    let (own, theirs) = (locks(of: left), locks(of: right))
    return own.contains { name, mode in theirs[name].map { mode == .exclusive || $0 == .exclusive } ?? false }
  }

  /// Set-ups and tear-downs take none.
  private func locks(of id: CaseID) -> [String: LockRequest.Mode] {
    guard let definition = definitions[id] else { return [:] }
    var locks = ["sut": LockRequest.Mode.shared]
    for request in definition.locks where locks[request.name] != .exclusive { locks[request.name] = request.mode }
    return locks
  }

  // MARK: The coordinator

  /// An order goes down.
  func ordered(_ attempt: AttemptID, _ id: CaseID, fence: UInt64) {
    if !told.contains(where: {
      if case .unitLeased(let unit) = $0.activity { unit.attempts.contains(attempt) } else { false }
    }) {
      violate("\(attempt) was ordered before its lease was told")
    }
    if let before = fences[id], before.attempt != attempt, before.fence >= fence {
      violate("\(attempt) was ordered with the fence \(fence) after \(before.attempt) with \(before.fence)")
    }
    fences[id] = (fence, attempt)
  }

  /// Sinks hear of events, which are durable therefore.
  func told(_ group: [Recorded]) {
    for event in group.map(\.event) {
      if event.number != UInt64(told.count) + 1 { violate("event \(event.number) was told after \(told.count)") }
      told.append(event)
      if case .caseFinished(let end) = event.activity { finished.insert(end.id) }
    }
  }

  /// A new process has read the journal. What was not told may be there, or not.
  func resumed(_ events: [Event]) {
    if events.count < told.count {
      violate("events from \(events.count + 1) to \(told.count) were told, and are not in the journal")
    }
    for (one, other) in zip(told, events) where !isSame(one, other) {
      violate("event \(one.number) was told as \(one.activity), and is \(other.activity)")
    }
    for event in events.dropFirst(told.count) {
      told.append(event)
      if case .caseFinished(let end) = event.activity { finished.insert(end.id) }
    }
  }

  /// Times apart, which are written with fewer digits.
  private func isSame(_ one: Event, _ other: Event) -> Bool {
    guard one.number == other.number, one.sequence == other.sequence else { return false }
    return switch (one.activity, other.activity) {
    case (.attemptFinished(let left), .attemptFinished(let right)):
      left.attempt == right.attempt && left.outcome.verdict == right.outcome.verdict
    case (.caseFinished(let left), .caseFinished(let right)): left == right
    case (.unitLeased(let left), .unitLeased(let right)): left == right
    case (.output(let left), .output(let right)): left == right
    case (.artifact(let left), .artifact(let right)): left == right
    default: one.activity.name == other.activity.name
    }
  }

  // MARK: Nodes

  /// An event goes up.
  func sent(_ event: [UInt8], life: String, _ number: UInt64, from node: String) {
    guard case .finished(let attempt, let outcome)? = try? Payload.decode(NodeEvent.self, from: event) else { return }
    sent[life, default: [:]][number] = Sent(attempt: attempt, verdict: outcome.verdict, node: node)
  }

  /// The agent may forget everything up to this record.
  func acknowledged(_ life: String, _ number: UInt64) {
    for (key, value) in (sent[life] ?? [:]).sorted(by: { $0.key < $1.key }) where key <= number {
      acknowledged.append(value)
      sent[life]?[key] = nil
    }
  }

  /// A disk refused to make durable what was sent.
  func diskRefused(_ node: String) { refusing.insert(node) }

  /// A new agent has found the ends of these attempts.
  func restored(_ node: String, _ attempts: [AttemptID]) {
    for (life, verdicts) in sent {
      for (number, value) in verdicts where value.node == node {
        sent[life]?[number] = nil
        guard !attempts.contains(value.attempt), !refusing.contains(node) else { continue }
        violate("\(node) has sent that \(value.attempt) ended, and a new agent there does not know it")
      }
    }
  }
}
