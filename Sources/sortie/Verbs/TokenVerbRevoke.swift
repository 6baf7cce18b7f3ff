import ArgumentParser
import Model
import Store

struct TokenRevokeVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Take a token back; a running server knows within a second.",
    discussion: """
      Examples:
        sortie token revoke jenkins
      """)

  @Argument(help: "The token's name, as `sortie token list` shows it.")
  var name: String

  @OptionGroup var store: StoreOptions

  func run() async throws {
    try await store.with { results in
      guard try await results.removeToken(named: name) else {
        throw Fault(.notFound, "there is no token \(name)", hint: "`sortie token list` names them")
      }
    }
    Terminal.say("revoked: \(name)")
  }
}
