import Dialects
import Journal
import Model
import Publishing
import Reporting

/// What follows a run whose process died after the run's own work had ended: logs and reports are made anew from the
/// journal, and results of which nobody knows that they were delivered go into the outbox again.
struct Completion {
  let folder: RunFolder
  let state: String
  let servers: [ServerAddress]
  let isPublishing: Bool

  private static let deliverySeconds = 15.0

  /// Returns the run's exit status.
  func run(_ past: PastEvents) async throws -> ExitStatus {
    if isPublishing { try await deliver(past.events) }
    let reporter = try Reporter(folder)
    let all = try PastEvents(of: folder)
    _ = try RunFiles(folder, after: all)
    await reporter.goOn(after: all.events)
    return try await reporter.close(state: state)
  }

  private func deliver(_ events: [Event]) async throws(Fault) {
    let publication = Publication(
      try Publication.publisher(state, servers: servers), to: servers, run: folder.run)
    try await publication.enqueueAgain(events)
    let summary = await publication.publisher.finish(within: Completion.deliverySeconds)
    for notice in summary.notices { Terminal.say(notice) }
  }
}
