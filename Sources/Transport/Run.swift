import Model

extension NodeConnection {
  /// Runs a command to its end, with `input` as its standard input. Throws ``Model/Fault`` `.link` if the link broke,
  /// `.limit` if it writes more than `limit` bytes to standard output, and what ``NodeConnection/open(_:)`` throws.
  public func run(_ command: [String], input: [UInt8] = [], limit: Int = 1 << 20) async throws -> CommandResult {
    try await run(command, limit: limit) { stream in if !input.isEmpty { try await stream.write(input) } }
  }

  /// Runs a command to its end; `feed` writes its standard input, which ends when `feed` returns.
  func run(
    _ command: [String], limit: Int = 1 << 20, feed: @escaping @Sendable (any NodeCommand) async throws -> Void
  ) async throws -> CommandResult {
    let stream = try await open(command)
    do {
      let result = try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          // A command that ends without reading its input tells why by its status.
          do {
            try await feed(stream)
            try await stream.finishWriting()
          } catch let fault as Fault where fault.code == .link {}
        }
        var output: [UInt8] = []
        while let bytes = try await stream.read(upTo: 1 << 20) {
          output += bytes
          guard output.count <= limit else {
            throw Fault(.limit, "\(command[0]) wrote more than \(limit) bytes")
          }
        }
        let ending = try await stream.ending()
        group.cancelAll()
        do { try await group.waitForAll() } catch is CancellationError {}
        return CommandResult(ending: ending, output: output, errors: await stream.errorTail)
      }
      await stream.close()
      return result
    } catch {
      await stream.close()
      throw error
    }
  }
}
