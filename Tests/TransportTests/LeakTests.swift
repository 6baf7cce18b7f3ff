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
        // Threads end on their own time, and Swift's pool may have grown by one or two.
        let limit = ContinuousClock.now + .seconds(10)
        while try count("task") > before.1 + 2, .now < limit { await Task.yield() }
        let after = (try count("fd"), try count("task"))
        print("descriptors \(before.0) → \(after.0), threads \(before.1) → \(after.1)")
        guard after.0 <= before.0 + 2, after.1 <= before.1 + 2 else { exit(1) }
      }
    }
  }
}
