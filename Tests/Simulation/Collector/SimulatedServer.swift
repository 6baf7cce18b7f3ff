import Model
import Publishing

/// A collection API: one that takes an `Idempotency-Key`, or one that only can be asked what it has. What it has stored
/// is durable.
final class SimulatedServer {
  let name: String
  let isIdempotent: Bool
  private unowned let world: World
  /// How often each attempt's result was stored.
  private(set) var stored: [AttemptID: Int] = [:]
  /// Attempts of which a request landed after whoever sent it had given it up.
  private(set) var landedLate: Set<AttemptID> = []
  private(set) var refused: Set<AttemptID> = []
  private var isDown = false
  private var life = 0
  /// Percent of requests that something happens to.
  var trouble = 0

  init(_ name: String, isIdempotent: Bool, in world: World) {
    self.name = name
    self.isIdempotent = isIdempotent
    self.world = world
  }

  /// Its process dies, and comes back.
  func crash(for seconds: Double) {
    world.note { "\(self.name): down for \(seconds) s" }
    isDown = true
    life += 1
    world.agenda.after(seconds) { self.isDown = false }
  }

  private func store(_ attempt: AttemptID) {
    if isIdempotent, stored[attempt] != nil { return }
    stored[attempt, default: 0] += 1
  }

  /// A result is sent. The answer comes to `owner`, if that lives.
  func send(_ attempt: AttemptID, to owner: Owner, answer: @escaping (SendResult) -> Void) {
    let chance = world.chance
    guard !isDown else { return reply(.unavailable(reason: "connection refused"), owner, answer) }
    if mark(of: attempt.rawValue + name) % 100 < 3 {
      refused.insert(attempt)
      return reply(.refused(reason: "400"), owner, answer)
    }
    let (now, life) = (chance.between(0.001, 0.05), life)
    guard chance.percent(trouble) else {
      return world.agenda.after(now) {
        guard self.life == life else { return self.reply(.ambiguous(reason: "connection cut"), owner, answer) }
        self.store(attempt)
        self.reply(.delivered(link: self.name + "/" + attempt.rawValue), owner, answer)
      }
    }
    let lost = SendResult.ambiguous(reason: "timeout")
    switch chance.below(7) {
    case 0: reply(lost, owner, answer)
    case 1:
      store(attempt)
      reply(lost, owner, answer)
    case 2:
      reply(lost, owner, answer)
      world.agenda.after(chance.between(0.5, 60)) {
        self.landedLate.insert(attempt)
        self.store(attempt)
      }
    case 3: reply(.failed(reason: "500"), owner, answer)
    case 4:
      store(attempt)
      reply(.failed(reason: "500 after it was stored"), owner, answer)
    case 5: reply(.unavailable(reason: "503", retryAfter: chance.percent(50) ? 5 : nil), owner, answer)
    default: reply(.unavailable(reason: "no route"), owner, answer)
    }
  }

  /// It is asked for a result.
  func ask(_ attempt: AttemptID, to owner: Owner, answer: @escaping (AskResult) -> Void) {
    if isDown || world.chance.percent(trouble / 2) {
      return reply(.unavailable(reason: "no answer"), owner, answer)
    }
    let found = stored[attempt] != nil
    reply(found ? .found(link: name + "/" + attempt.rawValue) : .absent, owner, answer)
  }

  private func reply<Answer>(_ answer: Answer, _ owner: Owner, _ tell: @escaping (Answer) -> Void) {
    world.agenda.after(world.chance.between(0.001, 0.1), owner) { tell(answer) }
  }
}
