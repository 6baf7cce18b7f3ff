import ArgumentParser
import Journal
import Model
import Reporting

struct ShowVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what became of a run.",
    discussion: """
      Examples:
        sortie show 20261121-0936     a run by any unique prefix of its name
        sortie show 2026 -o json      its report; docs/reports.md explains it
      """)

  @Argument(help: "The run, by any unique prefix.")
  var run: String

  @OptionGroup var state: StateOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let folder = try RunFolder.find(run, in: state.folder)
    // The journal is the truth; report.json is only there once a run has ended.
    var run = RunState()
    let reader = try JournalReader(folder)
    while let event = try reader.next() { run.apply(event) }
    let report = Report(of: run)
    switch format.format {
    case .json: Terminal.write(try report.json())
    case .table:
      Terminal.write(SummaryTable.text(report))
      Terminal.say("\(folder.run): exit \(report.exit), \(report.exitReason)\n\(folder.path)")
    }
  }
}
