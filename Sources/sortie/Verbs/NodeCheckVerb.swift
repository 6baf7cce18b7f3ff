import ArgumentParser
import FoundationEssentials
import Model
import Reporting
import Transport

struct NodeCheckVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Reach nodes, bring the agent if it is absent, and show what they say about themselves.")

  @Argument(help: "The nodes. (default: all)")
  var names: [String] = []

  @OptionGroup var lab: LabOptions

  func run() async throws {
    let nodes = names.isEmpty ? try lab.read().nodes : try names.map(lab.node)
    var isFine = true
    for node in nodes {
      do {
        let facts = try await NodeFactsCommand.read(node)
        Terminal.write("\(node.name): fine\n")
        NodeFactsCommand.show(facts)
      } catch let fault as Fault {
        Terminal.write("\(node.name): \(fault)\n")
        isFine = false
      }
    }
    if !isFine { throw ExitStatus.infrastructure }
  }
}

/// What a node's agent says when it is asked without a run.
enum NodeFactsCommand {
  /// Brings the agent, lets it test itself, and reads its facts. Throws faults.
  static func read(_ node: Node) async throws -> NodeFacts {
    let connector = AgentConnector(agent: try AgentBinary.find()) { warning, node in
      Terminal.say("\(node.name): \(warning)")
    }
    let connection = try await AgentConnector.connect(to: node)
    do {
      for warning in await connection.warnings { Terminal.say("\(node.name): \(warning)") }
      // The clock is read around a short command, not around the upload.
      _ = try await finish(connector.start("version", on: node, connection))
      let before = wallClock()
      let clock = try await connection.run(["date", "+%s.%N"])
      let after = wallClock()
      let bytes = try await finish(connector.start("facts", on: node, connection))
      await connection.close()
      guard let start = bytes.firstIndex(of: UInt8(ascii: "{")),
        var facts = try? JSONDecoder().decode(NodeFacts.self, from: Data(bytes[start...]))
      else { throw Fault(.wire, "\(node.name): the agent's facts cannot be read") }
      if let theirs = Double(clock.text.filter { !$0.isWhitespace }) {
        let half = after.seconds(since: before) / 2
        facts.clockOffset = (theirs - Double(before.nanoseconds) / 1e9 - half) * 1000
        facts.clockUncertainty = half * 1000
      }
      return facts
    } catch {
      await connection.close()
      throw error
    }
  }

  private static func finish(_ started: (any NodeCommand, [UInt8])) async throws -> [UInt8] {
    var (command, bytes) = started
    while bytes.count < 1 << 20, let more = try await command.read(upTo: 64 << 10) { bytes += more }
    let ending = try await command.ending()
    let complaint = String(decoding: await command.errorTail.suffix(1000), as: UTF8.self)
    await command.close()
    guard ending == .exited(0) else { throw Fault(.system, "the agent's test failed: \(complaint)") }
    return bytes
  }

  /// Shows facts, and what the operator should know.
  static func show(_ facts: NodeFacts) {
    func gibibytes(_ bytes: Int64) -> String { "\((Double(bytes) / Double(1 << 30) * 10).rounded() / 10) GiB" }
    var lines = [
      "  system    \(facts.system), \(facts.architecture)", "  cores     \(facts.cores)",
      "  memory    \(gibibytes(facts.memory))", "  disk free \(gibibytes(facts.diskFree)) in \(facts.directory)",
    ]
    if let offset = facts.clockOffset {
      let uncertainty = Int((facts.clockUncertainty ?? 0).rounded(.up))
      lines.append("  clock     \(Int(offset.rounded())) ms ahead of this machine's, give or take \(uncertainty) ms")
    }
    lines += facts.warnings.map { "  warning   \($0)" }
    for line in lines { Terminal.say(line) }
  }
}
