import ArgumentParser
import Model
import Store

struct TokenListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the tokens: names, scopes, dates.",
    discussion: """
      Examples:
        sortie token list --store results.db
      """)

  @OptionGroup var store: StoreOptions

  func run() async throws {
    let tokens = try await store.with { try await $0.tokens() }
    let now = wallClock()
    for token in tokens {
      let scope = token.dialects.isEmpty ? "everything" : token.dialects.sorted().joined(separator: ",")
      let projects = token.projects.isEmpty ? "" : " only " + token.projects.sorted().joined(separator: ",")
      let end =
        token.expires.map { "\($0 <= now ? "expired" : "expires") \($0.rfc3339.prefix(10))" } ?? "does not expire"
      Terminal.write("\(token.name)\t\(scope)\(projects)\tadded \(token.created.rfc3339.prefix(10))\t\(end)\n")
    }
    if tokens.isEmpty { Terminal.say("there are no tokens") }
  }
}
