import ArgumentParser
import Laboratory
import Model
import Reporting

struct LabVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab", abstract: "Raise a lab of real SSH nodes on this machine, for a first look and for tests.",
    discussion: """
      Examples:
        sortie lab up                                     three nodes on loopback; says where their lab file is
        sortie run --lab .sortie/lab/lab.yaml healthcheck
        sortie lab down
      """, subcommands: [LabUpVerb.self, LabStatusVerb.self, LabDownVerb.self])
}

/// Which lab.
struct LabFolder: ParsableArguments {
  @Option(help: ArgumentHelp("The lab's folder. (default: lab/ in the state folder)", valueName: "dir"))
  var directory: String?

  @OptionGroup var state: StateOptions

  var path: String { directory.map(absolute) ?? state.folder + "/lab" }
}

struct LabUpVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "up", abstract: "Raise the lab.")

  @Option(help: "How many nodes.")
  var nodes = 3

  @Option(help: "How many cases each node runs at once. (default: as many as there are cores)")
  var slots: Int?

  @Option(
    help: ArgumentHelp(
      "The Python interpreter for the Python drivers. (default: .venv/bin/python if it is here)", valueName: "file"))
  var python: String?

  @Option(help: ArgumentHelp("A folder that the nodes shall find empty; may be given again.", valueName: "dir"))
  var hide: [String] = []

  @OptionGroup var folder: LabFolder

  func run() async throws {
    let nodes = try Laboratory.up(
      directory: folder.path, nodes: nodes, slotsPerNode: slots, python: python.map(absolute) ?? ownPython(),
      hiding: hide.map(absolute))
    for node in nodes { Terminal.say("\(node.name) listens on 127.0.0.1:\(node.port)") }
    Terminal.write("\(folder.path)/lab.yaml\n")
  }
}

struct LabStatusVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "status", abstract: "Show how the lab fares.")

  @OptionGroup var folder: LabFolder

  func run() async throws {
    let nodes = try Laboratory.status(directory: folder.path)
    Terminal.write(
      Columns.text(
        ["NODE", "PORT", "STATE", "PROCESSES"],
        nodes.map { [$0.node.name, "\($0.node.port)", $0.isUp ? "up" : "down", $0.processes.joined(separator: ", ")] }))
    if nodes.contains(where: { !$0.isUp }) { throw ExitStatus.infrastructure }
  }
}

struct LabDownVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down", abstract: "Take the lab down: its servers, its agents, whatever they run.")

  @OptionGroup var folder: LabFolder

  func run() async throws { try Laboratory.down(directory: folder.path) }
}
