import ArgumentParser
import Definitions
import Model
import Reporting

struct CheckVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check catalogs, lab files and SUT files, and say everything that is wrong.",
    discussion: """
      Examples:
        sortie check                         the catalog in tiers/
        sortie check pod.yaml agents/lab.yaml testcases.yaml
      """)

  @Argument(help: "Files or folders. (default: tiers)")
  var paths: [String] = []

  func run() async throws {
    var errors = 0
    for path in paths.isEmpty ? [CatalogOptions.usual] : paths {
      let diagnostics = DefinitionCheck.check(path: path, environment: processEnvironment)
      Terminal.say(diagnostics.text, newline: false)
      errors += diagnostics.errors.count
      if diagnostics.errors.isEmpty { Terminal.write("\(path): fine, \(diagnostics.warnings.count) warnings\n") }
    }
    if errors > 0 { throw ExitStatus.usage }
  }
}
