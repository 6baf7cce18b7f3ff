import Model
import TestSupport

/// What an attempt does, whoever runs it and whenever: it follows from the world's seed and the attempt's name.
struct Behaviour {
  /// Seconds until it exits by itself; nil: it hangs.
  var duration: Double?
  /// What it exits with.
  var verdict = Verdict.pass
  /// What it prints, in so many portions.
  var portions: [[UInt8]] = []
  /// TERM does not end it.
  var ignoresTerm = false
  /// It leaves a process behind that has left its group, session and environment.
  var daemonises = false
  /// Files that it leaves.
  var artifacts: [(path: String, bytes: [UInt8])] = []

  /// Everything that it prints.
  var output: [UInt8] { portions.flatMap { $0 } }

  /// The behaviour of an attempt in a world. `rough`: percent of attempts that misbehave.
  static func of(_ id: CaseID, ordinal: Int, seed: UInt64, rough: Int, longest: Double) -> Behaviour {
    let name = "\(id).\(ordinal)"
    let chance = Chance(seed ^ mark(of: name))
    var own = Behaviour(duration: chance.percent(60) ? chance.between(0.01, 1) : chance.between(0.5, longest))
    if chance.percent(25) { own.verdict = chance.pick([.fail, .fail, .skip, .error]) ?? .fail }
    if chance.percent(rough) {
      if chance.percent(40) { own.duration = nil }
      own.ignoresTerm = chance.percent(50)
      own.daemonises = chance.percent(50)
    }
    for portion in 0..<chance.below(4) {
      let lines = (1...(1 + chance.below(4))).map { "\(name) \(portion) line \($0)\n" }.joined()
      own.portions.append(Array(lines.utf8))
    }
    for index in 0..<(chance.percent(30) ? 1 + chance.below(2) : 0) {
      let text = String(repeating: "artifact \(index) of \(name)\n", count: chance.below(4))
      own.artifacts.append(("out/\(index).txt", Array(text.utf8)))
    }
    return own
  }
}

/// The processes of one attempt, as the kernel knows them.
final class ProcessTree {
  let attempt: AttemptID
  let id: CaseID
  let node: String
  let slot: Int
  /// The command, and what it left behind.
  var isMainAlive = true
  var isDaemonAlive = false
  /// Its machine, or the agent above it, was paused beyond the node's lease while it lived: nothing is promised then.
  var isExempt = false

  init(_ attempt: AttemptID, _ id: CaseID, node: String, slot: Int) {
    self.attempt = attempt
    self.id = id
    self.node = node
    self.slot = slot
  }

  var isAlive: Bool { isMainAlive || isDaemonAlive }
}
