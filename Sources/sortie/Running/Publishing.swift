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

  /// A publisher that writes each delivery into the journal of the run it comes from, whichever that is, and leaves alone
  /// the results of runs that another process coordinates.
  ///
  /// - Parameters:
  ///   - own: The run that this process coordinates; its deliveries go to `record`.
  ///   - told: Hears of each delivery of another run.
  static func publisher(
    _ state: String, servers: [ServerAddress], own: RunID? = nil, record: @escaping Publisher.Recorder = { _ in },
    told: @escaping @Sendable (Delivery) -> Void = { _ in }
  ) throws(Fault) -> Publisher {
    let earlier = try EarlierRuns(state: state, changed: EarlierReports.remake)
    return Publisher(
      try outbox(state), servers: servers,
      isLeftAlone: { run in
        run != own && isPathComponent(run.rawValue) && JournalWriter.isAlive(RunFolder(state: state, run: run))
      }, rest: { await earlier.rest() },
      record: { delivery throws(Fault) in
        if delivery.run == own { return try await record(delivery) }
        if try await !earlier.record(delivery) {
          Terminal.say(
            "run \(delivery.run) is gone or damaged: what became of \(delivery.caseID) stands nowhere but here")
        }
        told(delivery)
      })
  }

  /// Puts a case's result into the outbox, once for each server that does not have it already. `isAgain`: an earlier
  /// process may have done so, and even have sent it.
  func enqueue(
    _ end: Activity.CaseFinished, _ outcome: Outcome, node: String?, isAgain: Bool = false,
    hasAnswered: (ServerAddress) -> Bool = { _ in false }
  ) async throws(Fault) {
    guard let context, let attempt = end.attempt, let definition = definitions[end.id],
      let submission = ResultSubmission(
        of: definition, outcome: outcome, attempt: attempt, node: node, context: context,
        utcOffset: LocalTime.utcOffset)
    else { return }
    for server in servers where !hasAnswered(server) {
      if isAgain {
        try await publisher.enqueueAgain(submission, to: server, run: run, caseID: end.id, attempt: attempt)
      } else {
        try await publisher.enqueue(submission, to: server, run: run, caseID: end.id, attempt: attempt)
      }
    }
  }

  /// Delivers what lies in the outbox, for at most `seconds`; `only` to one server.
  static func deliver(
    _ publisher: Publisher, seconds: Double, only server: String? = nil
  ) async throws(Fault) -> DeliverySummary {
    let summary = try await publisher.deliver(until: Surroundings.real.now() + seconds, only: server)
    for notice in summary.notices { Terminal.say(notice) }
    return summary
  }
}
