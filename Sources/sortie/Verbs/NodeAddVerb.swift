import ArgumentParser
import Definitions
import Foundation
import Journal
import Model
import Transport

struct NodeAddVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a node: check its host key, bring the agent, test it, write it down.",
    discussion: """
      Examples:
        sortie node add lab@10.0.0.7                                    asks whether the host key is the right one
        sortie node add lab@10.0.0.7:2222 --name n7 --identity ~/.ssh/lab --label rack=3 --slots 4
        sortie node add lab@10.0.0.7 --fingerprint SHA256:…             for scripts: only this key will do
      """)

  @Argument(help: ArgumentHelp("The node, or `local`.", valueName: "user@host[:port]"))
  var address: String

  @Option(help: "What to call it. (default: its host's name)")
  var name: String?

  @Option(help: ArgumentHelp("The private key to use, and no other.", valueName: "file"))
  var identity: String?

  @Option(help: ArgumentHelp("A label that cases may require; may be given again.", valueName: "k=v"))
  var label: [String] = []

  @Option(help: "How many cases it runs at once. (default: as many as it has cores)")
  var slots: Int?

  @Option(
    help: ArgumentHelp(
      "Where the agent may work. (default: the first of /var/tmp, ~/.cache, /tmp that will do)", valueName: "dir"))
  var directory: String?

  @Option(help: ArgumentHelp("An ssh_config to use instead of your own.", valueName: "file"))
  var sshConfig: String?

  @Option(help: ArgumentHelp("The Python interpreter for the Python drivers.", valueName: "file"))
  var python: String?

  @Option(help: ArgumentHelp("The host key's fingerprint, instead of a question.", valueName: "SHA256:…"))
  var fingerprint: String?

  @OptionGroup var lab: LabOptions

  func run() async throws {
    let file = lab.path.file
    let text = try existing(file)
    var node = try described()
    // Faults of name and numbers come before anything is sent anywhere.
    _ = try LabEditor.add(
      pinned(node, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), to: text,
      file: file)
    if case .ssh = node.address { node.hostKey = try await trusted(node).pin }
    let facts = try await NodeFactsCommand.read(node)
    NodeFactsCommand.show(facts)
    let edited = try LabEditor.add(node, to: try existing(file), file: file)
    try FileManager.default.createDirectory(
      atPath: (absolute(file) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try DurableFile.write(edited.utf8, to: absolute(file), mode: 0o644)
    Terminal.say("\(node.name) stands in \(file)")
  }

  private func existing(_ file: String) throws(Fault) -> String? {
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw Fault(.definition, "\(file) cannot be read as UTF-8 text")
    }
    return text
  }

  private func pinned(_ node: Node, _ key: String) -> Node {
    var node = node
    if case .ssh = node.address { node.hostKey = key }
    return node
  }

  private func described() throws -> Node {
    let place = try Node.Address(address)
    var labels: [String: String] = [:]
    for one in label {
      let parts = one.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let key = parts.first, !key.isEmpty else { throw ValidationError("--label takes key=value, not \(one)") }
      labels[key] = parts.count == 2 ? parts[1] : ""
    }
    var called = name
    if called == nil, case .ssh(let host, _, _) = place { called = host }
    return Node(
      name: called ?? "local", address: place,
      identity: identity.map { absolute(($0 as NSString).expandingTildeInPath) },
      sshConfig: sshConfig.map { absolute(($0 as NSString).expandingTildeInPath) }, labels: labels, slots: slots,
      directory: directory, python: python)
  }

  /// The host key, once somebody has said that it is the right one.
  private func trusted(_ node: Node) async throws -> HostKey {
    let keys = try await HostKeyProbe.fetch(node)
    if let fingerprint {
      guard let key = keys.first(where: { $0.fingerprint == fingerprint }) else {
        let theirs = keys.map { "\($0.fingerprint) (\($0.type))" }.joined(separator: ", ")
        throw Fault(.hostKey, "\(node.name) has no host key \(fingerprint); it has \(theirs)")
      }
      return key
    }
    guard let key = keys.first else { throw Fault(.hostKey, "\(node.name) has no host key") }
    Terminal.say("\(node.address.text) has the \(key.type) host key\n  \(key.fingerprint)")
    if case .ssh(let host, let port, _) = node.address,
      try await HostKeyProbe.isKnown(key, host: host, port: port ?? 22)
    {
      Terminal.say("your known_hosts has the same key")
    }
    Terminal.say("Is this the right key? [y/N] ", newline: false)
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      throw Fault(
        .hostKey, "the host key was not confirmed; nothing was changed",
        hint: "compare it with `ssh-keygen -lf` on the node")
    }
    return key
  }
}
