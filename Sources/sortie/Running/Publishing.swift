import Coordination
import Dialects
import Foundation
import Journal
import Model
import Publishing

/// A run's way to the collection APIs: verdicts into the outbox, and what lies there out to the servers.
struct Publication: Sendable {
  let publisher: Publisher
  let servers: [ServerAddress]
  let context: ResultSubmission.Context?
  let run: RunID
  let definitions: [CaseID: CaseDefinition]

  /// The servers that were asked for: `--publish`, else TEST_DB_URL; nobody's without either.
  static func servers(_ urls: [String], isOff: Bool) throws(Fault) -> [ServerAddress] {
    guard !isOff else { return [] }
    let asked = urls.isEmpty ? variable("TEST_DB_URL").map { [$0] } ?? [] : urls
    var servers: [ServerAddress] = []
    for url in asked { servers.append(try ServerAddress(parsing: url, token: variable("SORTIE_TOKEN"))) }
    return servers
  }

  /// The outbox of a state folder.
  static func outbox(_ state: String) throws(Fault) -> OutboxFolder {
    try Folder.make(state)
    return try OutboxFolder(state + "/outbox")
  }

  /// Puts a case's result into the outbox, once for each server.
  func enqueue(_ end: Activity.CaseFinished, _ outcome: Outcome, node: String?) async throws(Fault) {
    guard let context, let attempt = end.attempt, let definition = definitions[end.id],
      let submission = ResultSubmission(
        of: definition, outcome: outcome, attempt: attempt, node: node, context: context,
        utcOffset: LocalTime.utcOffset)
    else { return }
    for server in servers {
      try await publisher.enqueue(submission, to: server, run: run, caseID: end.id, attempt: attempt)
    }
  }

  /// Delivers what lies in the outbox, for at most `seconds`.
  static func deliver(_ publisher: Publisher, seconds: Double) async throws(Fault) -> DeliverySummary {
    let summary = try await publisher.deliver(until: Surroundings.real.now() + seconds)
    for notice in summary.notices { Terminal.say(notice) }
    return summary
  }
}
