import ArgumentParser
import Definitions
import Model

struct NodeListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the lab's nodes.")

  @OptionGroup var lab: LabOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let nodes = try lab.read().nodes
    switch format.format {
    case .json: try JSONOutput.write(["nodes": nodes.map(NodeRow.init)])
    case .table:
      Terminal.write(
        Columns.text(
          ["NODE", "ADDRESS", "SLOTS", "LABELS", "STATE"],
          nodes.map { node in
            [
              node.name, node.address.text, node.slots.map(String.init) ?? "cores",
              node.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","),
              node.isDrained ? "drained" : "",
            ]
          }))
    }
  }
}

struct NodeShowVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what the lab file says of a node.")

  @Argument(help: "The node.")
  var name: String

  @OptionGroup var lab: LabOptions
  @OptionGroup var format: FormatOptions

  func run() async throws {
    let row = NodeRow(try lab.node(name))
    if format.format == .json { return try JSONOutput.write(row) }
    for (key, value) in row.lines { Terminal.write(key + String(repeating: " ", count: 12 - key.count) + value + "\n") }
  }
}

/// A node as it is listed.
struct NodeRow: Encodable {
  var name, address: String
  var host_key, identity, directory, python: String?
  var labels: [String: String]
  var slots: Int?
  var drained: Bool

  init(_ node: Node) {
    name = node.name
    address = node.address.text
    host_key = node.hostKey
    identity = node.identity
    directory = node.directory
    python = node.python
    labels = node.labels
    slots = node.slots
    drained = node.isDrained
  }

  var lines: [(String, String)] {
    let all: [(String, String?)] = [
      ("name", name), ("address", address), ("host key", host_key), ("identity", identity), ("directory", directory),
      ("python", python), ("slots", slots.map(String.init) ?? "as many as cores"),
      ("labels", labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")),
      ("drained", drained ? "yes" : "no"),
    ]
    return all.compactMap { key, value in value.map { (key, $0) } }
  }
}

extension LabOptions {
  /// The node of that name. Throws `.notFound`.
  func node(_ name: String) throws -> Node {
    let nodes = try read().nodes
    guard let node = nodes.first(where: { $0.name == name }) else {
      throw Fault(.notFound, "there is no node \(name)", hint: "there is: \(nodes.map(\.name).joined(separator: ", "))")
    }
    return node
  }
}
