import ArgumentParser
import Foundation
import Journal
import Model
import Reporting

struct RunsVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, or delete old ones.",
    discussion: """
      Examples:
        sortie runs                     all runs, the oldest first
        sortie runs prune --keep 20     delete all but the latest twenty
      """, subcommands: [RunsListVerb.self, RunsPruneVerb.self], defaultSubcommand: RunsListVerb.self)
}

struct RunsListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List runs.")

  @OptionGroup var state: StateOptions
  @OptionGroup var format: FormatOptions

  private struct Row: Encodable {
    var run: String
    var state: String
    var exit: Int32?
    var started: Timestamp?
    var duration: Double?
    var pass = 0
    var fail = 0
    var skip = 0
    var error = 0
  }

  func run() async throws {
    let rows = RunFolder.all(in: state.folder).map(row)
    switch format.format {
    case .json: try JSONOutput.write(["runs": rows])
    case .table:
      Terminal.write(
        Columns.text(
          ["RUN", "STATE", "EXIT", "PASS", "FAIL", "SKIP", "ERROR", "SECONDS"],
          rows.map { row in
            [
              row.run, row.state, row.exit.map(String.init) ?? "", "\(row.pass)", "\(row.fail)",
              "\(row.skip)", "\(row.error)", row.duration.map { String(Int($0.rounded())) } ?? "",
            ]
          }))
    }
  }

  private func row(_ folder: RunFolder) -> Row {
    guard let bytes = FileManager.default.contents(atPath: folder.report), let report = try? Report(json: bytes) else {
      let isAlive = JournalWriter.isAlive(folder)
      return Row(run: folder.run.rawValue, state: isAlive ? "running" : "unfinished")
    }
    return Row(
      run: folder.run.rawValue, state: "finished", exit: report.exit, started: report.started,
      duration: report.duration, pass: report.counts.pass, fail: report.counts.fail, skip: report.counts.skip,
      error: report.counts.error)
  }
}

struct RunsPruneVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Delete old runs; results that wait in the outbox stay.")

  @OptionGroup var state: StateOptions

  @Option(help: ArgumentHelp("How many of the latest runs stay.", valueName: "n"))
  var keep = 50

  func validate() throws { if keep < 0 { throw ValidationError("--keep takes 0 or more") } }

  func run() async throws {
    for folder in RunFolder.all(in: state.folder).dropLast(keep) where !JournalWriter.isAlive(folder) {
      try Folder.remove(folder.path)
      Terminal.write("\(folder.run)\n")
    }
  }
}
