import ArgumentParser
import Dialects
import Foundation
import Model
import Publishing

struct OutboxVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outbox", abstract: "Look at results that no collection API has confirmed; deliver or drop them.",
    discussion: """
      Examples:
        sortie outbox                                       what lies there, in which state, and why
        sortie outbox flush --seconds 10                    deliver now
        sortie outbox retry --server http://host/api/v1     send again what was refused there
        sortie outbox drop --run 20261121-0936 --refused    forget what was refused of one run

      docs/publishing.md says what is repeated when, and what lies where.
      """,
    subcommands: [OutboxListVerb.self, OutboxFlushVerb.self, OutboxRetryVerb.self, OutboxDropVerb.self],
    defaultSubcommand: OutboxListVerb.self)
}

/// Which entries are meant. What is given must all hold.
struct OutboxChoice: ParsableArguments {
  @Argument(help: "Attempts, as `sortie outbox list` names them.")
  var attempts: [String] = []

  @Option(help: ArgumentHelp("Those for one server.", valueName: "url"))
  var server: String?

  @Option(help: ArgumentHelp("Those of one run, by any prefix of its name.", valueName: "run"))
  var run: String?

  /// Whether anything was said.
  var isEmpty: Bool { attempts.isEmpty && server == nil && run == nil }

  /// The rows that are meant. Throws `.usage` for a server that is none.
  func rows(of all: [OutboxRow]) throws(Fault) -> [OutboxRow] {
    var name: String?
    if let server { name = try ServerAddress(parsing: server).displayName }
    return all.filter { row in
      (attempts.isEmpty || row.key.map { attempts.contains($0.submission.rawValue) } == true)
        && (name == nil || row.key?.server == name) && (run.map { row.run?.rawValue.hasPrefix($0) == true } ?? true)
    }
  }

  /// Throws `.notFound` if attempts were named and none of them is among what was found.
  func mustHaveFound(_ rows: [OutboxRow]) throws(Fault) {
    guard rows.isEmpty, !attempts.isEmpty else { return }
    throw Fault(.notFound, "none of these lies there", hint: "`sortie outbox list` names the attempts")
  }
}

extension OutboxFolder {
  /// Takes the outbox for a change by hand, waiting a little for who delivers. Throws `.busy`, `.system`.
  func acquireSoon() async throws {
    for _ in 0..<50 {
      if try acquire() { return }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw Fault(.busy, "another process delivers from this outbox", hint: "try again when it is done")
  }
}

extension OutboxRow {
  /// One line that names it.
  var line: String {
    guard let key, let title else { return file }
    return "\(run?.rawValue ?? "") \(title) \(key.server)"
  }
}
