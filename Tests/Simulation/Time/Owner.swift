/// Who lives in virtual time: a machine, or a process on one. What was to happen to it does not once it is dead, and
/// waits while it is paused.
final class Owner {
  /// For the trace.
  let name: String
  private let parent: Owner?
  private var hasEnded = false
  private(set) var isStopped = false
  /// What came due meanwhile.
  var deferred: [() -> Void] = []

  init(_ name: String, on parent: Owner? = nil) {
    self.name = name
    self.parent = parent
  }

  /// Whether it lives, and all that it lives on.
  var isAlive: Bool { !hasEnded && parent?.isAlive ?? true }

  /// Whether it is paused, or what it lives on.
  var isPaused: Bool { stopped != nil }

  /// The paused one, of this and all that it lives on.
  var stopped: Owner? { isStopped ? self : parent?.stopped }

  /// It is dead from now on.
  func die() {
    hasEnded = true
    deferred = []
  }

  /// Nothing happens to it until ``Agenda/wake(_:)``.
  func stop() { isStopped = true }

  func takeDeferred() -> [() -> Void] {
    isStopped = false
    defer { deferred = [] }
    return deferred
  }
}
