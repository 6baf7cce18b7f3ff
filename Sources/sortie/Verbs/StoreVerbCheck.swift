import ArgumentParser
import Model
import Reporting
import Store

struct StoreCheckVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look whether a store is sound; nothing is changed.",
    discussion: """
      Examples:
        sortie store check                      sortie.db
        sortie store check --store monday.db    a backup
        sortie store check -o json

      Exits 0 if all is well, 1 if something is not, and 3 if the file is no database, or cannot be read.
      """)

  @OptionGroup var options: StoreOptions
  @OptionGroup var format: FormatOptions

  private struct Row: Encodable {
    var check: String
    var problems: [String]
  }

  func run() async throws {
    var outcomes = try StoreInspection.check(options.store)
    if outcomes.allSatisfy(\.problems.isEmpty) { outcomes += try await StoreInspection.durability(options.store) }
    switch format.format {
    case .json:
      try JSONOutput.write(["checks": outcomes.map { Row(check: $0.name, problems: $0.problems) }])
    case .table:
      for outcome in outcomes {
        if outcome.problems.isEmpty { Terminal.write("ok   \(outcome.name)\n") }
        for problem in outcome.problems { Terminal.write("BAD  \(outcome.name): \(problem)\n") }
      }
    }
    if !outcomes.allSatisfy(\.problems.isEmpty) { throw ExitStatus.failed }
  }
}
