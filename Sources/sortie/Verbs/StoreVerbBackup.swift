import ArgumentParser
import Store

struct StoreBackupVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy a store to a file, while it is in use.",
    discussion: """
      Examples:
        sortie store backup monday.db                          of sortie.db
        sortie store backup --force latest.db --store all.db   in place of the last one

      The copy is the store as it was at one moment. It has its name once it is complete, checked and on disk.
      """)

  @Argument(help: "The copy.")
  var file: String

  @OptionGroup var options: StoreOptions

  @Flag(help: "Replace a file that is there.")
  var force = false

  func run() async throws {
    let bytes = try StoreBackup.make(of: options.store, at: file, replacing: force)
    Terminal.write("\(file) \(bytes)\n")
  }
}
