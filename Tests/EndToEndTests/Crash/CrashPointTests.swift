import Foundation
import Testing

/// No durable step is forgotten.
@Suite struct CrashPoints {
  @Test func eachIsTriedBySomeTest() throws {
    let source = try String(
      contentsOfFile: Binaries.checkout + "/Sources/CrashPoints/CrashPoint.swift", encoding: .utf8)
    let named = source.matches(of: /case \w+ = "([a-z-]+)"/).map { String($0.output.1) }
    let tried = CoordinatorCrashes.steps.map(\.point) + AgentCrashes.points + ["store-written", "store-committed"]
    #expect(!named.isEmpty && named.sorted() == tried.sorted())
  }
}
