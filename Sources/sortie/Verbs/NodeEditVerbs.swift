import ArgumentParser
import Definitions
import Foundation
import Journal
import Model
import Transport

struct NodeDrainVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Give a node no new work in runs that start from now on.")

  @Argument(help: "The node.")
  var name: String

  @Flag(help: "Give it work again.")
  var undo = false

  @OptionGroup var lab: LabOptions

  func run() async throws {
    try LabFile.edit(lab) { text, file throws(Fault) in try LabEditor.setDrained(name, !undo, in: text, file: file) }
    Terminal.say("\(name) is \(undo ? "in use again" : "drained")")
  }
}

struct NodeRemoveVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Strike a node out of the lab file; nothing is deleted on the node.")

  @Argument(help: "The node.")
  var name: String

  @OptionGroup var lab: LabOptions

  func run() async throws {
    try LabFile.edit(lab) { text, file throws(Fault) in try LabEditor.remove(name, from: text, file: file) }
    Terminal.say("\(name) is removed; `sortie node clean` before that would have deleted its agent's files")
  }
}

struct NodeCleanVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Delete what idle agents left on a node; refuses while one is at work there.")

  @Argument(help: "The node.")
  var name: String

  @OptionGroup var lab: LabOptions

  // `flock` tells whether an agent lives: it holds the lock for its life. Arguments are positional, nothing is pasted in.
  private static let script = """
    status=0
    for base in "$@"; do
      case $base in '~/'*) base=$HOME/${base#??} ;; esac
      folder=$base/sortie-$(id -u)
      test -d "$folder" && test -O "$folder" && test ! -L "$folder" || continue
      for host in "$folder"/*/; do
        test -e "$host/agent.lock" || continue
        flock -n "$host/agent.lock" true || { echo "an agent is at work in $host" >&2; status=1; }
      done
      test $status = 0 && rm -rf -- "$folder" && echo "$folder"
    done
    exit $status
    """

  func run() async throws {
    let node = try lab.node(name)
    let connection = try await AgentConnector.connect(to: node)
    let result: CommandResult
    do {
      result = try await connection.run(
        ["sh", "-c", NodeCleanVerb.script, "sortie-clean"] + Bootstrap.folders(of: node))
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
    Terminal.write(result.text)
    guard result.ending == .exited(0) else {
      throw Fault(.busy, "\(name): \(result.complaint)", hint: "an idle agent goes away by itself after ten minutes")
    }
  }
}

/// The lab file as text.
enum LabFile {
  /// Replaces the file with what `change` makes of it. Throws `.notFound` and what `change` throws.
  static func edit(_ options: LabOptions, _ change: (String, String) throws(Fault) -> String) throws(Fault) {
    let file = options.path.file
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw Fault(.notFound, "the lab file \(file) is not there or cannot be read")
    }
    try DurableFile.write(try change(text, file).utf8, to: absolute(file), mode: 0o644)
  }
}
