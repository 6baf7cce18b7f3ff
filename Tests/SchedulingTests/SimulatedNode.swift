import Model
import Scheduling
import TestSupport

/// A node that does what it is told, in its own time: it starts what waits, and reports what ends. While its link is
/// broken it works on, and what it has to say waits.
struct SimulatedNode {
  enum Link { case never, up, down, gone }

  let name: String
  let labels: [String: String]
  let slots: Int
  var link = Link.never
  var queue: [AttemptPlan] = []
  var running: [AttemptPlan] = []
  /// Facts that wait for the link.
  var unsent: [Fact] = []
  /// What was said last; to be repeated by mistake.
  var said: [Fact] = []

  var isIdle: Bool { queue.isEmpty && running.isEmpty && unsent.isEmpty }
  /// Attempts that the node has and has not reported the end of.
  var count: Int { queue.count + running.count }

  mutating func take(_ attempts: [AttemptPlan]) {
    queue.append(contentsOf: attempts)
  }

  mutating func startNext() {
    guard running.count < slots, let urgent = queue.map(\.priority).max() else { return }
    guard let index = queue.firstIndex(where: { $0.priority == urgent }) else { return }
    let next = queue.remove(at: index)
    running.append(next)
    unsent.append(.attemptStarted(next.attempt))
  }

  mutating func finishOne(_ verdict: Verdict, _ random: inout Seeded) {
    guard !running.isEmpty else { return }
    let ended = running.remove(at: random.below(running.count))
    unsent.append(.attemptFinished(ended.attempt, verdict: verdict, reason: "it ended so", duration: 0.01))
  }

  mutating func cancel(_ attempt: AttemptID, _ random: inout Seeded) {
    if let index = queue.firstIndex(where: { $0.attempt == attempt }) {
      queue.remove(at: index)
    } else if let index = running.firstIndex(where: { $0.attempt == attempt }), random.chance(70) {
      running.remove(at: index)
    } else {
      return
    }
    unsent.append(.attemptFinished(attempt, verdict: .error, reason: "told to end", duration: 0))
  }
}
