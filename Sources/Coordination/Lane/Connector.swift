import Model

/// A line to the agent of a node, as bytes. What reaches the coordinator before the wire's magic is noise.
public protocol NodeLine: Sendable {
  /// The next bytes; nil at the end. Cancelling the task ends the wait. Throws a ``Model/Fault``.
  func read() async throws -> [UInt8]?
  /// Sends all bytes. Throws a ``Model/Fault``.
  func write(_ bytes: [UInt8]) async throws
  /// What the far end said on its error stream, for messages.
  func complaint() async -> String
  /// Lets the line go.
  func close() async
}

/// Reaches nodes. The coordinator is handed one, and knows of neither SSH nor processes.
public protocol Connector: Sendable {
  /// Attaches to the node's agent, bringing it there and starting it if need be. Throws a ``Model/Fault``:
  /// `.link` and `.system` are worth another try, others are not.
  func attach(to node: Node) async throws -> any NodeLine
}
