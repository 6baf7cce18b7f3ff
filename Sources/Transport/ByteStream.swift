import Model

/// Bytes from and to a node. One reader and any number of writers; each write is sent whole before the next.
public protocol ByteStream: Sendable {
  /// The next bytes, at least one and at most `limit`, as soon as there are any; nil at the end. Cancelling the task
  /// ends the call at once with `CancellationError` and loses no byte. Throws ``Model/Fault`` `.link` if the link broke.
  func read(upTo limit: Int) async throws -> [UInt8]?
  /// Hands over all of `bytes`; waits while the other side does not take them. Throws ``Model/Fault`` `.link` if the
  /// link broke or the other side takes no more, and `CancellationError` when the task was cancelled, after an unknown
  /// part of the bytes.
  func write(_ bytes: [UInt8]) async throws
  /// Gives the stream up. Calls in progress end with a fault; a second call does nothing.
  func close() async
}

/// A command on a node: the stream is its standard input and output.
public protocol NodeCommand: ByteStream {
  /// Ends the command's standard input. Throws as ``ByteStream/write(_:)`` does.
  func finishWriting() async throws
  /// How the command ended; waits for it. Read to the end first, or the command may be stuck on its output.
  /// Throws ``Model/Fault`` `.link` if that cannot be known any more.
  func ending() async throws -> Ending
  /// The last 64 KiB of standard error; all of it is drained while any call on the stream is in progress.
  var errorTail: [UInt8] { get async }
}

/// What came of a command that was run to its end.
public struct CommandResult: Hashable, Sendable {
  /// How it ended.
  public var ending: Ending
  /// All of standard output.
  public var output: [UInt8]
  /// The last 64 KiB of standard error.
  public var errors: [UInt8]

  /// Makes a result.
  public init(ending: Ending, output: [UInt8] = [], errors: [UInt8] = []) {
    self.ending = ending
    self.output = output
    self.errors = errors
  }

  /// Standard output as text; what is no UTF-8 is replaced.
  public var text: String { String(decoding: output, as: UTF8.self) }
  /// The last line of standard error that is not empty; for messages.
  public var complaint: String {
    String(decoding: errors, as: UTF8.self).split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
  }
}

/// A way to a node.
public protocol NodeConnection: Sendable {
  /// Starts a command; the words reach the program as they are. Throws ``Model/Fault`` `.link` if the link broke,
  /// `.usage` for an empty command or a word with a NUL.
  func open(_ command: [String]) async throws -> any NodeCommand
  /// Ends the link and everything that was opened over it.
  func close() async
  /// What of the user's SSH configuration is not honoured, one sentence each.
  var warnings: [String] { get async }
  /// The fingerprint of the node's host key, `SHA256:…`; nil for a node that is reached without one.
  var hostKeyFingerprint: String? { get async }
}
