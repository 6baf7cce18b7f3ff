import Foundation
import Glibc
import TestSupport
import Testing

/// Links that cut, hold back, swallow and delay, under runs that must not care.
@Suite struct Links {
  @Test func cutsInMidLineCutNothing() async throws {
    try await Site.with(nodes: 2) { site in
      let proxy = try site.proxy("n1")
      // From cuts during the greeting and the agent's upload to some in the midst of the output.
      let bytes: [(ChaosProxy.Direction, Int)] = [
        (.down, 700), (.up, 3_000_000), (.down, 4_000), (.down, 20_011), (.down, 65_537), (.down, 9_999),
        (.down, 40_961), (.down, 12_345), (.up, 8_191), (.down, 131_073),
      ]
      // A node that was never reached is given up after three tries.
      proxy.change { $0.cuts = bytes.map { (direction: $0.0, bytes: $0.1) } }
      let talkers = Talker.mixed(12, lines: 8000)
      let ended = try await site.sortie(try site.arguments(talkers))
      #expect(ended.status == 1, "\(ended)")
      #expect(proxy.counts.cut >= 5, "\(proxy.counts)")
      try await checkRun(site, talkers)
    }
  }

  @Test(arguments: [true, false]) func aDeadLinkIsNoticedAndComesBack(_ isHalfOpen: Bool) async throws {
    try await Site.with(nodes: 1) { site in
      let proxy = try site.proxy("n1")
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let talkers = [
        Talker(
          name: "held", lines: 20_000, isUnended: true, leaves: true,
          between: "echo > \(here.path); read _ < \(go.path)"),
        Talker(name: "other", lines: 2000, fails: true, pause: 0.2),
      ]
      let run = try site.start(try site.arguments(talkers))
      _ = try await here.line()
      let began = Date()
      proxy.change { weather in
        weather.down = isHalfOpen ? .swallowed : .held
        weather.up = isHalfOpen ? .open : .held
      }
      go.release()
      try await awaited("node n1 is lost", in: run.err)
      let seconds = Date().timeIntervalSince(began)
      #expect(seconds < 10 + 5, "noticed after \(seconds) s")
      proxy.heal()
      let ended = await run.ended()
      #expect(ended.status == 1, "\(ended)")
      try await checkRun(site, talkers, story: "\(proxy.counts)")
    }
  }

  @Test func aShortOutageIsNotEvenALoss() async throws {
    try await Site.with(nodes: 1) { site in
      let proxy = try site.proxy("n1")
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let talkers = [
        Talker(name: "held", lines: 4000, between: "echo > \(here.path); read _ < \(go.path)")
      ]
      let run = try site.start(try site.arguments(talkers))
      _ = try await here.line()
      proxy.change { $0.down = .held }
      proxy.heal()
      go.release()
      #expect(await run.ended().status == 0)
      try await checkRun(site, talkers)
      let lost = try RunOutput(onlyIn: site.state).events().filter { $0["event"] as? String == "node_lost" }
      #expect(lost.isEmpty)
    }
  }

  @Test func aSlowLinkOnlyTakesLonger() async throws {
    try await Site.with(nodes: 2) { site in
      for node in ["n1", "n2"] { try site.proxy(node).change { $0.delay = .milliseconds(200) } }
      let talkers = Talker.mixed(10, lines: 2000)
      let ended = try await site.sortie(try site.arguments(talkers))
      #expect(ended.status == 1, "\(ended)")
      try await checkRun(site, talkers)
    }
  }

  @Test func aNodeBehindAHoleFromTheStartIsDoneWithout() async throws {
    try await Site.with(nodes: 2) { site in
      try site.proxy("n1").change { $0.down = .swallowed }
      let talkers = Talker.mixed(6)
      let ended = try await site.sortie(try site.arguments(talkers))
      #expect(ended.status == 1, "\(ended)")
      try await checkRun(site, talkers)
    }
  }
}
