import Foundation
import Laboratory
import Model
import Testing

@testable import Transport

@Suite struct LeakTests {
  /// In a process of its own, where nobody else opens anything.
  @Test func nothingIsLeftOfAConnection() async {
    await #expect(processExitsWith: .success) {
      try await withLab { lab in
        func once() async throws {
          try await withConnection(lab.first) { connection in
            _ = try await connection.run(["true"])
            _ = try await connection.open(["cat"])
          }
          // And one that is only dropped.
          _ = try await SSHConnection.connect(to: lab.first).open(["cat"])
          var stranger = lab.first
          stranger.hostKey = nil
          _ = try? await SSHConnection.connect(to: stranger)
          let here = try LocalConnection()
          _ = try await here.open(["cat"])
        }
        func count(_ folder: String) throws -> Int {
          try FileManager.default.contentsOfDirectory(atPath: "/proc/self/" + folder).count
        }
        try await once()
        let before = (try count("fd"), try count("task"))
        for _ in 0..<20 { try await once() }
        // A connection that is only dropped ends on its own thread and holds its descriptors until then; and Swift's
        // pool may have grown by one or two.
        func settled() throws -> Bool { try count("fd") <= before.0 + 2 && count("task") <= before.1 + 2 }
        let limit = ContinuousClock.now + .seconds(10)
        while try !settled(), .now < limit { await Task.yield() }
        let after = (try count("fd"), try count("task"))
        print("descriptors \(before.0) → \(after.0), threads \(before.1) → \(after.1)")
        guard try settled() else { exit(1) }
      }
    }
  }
}
