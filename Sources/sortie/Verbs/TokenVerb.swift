import ArgumentParser

struct TokenVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Say who may write to the collection API.",
    discussion: """
      Examples:
        sortie token add jenkins                           prints a token, once; it may write everything
        sortie token add functest --project functest --expires-days 90
        sortie token list                                  names and scopes; tokens themselves are not kept
        sortie token revoke jenkins                        a running server knows within a second

      Clients send it as `X-Auth-Token: …`, `Authorization: Bearer …`, or as the password of Basic authentication.
      """,
    subcommands: [TokenAddVerb.self, TokenListVerb.self, TokenRevokeVerb.self])
}
