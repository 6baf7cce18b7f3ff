import Foundation
import Glibc
import Model
import Reporting
import Testing

/// Agents are killed at each of their durable steps; the run ends by itself.
@Suite struct AgentCrashes {
  static let points = [
    "order-taken", "attempt-begun", "verdict-written", "verdict-synced", "acknowledgement-taken",
  ]

  @Test(arguments: points) func once(_ point: String) async throws {
    try await Site.with(nodes: 1) { site in
      try await site.crashAgents(of: "n1", at: "\(point):2")
      let talkers = Talker.mixed(6)
      let run = try await site.sortie(try site.arguments(talkers))
      #expect(run.status == 1, "\(run)")
      #expect(run.err.contains("node n1 is lost"), "never came to \(point): \(run)")
      try await checkRun(site, talkers, Tolerance(errors: true), story: "\(run)")
    }
  }

  /// What was durable when the agent died is what counts, not another attempt.
  @Test func aDurableVerdictOutlivesItsAgent() async throws {
    try await Site.with(nodes: 1, slots: 1) { site in
      try await site.crashAgents(of: "n1", at: "verdict-synced:1")
      let talkers = [Talker(name: "only", lines: 5000, isUnended: true, leaves: true)]
      let run = try await site.sortie(try site.arguments(talkers))
      #expect(run.status == 0 && run.err.contains("node n1 is lost"), "\(run)")
      try await checkRun(site, talkers, story: "\(run)")
    }
  }

  /// The node is known to be bad by then, and another one is there: the cases move on, and the run ends.
  @Test(arguments: ["attempt-begun:2", "verdict-synced:1", "order-taken:3"])
  func againAndAgainOnOneOfTwoNodes(_ step: String) async throws {
    try await Site.with(nodes: 2) { site in
      try await site.crashAgents(of: "n1", at: step, each: true)
      let (armed, unarmed) = (site.node("n1") + "/crash", site.node("n1") + "/later")
      #expect(rename(armed, unarmed) == 0)
      let talkers = Talker.mixed(10, pause: 0.3)
      // An agent that dies before it answers leaves the coordinator only the lease to go by.
      let run = try site.start(try site.arguments(talkers, ["--lease", "5"]))
      for node in ["n1", "n2"] { try await awaited("node \(node) is ready", in: run.err) }
      #expect(rename(unarmed, armed) == 0)
      for agent in site.workers(on: "n1").prefix(1) { kill(agent.id, SIGKILL) }
      let ended = await run.ended()
      #expect(ended.status == 1, "\(ended)")
      try await checkRun(site, talkers, Tolerance(errors: true), story: "\(ended)")
    }
  }
}
