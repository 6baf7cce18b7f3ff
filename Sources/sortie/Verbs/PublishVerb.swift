import ArgumentParser
import Dialects
import Model
import Publishing
import Reporting

struct PublishVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Deliver results that earlier runs could not.",
    discussion: """
      Examples:
        sortie publish                  to the servers that the results were meant for
        SORTIE_TOKEN=… sortie publish   with a token

      `sortie outbox` shows what waits and why.
      """)

  @OptionGroup var state: StateOptions

  @Option(help: ArgumentHelp("How long to try.", valueName: "seconds"))
  var seconds = 60.0

  func run() async throws {
    try await Flush(state: state.folder, servers: try Publication.servers([], isOff: false), seconds: seconds).run()
  }
}

/// Delivers what lies in an outbox, and says what became of it.
struct Flush {
  let state: String
  /// Those of this call, with their credentials.
  let servers: [ServerAddress]
  let seconds: Double
  /// Only to this one.
  var only: ServerAddress?

  /// Throws ``ExitStatus/undelivered`` if something remains or was refused.
  func run() async throws {
    let publisher = try Publication.publisher(
      state, servers: servers, token: variable("SORTIE_TOKEN"),
      told: { delivery in
        switch delivery.end {
        case .delivered(let link):
          // What happened on the way to a verdict is delivered without a word.
          if !delivery.cases.isEmpty { Terminal.write("\(delivery.run) \(delivery.title) \(link)\n") }
        case .refused(let reason):
          Terminal.say("\(delivery.run) \(delivery.title) was refused by \(delivery.server): \(reason)")
        }
      })
    let summary = try await Publication.deliver(publisher, seconds: seconds, only: only?.displayName)
    for pending in summary.pending {
      Terminal.say("\(pending.count) results wait for \(pending.server)" + (pending.reason.map { ": \($0)" } ?? ""))
    }
    if !summary.pending.isEmpty || !summary.refused.isEmpty { throw ExitStatus.undelivered }
  }
}
