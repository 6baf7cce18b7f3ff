import ArgumentParser
import Definitions
import Foundation
import Model

/// Where state lies.
struct StateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where runs and the outbox are kept. (default: $SORTIE_STATE, else .sortie)", valueName: "dir"))
  var state: String?

  /// The folder, absolute.
  var folder: String { absolute(state ?? variable("SORTIE_STATE") ?? ".sortie") }
}

/// Which nodes there are.
struct LabOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The inventory of nodes. (default: $SORTIE_LAB, else agents/lab.yaml)", valueName: "file"))
  var lab: String?

  /// The file that is meant, and whether somebody named it.
  var path: (file: String, isNamed: Bool) {
    if let named = lab ?? variable("SORTIE_LAB") { return (named, true) }
    return ("agents/lab.yaml", false)
  }

  /// The file, absolute; nil if there is none.
  var existing: String? {
    let file = absolute(path.file)
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// The lab: of a named file, else of the default one, else this machine alone, which is said.
  func read() throws -> Lab {
    let (file, isNamed) = path
    guard FileManager.default.fileExists(atPath: file) else {
      guard !isNamed else {
        throw Fault(.notFound, "the lab file \(file) is not there", hint: "`sortie node add` makes one")
      }
      Terminal.say("no lab file: everything runs on this machine, as node `local`")
      return Lab(nodes: [Node(name: "local", address: .local, python: ownPython())])
    }
    let (lab, diagnostics) = try LabReader.read(path: file)
    Terminal.say(diagnostics.text, newline: false)
    return lab
  }
}

/// Where the catalog is.
struct CatalogOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The catalog: a file, or a folder of them. (default: tiers)", valueName: "path"))
  var catalog: String?

  /// The path that is meant.
  var path: String { catalog ?? Self.usual }

  /// The path that is meant if nobody names one.
  static var usual: String { variable("SORTIE_CATALOG") ?? "tiers" }

  /// The catalog; warnings are said.
  func read() throws -> Catalog {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Fault(.notFound, "there is no catalog at \(path)", hint: "name one with --catalog FILE or DIR")
    }
    let (catalog, diagnostics) = try CatalogReader.read(path: path)
    Terminal.say(diagnostics.text, newline: false)
    return catalog
  }
}

/// How something is listed.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json
}

/// How something is listed.
struct FormatOptions: ParsableArguments {
  @Option(name: [.customShort("o"), .customLong("output")], help: "How to list: table or json.")
  var format = ListFormat.table
}

/// What to run, under which circumstances.
struct SelectionOptions: ParsableArguments {
  @Argument(help: "Tiers and cases by name: comma lists and globs; `all` or nothing: everything.")
  var names: [String] = []

  @Option(
    name: [.customShort("t"), .customLong("test")],
    help: ArgumentHelp("More names, as run_tests takes them.", valueName: "a,b"))
  var tests: [String] = []

  @Option(help: ArgumentHelp("Tiers and cases that are not wanted.", valueName: "glob"))
  var exclude: [String] = []

  @Option(help: ArgumentHelp("The loop: daily or weekly. (default: $CI_LOOP, else every tier)", valueName: "loop"))
  var loop: String?

  @Option(
    help: ArgumentHelp("Who installed the SUT. (default: the SUT file's, else $INSTALLER_TYPE)", valueName: "name"))
  var installer: String?

  @Option(help: ArgumentHelp("What was installed. (default: the SUT file's, else $DEPLOY_SCENARIO)", valueName: "name"))
  var scenario: String?

  @Option(help: ArgumentHelp("The system under test, as YAML.", valueName: "file"))
  var sut: String?

  @Option(help: ArgumentHelp("The CI job's tag. (default: $BUILD_TAG)", valueName: "tag"))
  var buildTag: String?

  @Option(help: ArgumentHelp("One of n shares of the selection, for CI jobs side by side.", valueName: "k/n"))
  var slice: Slice?

  @Flag(help: "One tier after the other, whether or not a gate stands between.")
  var strictTiers = false

  @OptionGroup var catalog: CatalogOptions
}

extension Slice: ExpressibleByArgument {
  /// Reads `2/5`.
  public init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let count = Int(parts[1]) else { return nil }
    self.init(index: index, count: count)
  }
}
