import Dialects
import Model
import Publishing

extension Publication {
  /// Puts the results of an earlier process into the outbox of which no journal says that they were delivered. They may
  /// have been: servers are asked first, or know by themselves. Throws `.system`.
  func enqueueAgain(_ events: [Event], nodeOf: (AttemptID) -> String?) async throws(Fault) {
    var outcomes: [AttemptID: Outcome] = [:]
    var ends: [Activity.CaseFinished] = []
    var delivered: Set<[String]> = []
    for event in events {
      switch event.activity {
      case .attemptFinished(let end): outcomes[end.attempt] = end.outcome
      case .caseFinished(let end): ends.append(end)
      case .published(let published): delivered.insert([published.id.rawValue, published.server])
      default: continue
      }
    }
    for end in ends {
      guard let attempt = end.attempt, let outcome = outcomes[attempt],
        servers.contains(where: { !delivered.contains([end.id.rawValue, $0.displayName]) })
      else { continue }
      try await enqueue(
        end, outcome, node: nodeOf(attempt), isAgain: true,
        hasAnswered: { delivered.contains([end.id.rawValue, $0.displayName]) })
    }
  }
}
