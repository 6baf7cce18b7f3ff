import ArgumentParser
import Model
import Store

struct StorePruneVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove results and runs that are older than some days.",
    discussion: """
      Examples:
        sortie store prune --keep-days 400 --dry-run    how many there are
        sortie store prune --keep-days 400              while `sortie serve` goes on
        sortie store prune --keep-days 400 --vacuum     and make the file smaller; nobody may use the store

      Ages count from when something arrived here; Avocado's jobs have the time that they say.
      Pods, projects, cases, scenarios and nodes stay.
      """)

  @OptionGroup var options: StoreOptions

  @Option(help: ArgumentHelp("How many days stay.", valueName: "n"))
  var keepDays: Int

  @Flag(help: "Only say how many would go.")
  var dryRun = false

  @Flag(help: "Give the room back to the disk afterwards.")
  var vacuum = false

  func validate() throws {
    if !(0...100_000).contains(keepDays) { throw ValidationError("--keep-days takes 0 to 100000") }
  }

  func run() async throws {
    let time = wallClock().advanced(bySeconds: -86_400 * Double(keepDays))
    let store = try options.open()
    let pruned = dryRun ? try await store.aged(before: time) : try await store.prune(before: time)
    try store.close()
    for one in pruned { Terminal.write("\(one.name) \(one.rows)\n") }
    if vacuum, !dryRun { try StoreBackup.vacuum(options.store) }
  }
}
