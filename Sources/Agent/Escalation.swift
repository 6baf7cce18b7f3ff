/// When a process tree is to be ended, and how hard. Time comes in as seconds of a monotonic clock.
struct Escalation: Hashable {
  /// What to do now.
  enum Step: Hashable {
    /// Nothing until this time; nil: nothing until something happens.
    case wait(until: Double?)
    /// Ask the tree to end.
    case terminate
    /// End the tree.
    case kill
    /// Not even KILL ended it.
    case giveUp
  }

  /// Why the tree is being ended.
  enum Cause: Hashable {
    /// Its time was over.
    case timeout
    /// Somebody asked for it.
    case cancel
    /// The case itself is over, and this is what it left behind.
    case leftovers
  }

  private enum Stage: Hashable {
    case running(deadline: Double)
    case asked(until: Double)
    case killed(until: Double)
  }

  /// Why the tree is being ended; nil while it may run.
  private(set) var cause: Cause?
  private var stage: Stage
  private let grace: Double
  // KILL works at once, except on processes in an uninterruptible call.
  private static let patience = 10.0

  /// A tree that may run until `deadline` and then gets `grace` seconds between TERM and KILL.
  init(deadline: Double, grace: Double) {
    stage = .running(deadline: deadline)
    self.grace = grace
  }

  /// What is due at `now`.
  mutating func step(at now: Double) -> Step {
    switch stage {
    case .running(let deadline):
      guard now >= deadline else { return .wait(until: deadline) }
      return end(.timeout, at: now)
    case .asked(let until):
      guard now >= until else { return .wait(until: until) }
      stage = .killed(until: now + Escalation.patience)
      return .kill
    case .killed(let until):
      return now >= until ? .giveUp : .wait(until: min(until, now + 0.1))
    }
  }

  /// Begins to end the tree, unless that has begun; `now: true` skips the asking.
  mutating func end(_ cause: Cause, at now: Double, atOnce: Bool = false) -> Step {
    switch stage {
    case .running:
      self.cause = cause
      if atOnce {
        stage = .killed(until: now + Escalation.patience)
        return .kill
      }
      stage = .asked(until: now + (cause == .leftovers ? min(grace, 2) : grace))
      return .terminate
    case .asked where atOnce:
      stage = .killed(until: now + Escalation.patience)
      return .kill
    case .asked, .killed:
      return step(at: now)
    }
  }

  /// Whether KILL has been sent: it is repeated while anything is left, since a tree can fork while it is ended.
  var isKilling: Bool { if case .killed = stage { true } else { false } }
}
