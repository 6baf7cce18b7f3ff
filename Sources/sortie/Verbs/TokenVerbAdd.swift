import ArgumentParser
import Collection
import Model
import Store

struct TokenAddVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Make a token, and print it once.",
    discussion: """
      Examples:
        sortie token add jenkins                                 everything
        sortie token add teuthology --dialect paddles            one dialect
        sortie token add functest --project functest --project yardstick
                                                                 some projects of the Test API, and nothing else

      The token goes to stdout, and only its hash to the store: keep it, or make another.
      """)

  @Argument(help: "What it is called; who uses it, say.")
  var name: String

  @Option(
    name: .customLong("dialect"),
    help: ArgumentHelp("Only for this one: testapi, paddles or avocado. Repeatable.", valueName: "dialect"))
  var dialects: [DialectName] = []

  @Option(
    name: .customLong("project"),
    help: ArgumentHelp("Only for this project of the Test API. Repeatable.", valueName: "project"))
  var projects: [String] = []

  @Option(help: ArgumentHelp("Worth nothing after so many days.", valueName: "n"))
  var expiresDays: Int?

  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard (1...200).contains(name.utf8.count),
      !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else { throw ValidationError("A token's name has 1 to 200 bytes on one line.") }
    if let expiresDays, !(1...36_500).contains(expiresDays) {
      throw ValidationError("--expires-days takes 1 to 36500.")
    }
    if !projects.isEmpty, dialects.contains(where: { $0 != .testapi }) {
      throw ValidationError("--project limits the token to the Test API; paddles and avocado have no projects.")
    }
  }

  func run() async throws {
    let token = Token()
    let now = wallClock()
    let record = StoredToken(
      name: name, hash: token.hash, created: now,
      expires: expiresDays.map { now.advanced(bySeconds: 86_400 * Double($0)) },
      dialects: Set((projects.isEmpty ? dialects : [.testapi]).map(\.rawValue)), projects: Set(projects))
    try await store.with(making: true) { results in
      guard case .added = try await results.addToken(record) else {
        throw Fault(.usage, "there is a token \(name)", hint: "`sortie token revoke \(name)` first, or another name")
      }
    }
    Terminal.write(token.text + "\n")
    Terminal.say("this is shown once; only its hash is kept")
  }
}

extension DialectName: ExpressibleByArgument {}
