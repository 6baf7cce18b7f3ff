import Foundation
import Glibc
import Model
import Reporting
import TestSupport
import Testing

/// `sortie run` is killed at each of its durable steps and at random instants; `sortie resume` makes it whole.
@Suite struct CoordinatorCrashes {
  /// The counts are those of one process each: the run, then one resume after the other.
  static let steps: [(point: String, counts: [Int])] = [
    ("output-written", [1, 2, 5]), ("output-synced", [1, 2, 5]), ("journal-written", [2, 2, 7]),
    ("journal-synced", [2, 2, 7]), ("sinks-told", [2, 2, 7]), ("orders-passed", [2, 2, 7]),
    ("run-finished", [1, 1]), ("report-written", [1, 2, 1]),
    ("entry-written", [1, 1, 2]), ("entry-durable", [1, 1, 2]), ("entry-marked", [1, 1]),
    ("result-answered", [1, 1]), ("delivery-recorded", [1, 2]),
  ]

  @Test(arguments: steps.map(\.point)) func at(_ point: String) async throws {
    let counts = try #require(Self.steps.first { $0.point == point }?.counts)
    try await Site.with(nodes: 2) { site in
      let api = try await site.serve() + "/api/v1"
      try await CrashStory(site: site, talkers: Talker.mixed(6), api: api).killed(at: point, counts)
    }
  }

  /// Five runs, or as many as `SORTIE_SOAK` says.
  static let seeds = 1...(ProcessInfo.processInfo.environment["SORTIE_SOAK"].flatMap { UInt64($0) } ?? 5)

  /// Each of these runs is killed at four instants that its seed says.
  @Test(arguments: seeds) func atRandomInstants(_ seed: UInt64) async throws {
    var random = Seeded(seed)
    let steps = (0..<4).map { _ in 1000 + random.below(1500) }
    try await Site.with(nodes: 2) { site in
      let api = try await site.serve() + "/api/v1"
      let talkers = Talker.mixed(8, lines: 100 + 100 * Int(seed % 9), pause: 0.1)
      try await CrashStory(site: site, talkers: talkers, api: api).killed(afterBytes: steps)
    }
  }

  /// Before anything is durable there is nothing to go on with; that is said, and the next run is not disturbed.
  @Test func beforeAnythingIsDurable() async throws {
    try await Site.with(nodes: 1) { site in
      let talkers = Talker.mixed(2)
      let killed = try await site.sortie(
        try site.arguments(talkers), environment: ["SORTIE_CRASH": "journal-written:1"])
      #expect(killed.status == -SIGKILL, "\(killed)")
      let resumed = try await site.sortie("resume", "--state", site.state, "--lab", site.lab)
      // What was written and not synced may have survived: this was no power cut.
      guard resumed.status == 2 else { return try await checkRun(site, talkers, story: "\(resumed)") }
      #expect(!resumed.err.isEmpty, "\(resumed)")
      let next = try await site.sortie(try site.arguments(talkers))
      #expect(next.status == 1, "\(next)")
    }
  }

  @Test func aRunThatIsAliveHasOneCoordinator() async throws {
    try await Site.with(nodes: 1) { site in
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let talkers = [Talker(name: "held", between: "echo > \(here.path); read _ < \(go.path)")]
      let run = try site.start(try site.arguments(talkers))
      _ = try await here.line()
      let name = try RunOutput(onlyIn: site.state).name
      let second = try await site.sortie("resume", name, "--state", site.state, "--lab", site.lab)
      #expect(second.status != 0 && second.err.contains("alive"), "\(second)")
      go.release()
      #expect(await run.ended().status == 0)
      try await checkRun(site, talkers)
      let over = try await site.sortie("resume", name, "--state", site.state, "--lab", site.lab)
      #expect(over.status != -SIGABRT && !(over.out + over.err).isEmpty, "\(over)")
      try await checkRun(site, talkers)
    }
  }

  /// Known of others: "a restart forgets who holds which lock".
  @Test func aRestartForgetsWhoHoldsWhichLock() async throws {
    try await Site.with(nodes: 2) { site in
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let talkers = [
        Talker(
          name: "first", leaves: true,
          between: "echo +first >> \(site.folder)/locks; echo > \(here.path); read _ < \(go.path)",
          after: "echo -first >> \(site.folder)/locks"),
        Talker(
          name: "second", between: "echo +second >> \(site.folder)/locks",
          after: "echo -second >> \(site.folder)/locks"),
        Talker(name: "third", lines: 10),
      ]
      let story = CrashStory(site: site, talkers: talkers)
      let catalog = try site.write(talkers)
      var text = try String(contentsOfFile: catalog, encoding: .utf8)
      for name in ["first", "second"] {
        text = text.replacing("case_name: \(name)\n", with: "case_name: \(name)\n        locks: [disk]\n")
      }
      try text.write(toFile: catalog, atomically: true, encoding: .utf8)
      let run = try site.start("run", "--catalog", catalog, "--lab", site.lab, "--state", site.state)
      _ = try await here.line()
      try await awaited("talk/third", in: run.err)
      run.signal(SIGKILL)
      _ = await run.ended()
      let resumed = try story.resume()
      // Both nodes are back, one of them idle: now the second case would begin, if the lock were forgotten.
      _ = try await awaited(resumed.err, "both nodes") { $0.matches(of: /node n\d is ready/).count == 2 ? true : nil }
      go.release()
      #expect(await resumed.ended().status == 0)
      #expect(site.read("locks").lines == ["+first", "-first", "+second", "-second"])
      try await checkRun(site, talkers)
    }
  }
}
