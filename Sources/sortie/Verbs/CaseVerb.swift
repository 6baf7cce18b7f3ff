import ArgumentParser
import Model

struct CaseVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case", abstract: "List the catalog's cases, or show one.",
    discussion: """
      Examples:
        sortie case list
        sortie case show vping_ssh
      """, subcommands: [CaseListVerb.self, CaseShowVerb.self], defaultSubcommand: CaseListVerb.self,
    aliases: ["testcase"])
}

struct CaseListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List cases.")

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let cases = try catalog.read().cases
    switch format.format {
    case .json: try JSONOutput.write(["cases": cases])
    case .table:
      Terminal.write(
        Columns.text(
          ["CASE", "TIER", "DOMAIN", "PROJECT", "DRIVER", "DESCRIPTION"],
          cases.map { [$0.name, $0.tier, $0.domain, $0.project, $0.run?.driver ?? "-", oneLine($0.description)] }))
    }
  }
}

struct CaseShowVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a case.")

  @Argument(help: "The case.")
  var name: String

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let cases = try catalog.read().cases
    guard let found = cases.first(where: { $0.name == name }) else {
      throw Fault(.notFound, "there is no case \(name)", hint: "`sortie case list` names them")
    }
    if format.format == .json { return try JSONOutput.write(found) }
    let criteria =
      switch found.criteria {
      case .percentage(let threshold): "\(threshold) %"
      case .expression(let text): text
      }
    var rows: [(String, String)] = [
      ("case", found.name), ("project", found.project), ("tier", found.tier), ("domain", found.domain),
      ("description", found.description.split(whereSeparator: \.isWhitespace).joined(separator: " ")),
      ("criteria", criteria), ("gate", found.isBlocking ? "yes" : "no"),
      ("driver", found.run?.driver ?? "nothing to run"),
    ]
    for dependency in found.dependencies {
      rows.append(("needs", "\(dependency.variable) =~ \(dependency.pattern ?? "(never)")"))
    }
    for lock in found.locks { rows.append(("locks", "\(lock.name) (\(lock.mode.rawValue))")) }
    for (label, value) in found.requires.sorted(by: { $0.key < $1.key }) {
      rows.append(("requires", "\(label)=\(value)"))
    }
    if let timeout = found.timeout { rows.append(("timeout", "\(timeout) s")) }
    if let location = found.location { rows.append(("defined at", "\(location)")) }
    let width = rows.map(\.0.count).max() ?? 0
    for (key, value) in rows {
      Terminal.write(key + String(repeating: " ", count: width - key.count + 2) + value + "\n")
    }
  }
}
