import Foundation
import Glibc
import Reporting
import Testing

/// Agents that are stopped (SIGSTOP): for a while, and past their lease.
@Suite struct PausedAgents {
  /// Two cases on two nodes that say where they are and wait for a word.
  private func withHeld(
    _ options: [String], _ body: (Site, Program, [Talker], Fifo) async throws -> Void
  ) async throws {
    try await Site.with(nodes: 2, slots: 1) { site in
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let talkers = ["one", "two"].map { name in
        Talker(
          name: name, lines: 3000, leaves: true,
          between: "case $SORTIE_ATTEMPT in *.1) echo > \(here.path); read _ < \(go.path);; esac")
      }
      let run = try site.start(try site.arguments(talkers, options))
      for _ in talkers { _ = try await here.line() }
      try await body(site, run, talkers, go)
    }
  }

  @Test func anAgentThatWasStoppedGoesOn() async throws {
    try await withHeld([]) { site, run, talkers, go in
      let agent = try #require(site.workers(on: "n1").first { $0.command.contains(" serve ") })
      site.atEnd { kill(agent.id, SIGCONT) }
      kill(agent.id, SIGSTOP)
      try await awaited("node n1 is lost", in: run.err)
      kill(agent.id, SIGCONT)
      go.release(2)
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      try await checkRun(site, talkers)
    }
  }

  @Test func aMachineThatWasStoppedPastItsLeaseIsDoneWithout() async throws {
    try await withHeld(["--lease", "5"]) { site, run, talkers, go in
      let workers = site.workers(on: "n1")
      #expect(workers.count >= 3)
      site.atEnd { for process in workers { kill(process.id, SIGCONT) } }
      for process in workers { kill(process.id, SIGSTOP) }
      try await awaited("node n1 is lost", in: run.err)
      // Two words: the stopped case may take one when it goes on.
      go.release(2)
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      // Once it goes on, it finds its lease over and ends what it ran.
      for process in workers { kill(process.id, SIGCONT) }
      try await checkRun(site, talkers, Tolerance(errors: true, overlap: true))
      let output = try RunOutput(onlyIn: site.state)
      let cases = try output.report().cases
      #expect(cases.filter { $0.attempts == 2 && $0.node == "n2" }.count == 1, "\(cases)")
      #expect(try output.report().nodes.first { $0.name == "n1" }?.state != .ready)
    }
  }
}
