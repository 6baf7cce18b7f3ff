import Coordination
import Model
import Transport

/// Reaches nodes through SSH, or this machine without it, and brings the agent where it is absent.
struct AgentConnector: Connector {
  let agent: AgentBinary
  /// Hears what of a user's SSH configuration is not honoured.
  let warn: @Sendable (String, Node) -> Void

  func attach(to node: Node) async throws -> any NodeLine {
    let connection = try await AgentConnector.connect(to: node)
    do {
      for warning in await connection.warnings { warn(warning, node) }
      let (command, first) = try await start("attach", on: node, connection)
      return AgentLine(connection: connection, command: command, first: first)
    } catch {
      await connection.close()
      throw error
    }
  }

  /// A way to the node, not yet to its agent.
  static func connect(to node: Node) async throws -> any NodeConnection {
    switch node.address {
    case .local: try LocalConnection()
    case .ssh: try await SSHConnection.connect(to: node)
    }
  }

  /// Runs the agent in one of its modes, bringing it first if it is absent. Returns the running command and the bytes
  /// that were read of its answer.
  func start(
    _ mode: String, on node: Node, _ connection: any NodeConnection
  ) async throws -> (any NodeCommand, [UInt8]) {
    for _ in 0..<2 {
      let command = try await connection.open(Bootstrap.command(mode, agent, on: node))
      let answer: Bootstrap.Answer
      let seen: [UInt8]
      do {
        (answer, seen) = try await AgentConnector.answer(of: command, on: node)
      } catch {
        await command.close()
        throw error
      }
      switch answer {
      case .open, .agent: return (command, seen)
      case .absent(let path):
        await command.close()
        try await connection.upload(agent.path, to: path, sha256: agent.hash)
      case .refused(let reason):
        await command.close()
        throw Fault(.missingTool, "\(node.name): \(reason)", hint: "set the node's `directory:`")
      }
    }
    throw Fault(.system, "\(node.name): the agent was brought there and is still absent")
  }

  /// Seconds until a node must have answered: a new agent first waits for what its dead predecessor left.
  private static let patience = 20.0

  /// What the node says first. A stopped agent lets itself be connected to and says nothing; so does a shell that hangs.
  private static func answer(
    of command: any NodeCommand, on node: Node
  ) async throws -> (Bootstrap.Answer, [UInt8]) {
    try await withThrowingTaskGroup(of: (Bootstrap.Answer, [UInt8]).self) { group in
      group.addTask {
        var seen: [UInt8] = []
        while true {
          let bytes = try await command.read(upTo: 64 << 10)
          seen += bytes ?? []
          let answer = Bootstrap.read(seen, isWhole: bytes == nil)
          if answer != .open { return (answer, seen) }
        }
      }
      group.addTask {
        try await Task.sleep(for: .seconds(patience))
        throw Fault(.link, "\(node.name): no agent answered within \(Int(patience)) s")
      }
      defer { group.cancelAll() }
      guard let first = try await group.next() else { throw CancellationError() }
      return first
    }
  }
}

/// A line to an agent over an SSH channel or a local process.
private actor AgentLine: NodeLine {
  private let connection: any NodeConnection
  private let command: any NodeCommand
  private var first: [UInt8]?

  init(connection: any NodeConnection, command: any NodeCommand, first: [UInt8]) {
    self.connection = connection
    self.command = command
    self.first = first.isEmpty ? nil : first
  }

  func read() async throws -> [UInt8]? {
    if let bytes = first {
      first = nil
      return bytes
    }
    return try await command.read(upTo: 1 << 20)
  }

  nonisolated func write(_ bytes: [UInt8]) async throws { try await command.write(bytes) }

  func complaint() async -> String {
    let text = String(decoding: await command.errorTail.suffix(1000), as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
  }

  func close() async {
    await command.close()
    await connection.close()
  }
}
