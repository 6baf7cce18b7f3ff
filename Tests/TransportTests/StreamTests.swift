import Model
import Testing

@testable import Transport

/// What holds for commands on any node, however it is reached.
@Suite struct StreamTests {
  @Test(arguments: Way.allCases)
  func everyByteComesBack(way: Way) async throws {
    let bytes = noise(64 << 20)
    try await way.with { connection in
      let stream = try await connection.open(["cat"])
      async let sent: Void = send(bytes, in: 1 << 20, to: stream)
      let received = try await rest(of: stream)
      try await sent
      #expect(received == bytes)
      #expect(try await stream.ending() == .exited(0))
    }
  }

  private func send(_ bytes: [UInt8], in size: Int, to stream: any NodeCommand) async throws {
    for start in stride(from: 0, to: bytes.count, by: size) {
      try await stream.write(Array(bytes[start..<min(start + size, bytes.count)]))
    }
    try await stream.finishWriting()
  }

  @Test(arguments: Way.allCases)
  func statusOutputAndErrorsAreToldApart(way: Way) async throws {
    try await way.with { connection in
      let result = try await connection.run(["sh", "-c", "cat; echo bad >&2; exit 7"], input: Array("in".utf8))
      #expect(result == CommandResult(ending: .exited(7), output: Array("in".utf8), errors: Array("bad\n".utf8)))
      #expect(result.complaint == "bad")
      #expect(try await connection.run(["sh", "-c", "kill -KILL $$"]).ending == .signalled(9))
      #expect(try await connection.run(["sh", "-c", "exec true"]).ending == .exited(0))
    }
  }

  @Test(arguments: Way.allCases)
  func aFloodOfErrorsBlocksNothing(way: Way) async throws {
    try await way.with { connection in
      let script = "head -c 20000000 /dev/zero >&2; echo done; echo last >&2"
      let result = try await connection.run(["sh", "-c", script])
      #expect(result.text == "done\n")
      #expect(result.errors.count == 64 * 1024)
      #expect(result.errors.suffix(5) == Array("last\n".utf8))
    }
  }

  @Test(arguments: Way.allCases)
  func aCancelledReadEndsAndLosesNothing(way: Way) async throws {
    try await way.with { connection in
      let stream = try await connection.open(["cat"])
      let reader = Task { try await stream.read(upTo: 100) }
      reader.cancel()
      await #expect(throws: CancellationError.self) { try await reader.value }
      try await stream.write(Array("still here".utf8))
      #expect(try await read(10, from: stream) == Array("still here".utf8))
    }
  }

  @Test(arguments: Way.allCases)
  func aPendingReadHearsItsCancel(way: Way) async throws {
    try await way.with { connection in
      let silent = try await connection.open(["cat"])
      let lively = try await connection.open(["cat"])
      let reader = Task { try await silent.read(upTo: 100) }
      // By the time this has come back, the other read has long been waiting.
      try await lively.write([1])
      #expect(try await read(1, from: lively) == [1])
      reader.cancel()
      await #expect(throws: CancellationError.self) { try await reader.value }
    }
  }

  @Test(arguments: Way.allCases)
  func streamsOfOneConnectionDoNotWaitForEachOther(way: Way) async throws {
    try await way.with { connection in
      let streams = try await withThrowingTaskGroup { group in
        for _ in 0..<8 { group.addTask { try await connection.open(["cat"]) } }
        return try await group.reduce(into: [any NodeCommand]()) { $0.append($1) }
      }
      try await withThrowingTaskGroup { group in
        for (index, stream) in streams.enumerated() {
          group.addTask {
            for round in 0..<50 {
              let bytes = noise(1000 + round, seed: UInt64(index))
              try await stream.write(bytes)
              #expect(try await read(bytes.count, from: stream) == bytes)
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: Way.allCases)
  func writesAreNotMixed(way: Way) async throws {
    try await way.with { connection in
      let stream = try await connection.open(["cat"])
      let size = 1 << 20
      try await withThrowingTaskGroup { group in
        for letter in UInt8(1)...4 { group.addTask { try await stream.write([UInt8](repeating: letter, count: size)) } }
        let received = try await read(4 * size, from: stream)
        try #require(received.count == 4 * size)
        for part in 0..<4 { #expect(Set(received[part * size..<(part + 1) * size]).count == 1) }
        try await group.waitForAll()
      }
    }
  }

  @Test(arguments: Way.allCases)
  func aCommandThatDoesNotReadDoesNotHoldUsUp(way: Way) async throws {
    try await way.with { connection in
      let result = try await connection.run(["sh", "-c", "exit 3"], input: noise(8 << 20))
      #expect(result.ending == .exited(3))
    }
  }

  @Test(arguments: Way.allCases)
  func tooMuchOutputIsAFault(way: Way) async throws {
    try await way.with { connection in
      let fault = try await fault {
        _ = try await connection.run(["head", "-c", "100000", "/dev/zero"], limit: 99_999)
      }
      #expect(fault.code == .limit)
      #expect(try await connection.run(["echo", "next"]).text == "next\n")
    }
  }

  @Test(arguments: Way.allCases)
  func aClosedStreamSaysSo(way: Way) async throws {
    try await way.with { connection in
      let stream = try await connection.open(["cat"])
      let reader = Task { try await fault { _ = try await stream.read(upTo: 1) } }
      try await stream.write([])
      await stream.close()
      await stream.close()
      #expect(try await reader.value.code == .link)
      #expect(try await fault { try await stream.write([1]) }.code == .link)
      await connection.close()
      #expect(try await fault { _ = try await connection.run(["true"]) }.code == .link)
    }
  }
}
