import ArgumentParser
import Store

struct StoreRestoreVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a backup in a store's place.",
    discussion: """
      Examples:
        sortie store restore monday.db --store results.db               what results.db holds now is lost
        sortie store restore monday.db --store results.db --keep-old    it stays beside it

      Nobody may use the store. The backup is checked first, and stays.
      """)

  @Argument(help: "The backup.")
  var file: String

  @OptionGroup var options: StoreOptions

  @Flag(help: "Keep what the store holds now, under another name.")
  var keepOld = false

  func run() async throws {
    let old = try StoreBackup.restore(file, to: options.store, keepingOld: keepOld)
    Terminal.say("\(options.store) is \(file) now" + (old.map { "; what it was is \($0)" } ?? ""))
  }
}
