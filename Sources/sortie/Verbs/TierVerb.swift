import ArgumentParser
import Model

struct TierVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tier", abstract: "List the catalog's tiers, or show one.",
    discussion: """
      Examples:
        sortie tier list
        sortie tier show smoke
      """, subcommands: [TierListVerb.self, TierShowVerb.self], defaultSubcommand: TierListVerb.self)
}

struct TierListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List tiers.")

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var format: FormatOptions

  private struct Row: Encodable {
    var tier: String
    var order: Int?
    var loop: String?
    var description: String
    var cases: [String]
  }

  func run() async throws {
    let tiers = try catalog.read().tiers
    switch format.format {
    case .json:
      try JSONOutput.write([
        "tiers": tiers.map {
          Row(tier: $0.name, order: $0.order, loop: $0.loop, description: $0.description, cases: $0.cases.map(\.name))
        }
      ])
    case .table:
      Terminal.write(
        Columns.text(
          ["TIER", "CASES", "LOOP", "DESCRIPTION"],
          tiers.map { [$0.name, "\($0.cases.count)", $0.loop ?? "", oneLine($0.description)] }))
    }
  }
}

struct TierShowVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a tier and its cases.")

  @Argument(help: "The tier.")
  var tier: String

  @OptionGroup var catalog: CatalogOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let tiers = try catalog.read().tiers
    guard let found = tiers.first(where: { $0.name == tier }) else {
      throw Fault(.notFound, "there is no tier \(tier)", hint: "there is: \(tiers.map(\.name).joined(separator: ", "))")
    }
    if format.format == .json { return try JSONOutput.write(found) }
    Terminal.write("\(found.name): \(oneLine(found.description))\n\n")
    Terminal.write(
      Columns.text(
        ["CASE", "PROJECT", "DOMAIN", "GATE", "DRIVER", "DESCRIPTION"],
        found.cases.map {
          [$0.name, $0.project, $0.domain, $0.isBlocking ? "yes" : "", $0.run?.driver ?? "-", oneLine($0.description)]
        }))
  }
}

/// The first 60 letters, on one line.
func oneLine(_ text: String) -> String {
  let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  return words.count > 60 ? words.prefix(59) + "…" : words
}
