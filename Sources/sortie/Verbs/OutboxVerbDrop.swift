import ArgumentParser
import Model
import Publishing

struct OutboxDropVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Forget results for good; no server gets them.",
    discussion: """
      Examples:
        sortie outbox drop --refused                         all that were refused
        sortie outbox drop --server http://host/api/v1       all for a server that will not come back
        sortie outbox drop 20261121-093600-kqzf.vping.1      one
        sortie outbox drop --all --yes                       everything

      The run's journal and reports keep the verdicts; `sortie verify` will say what is missing on a server.
      """)

  @OptionGroup var state: StateOptions
  @OptionGroup var choice: OutboxChoice

  @Flag(help: "Those that were refused.")
  var refused = false

  @Flag(help: "Everything; wants --yes as well.")
  var all = false

  @Flag(help: "Yes, everything.")
  var yes = false

  func validate() throws {
    guard all || refused || !choice.isEmpty else {
      throw ValidationError("Say what to drop: attempts, --refused, --server, --run, or --all --yes.")
    }
    if all, !yes { throw ValidationError("--all drops everything, and wants --yes as well.") }
  }

  func run() async throws {
    let outbox = try Publication.outbox(state.folder)
    try await outbox.acquireSoon()
    var rows = try choice.rows(of: try await outbox.inventory(now: wallClock()).rows)
    if refused { rows.removeAll { $0.state != .refused } }
    try choice.mustHaveFound(rows)
    for row in rows {
      try await outbox.drop(row)
      Terminal.write("\(row.line)\n")
    }
    await outbox.release()
    Terminal.say(rows.isEmpty ? "nothing like that lies in the outbox" : "dropped: \(rows.count)")
  }
}
