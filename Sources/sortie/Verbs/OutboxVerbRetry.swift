import ArgumentParser
import Model
import Publishing

struct OutboxRetryVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Let refused results wait again, to be sent with the next delivery.",
    discussion: """
      Examples:
        sortie outbox retry                                     all that were refused
        sortie outbox retry --server http://host/api/v1         those that one server refused
        sortie outbox retry 20261121-093600-kqzf.vping.1 && sortie outbox flush
      """)

  @OptionGroup var state: StateOptions
  @OptionGroup var choice: OutboxChoice

  func run() async throws {
    let outbox = try Publication.outbox(state.folder)
    try await outbox.acquireSoon()
    let rows = try choice.rows(of: try await outbox.inventory(now: wallClock()).rows).filter { $0.state == .refused }
    try choice.mustHaveFound(rows)
    for row in rows {
      try await outbox.retry(row)
      Terminal.write("\(row.line)\n")
    }
    await outbox.release()
    Terminal.say(rows.isEmpty ? "nothing like that was refused" : "waiting again: \(rows.count)")
  }
}
