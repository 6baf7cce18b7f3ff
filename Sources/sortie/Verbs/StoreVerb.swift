import ArgumentParser
import Foundation
import Logging
import Model
import Store

struct StoreVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Care for the collection API's store: back up, check, prune, move.",
    discussion: """
      Examples:
        sortie store backup monday.db --store results.db       while `sortie serve` goes on
        sortie store check --store results.db                  is everything sound?
        sortie store prune --keep-days 400 --dry-run           what is older
        sortie store export > all.jsonl                        everything, as JSON lines
        sortie store import --from mongoexport results.json    what another Test API held

      docs/store.md says more.
      """,
    subcommands: [
      StoreBackupVerb.self, StoreRestoreVerb.self, StoreCheckVerb.self, StorePruneVerb.self, StoreExportVerb.self,
      StoreImportVerb.self,
    ])
}

/// Which store.
struct StoreOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The SQLite database.", valueName: "file"))
  var store = "sortie.db"

  private var isThere: Bool { FileManager.default.fileExists(atPath: store) }

  /// Opens a store that must be there; a missing one is not made.
  func open() throws -> ResultStore {
    guard isThere else { throw Fault(.notFound, "there is no store at \(store)", hint: "name one with --store FILE") }
    return try openOrMake()
  }

  /// Does something with the store.
  /// - Parameter making: whether a missing one is made, which is said, since the name may be wrong.
  func with<Value>(making: Bool = false, _ body: (ResultStore) async throws -> Value) async throws -> Value {
    let isNew = making && !isThere
    let results = making ? try openOrMake() : try open()
    if isNew { Terminal.say("\(store) was not there, and is made") }
    let value = try await body(results)
    try results.close()
    return value
  }

  /// Opens a store, and makes it if it is not there.
  func openOrMake() throws -> ResultStore {
    try ResultStore(path: store, clock: wallClock, logger: Logger(label: "sortie.store"))
  }
}
