import ArgumentParser
import Collection
import Dialects
import Foundation
import Model
import Reporting
import Store

struct StoreImportVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read exported stores, and what other collection APIs held, into a store.",
    discussion: """
      Examples:
        sortie store import all.jsonl --store new.db                          what `sortie store export` wrote
        sortie store import --from mongoexport pods.json results.json         a Test API's collections
        sortie store import --from mongoexport --collection results dump-7    of a file whose name does not say
        sortie store import --from teuthology /a/archive                      runs and jobs, for paddles

      What is there already is skipped and counted, so that an import that was cut short is simply begun again.
      What cannot be imported is named by file and line.

      Exits 0 if everything is there now, and 1 if not. docs/store.md says more.
      """)

  /// What files hold.
  enum Source: String, ExpressibleByArgument, CaseIterable {
    case sortie, mongoexport, teuthology
  }

  @Argument(help: "Files, or - for stdin; folders for teuthology.")
  var files: [String]

  @OptionGroup var options: StoreOptions

  @Option(help: "What they hold: sortie, mongoexport or teuthology.")
  var from = Source.sortie

  @Option(help: ArgumentHelp("Which collection the files of mongoexport hold.", valueName: "name"))
  var collection: String?

  @Option(help: "Only the tables of one dialect: testapi, paddles or avocado.")
  var dialect: DialectName?

  @Flag(help: "Tokens too.")
  var withTokens = false

  @Flag(help: "End at the first thing that goes wrong.")
  var strict = false

  func validate() throws {
    if from != .mongoexport, collection != nil { throw ValidationError("--collection goes with --from mongoexport") }
    if from != .sortie, withTokens || dialect != nil {
      throw ValidationError("--dialect and --with-tokens go with what `sortie store export` wrote")
    }
    if let collection, MongoDocument.Collection(rawValue: collection) == nil {
      let known = MongoDocument.Collection.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--collection takes one of \(known)")
    }
  }

  func run() async throws {
    for file in files where file != "-" && !FileManager.default.isReadableFile(atPath: file) {
      throw Fault(.notFound, "\(file) is not there, or cannot be read")
    }
    let store = try options.openOrMake()
    let tally = try await read(into: store)
    try store.close()
    Terminal.write(tally.text)
    if !tally.isWhole { throw ExitStatus.failed }
  }

  private func read(into store: ResultStore) async throws -> ImportTally {
    let tally = ImportTally(isStrict: strict)
    switch from {
    case .sortie:
      let choice = TableChoice(dialect: dialect?.rawValue, withTokens: withTokens)
      var lines = try await LinesImport(into: store, choice, tally: tally)
      try await lines.run(files)
      return lines.tally
    case .mongoexport:
      let collection = collection.flatMap(MongoDocument.Collection.init)
      var documents = try await MongoImport(into: store, collection: collection, tally: tally)
      try await documents.run(files)
      return documents.tally
    case .teuthology:
      var archives = TeuthologyImport(into: store, tally: tally)
      try await archives.run(files)
      return archives.tally
    }
  }
}
