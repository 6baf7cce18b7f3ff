import Foundation
import Model
import TestSupport
import Testing

@testable import Scheduling

/// The same facts must give the same decisions in every process: a run is rebuilt from its journal by another one. Swift
/// seeds its hashing anew in each process, so a loop over a dictionary or set that decides something shows here.
@Suite struct DeterminismTests {
  /// Names the file that a child process writes what it decided to.
  private static let variable = "SORTIE_TRACE_FILE"

  private static var file: String? { ProcessInfo.processInfo.environment[variable] }

  /// What some random runs decided, and in which order this process walks a set.
  private static func trace() -> (decisions: String, setOrder: String) {
    var hash = SHA256()
    for seed in 0..<300 {
      var world = World(seed: UInt64(seed))
      _ = world.play()
      for line in world.trace { hash.update((line + "\n").utf8) }
    }
    let order = Set((0..<100).map { "n\($0)" }).joined(separator: " ")
    return (hash.finish().map { String($0, radix: 16) }.joined(separator: "."), order)
  }

  @Test(.enabled(if: DeterminismTests.file != nil, "only in a child of the test below"))
  func writesWhatItDecides() throws {
    let (decisions, order) = DeterminismTests.trace()
    try "\(decisions)\n\(order)".write(
      toFile: try #require(DeterminismTests.file), atomically: true, encoding: .utf8)
  }

  @Test(.enabled(if: DeterminismTests.file == nil, "a child starts no child"))
  func anotherProcessDecidesTheSame() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sortie-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("trace").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = [
      "--testing-library", "swift-testing", "--filter", "DeterminismTests/writesWhatItDecides",
    ]
    var environment = ProcessInfo.processInfo.environment
    environment[DeterminismTests.variable] = file
    environment["SWIFT_DETERMINISTIC_HASHING"] = nil
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    await withCheckedContinuation { continuation in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch { continuation.resume() }
    }
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    let (decisions, order) = DeterminismTests.trace()
    #expect(lines.first == decisions)
    #expect(lines.last != order, "the processes hash alike, so that this test could not fail")
  }
}
