import Journal
import Model
import Scheduling
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Coordination

/// Nodes that refuse, and nodes that say what they must not.
@Suite struct LiarTests {
  @Test(
    arguments: [
      ScriptedAgent.Greeting.refuse(Fault(.wire, "speaks wire 7, you speak 1")),
      .refuse(Fault(.busy, "has 4 slots, not 2")), .unreachable(Fault(.authentication, "no key was accepted")),
      .unreachable(Fault(.link, "no route")), .bytes(Array("Welcome to Debian\n".utf8)), .bytes([]),
      .bytes(Magic.bytes), .bytes(Magic.bytes + Frame.encode(.pong, [1])),
      .bytes(Magic.bytes + Frame.encode(.welcome, Array("{}".utf8))), .bytes(Magic.bytes + [255, 255, 255, 255, 64]),
      .bytes([UInt8](repeating: 7, count: Magic.noiseLimit * 2)),
    ])
  func whoRefusesGetsNothing(_ greeting: ScriptedAgent.Greeting) async throws {
    var script = ScriptedAgent.Script()
    script.greet = { _ in greeting }
    let world = try World(ScriptedAgent("n1", script))
    let observed = try await world.run(plan(3))
    #expect(observed.verdicts.values.allSatisfy { $0 == .error })
    #expect(observed.finished.allSatisfy { $0.reason?.contains("n1") == true })
    let both = try World(ScriptedAgent("n1", script), ScriptedAgent("n2"))
    #expect(try await both.run(plan(3)).verdicts.values.allSatisfy { $0 == .pass })
  }

  @Test func noiseBeforeTheMagicDoesNoHarm() async throws {
    var script = ScriptedAgent.Script()
    script.greet = { _ in .noise(Array("Last login: today\r\n\u{1}\u{2}SORTIE-".utf8)) }
    #expect(try await World(ScriptedAgent("n1", script)).run(plan(3)).verdicts.values.allSatisfy { $0 == .pass })
  }

  /// What ends the line: the stream cannot be understood any more. The cases move on once the lease is over.
  @Test(
    arguments: [
      Frame.encode(.event, [1, 2]), Frame.encode(.data, [UInt8](repeating: 0, count: 30)),
      Frame.encode(.event, [9, 0, 0, 0, 0, 0, 0, 0] + Array(#"{"event": "teleported"}"#.utf8)),
      Frame.encode(.event, [2, 0, 0, 0, 0, 0, 0, 0] + Array("{".utf8)), [255, 255, 255, 255, 67, 0, 0, 0],
      Frame.encode(.want, Array("7".utf8)), Frame.encode(.refused, Array("{}".utf8)),
    ] as [[UInt8]])
  func nonsenseEndsTheLine(_ bytes: [UInt8]) async throws {
    let gate = Mailbox<Void>()
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      gate.close()
      agent.start(order)
      agent.sendRaw(bytes)
    }
    let world = try World(ScriptedAgent("n1", script), .behind(gate, "n2"))
    let observed = try await world.run(plan(4), world.settings(lease: 0.05))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    #expect(observed.attempts.filter { $0.outcome.verdict == .pass }.allSatisfy { $0.node == "n2" })
  }

  @Test func framesOfANewerAgentArePassedOver() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.sendRaw(Frame.encode(Frame.Kind(rawValue: 200), [1, 2, 3]))
      agent.emit(.unknown("teleported"))
      agent.play(order)
    }
    let observed = try await World(ScriptedAgent("n1", script)).run(plan(3))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    observed.checkLogs()
  }

  @Test func bytesThatDoNotBelongThereAreRefusedByName() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.start(order)
      agent.start(order)
      agent.print(order.attempt, Array("good\n".utf8))
      agent.print(order.attempt, Array("gap".utf8), at: 99)
      agent.print(order.attempt, Array("again".utf8), at: 0)
      agent.print(order.attempt, Array("negative".utf8), at: -1)
      agent.print(order.attempt, Array("end".utf8), at: .max)
      agent.print(order.attempt, Array("unannounced".utf8), stream: 9)
      agent.print(AttemptID(rawValue: "r.other.1"), Array("not mine".utf8))
      agent.finish(AttemptID(rawValue: "r.other.1"), .fail)
      agent.finish(order.attempt, .pass)
      agent.finish(order.attempt, .fail)
      agent.print(order.attempt, Array("too late".utf8), at: 5)
    }
    let observed = try await World(ScriptedAgent("n1", script)).run(plan(["c"]))
    #expect(observed.verdicts == ["c": .pass])
    #expect(observed.log("c") == "good\n")
    #expect(observed.notices.count { $0.contains("do not follow what came before") } == 4)
    #expect(observed.notices.contains("r.other.1 ended too late and does not count: it had been given up"))
    #expect(observed.notices.contains("r.c.1 ended as pass and cannot end again"))
  }

  @Test func artifactsStayInTheirFolder() async throws {
    let names = ["../escape", "/etc/passwd", "a//b", "..", "", "ok", "ok", "ok/below", "dir/file", "dir"]
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.start(order)
      for (index, name) in names.enumerated() {
        agent.emit(.artifact(order.attempt, stream: UInt16(index + 1), path: name, size: 2, isCut: false))
        agent.print(order.attempt, [65, 66], stream: UInt16(index + 1), at: 0)
      }
      agent.emit(.artifact(order.attempt, stream: 90, path: "negative", size: -1, isCut: false))
      agent.emit(.artifact(order.attempt, stream: 91, path: "short", size: 1, isCut: false))
      agent.print(order.attempt, [65, 66], stream: 91, at: 0)
      agent.emit(.artifact(order.attempt, stream: 0, path: "output", size: 1, isCut: false))
      agent.finish(order.attempt, .pass)
    }
    let observed = try await World(ScriptedAgent("n1", script)).run(plan(["c"]))
    #expect(observed.verdicts == ["c": .pass], "the run goes on")
    #expect(observed.artifacts.map(\.path) == ["ok", "dir/file"])
    #expect(observed.artifact("c", "ok") == "AB" && observed.artifact("c", "dir/file") == "AB")
    #expect(content(of: observed.world.folder.path + "/artifacts/c/escape").isEmpty)
  }

  @Test func outputBeyondTheLimitIsNotKept() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      agent.start(order)
      for _ in 0..<100 { agent.print(order.attempt, [UInt8](repeating: 120, count: 10_000)) }
      agent.finish(order.attempt, .pass)
    }
    let observed = try await World(ScriptedAgent("n1", script)).run(plan(["c"]) { $0.outputLimit = 50_000 })
    #expect(observed.log("c").utf8.count <= 50_000 + 65_536)
  }

  @Test func aNodeThatGoesOnAboutNothingIsCutShort() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in
      for _ in 0..<1_000 { agent.finish(AttemptID(rawValue: "r.nobody.1"), .pass) }
      agent.play(order)
    }
    let observed = try await World(ScriptedAgent("n1", script)).run(plan(["c"]))
    #expect(observed.verdicts == ["c": .pass])
    #expect(observed.notices.count == 101)
    #expect(observed.notices.last?.contains("no more is said") == true)
  }

  @Test func noNodeSpeaksForAnother() async throws {
    var liar = ScriptedAgent.Script()
    liar.run = { order, agent in
      // The other case runs on the other node.
      for name in ["case1", "case2"] where name != order.id.rawValue {
        let other = AttemptID(run: RunID(rawValue: "r"), case: CaseID(rawValue: name), ordinal: 1)
        agent.print(other, Array("forged".utf8), at: 0)
        agent.finish(other, .fail)
      }
      agent.play(order)
    }
    liar.slots = 1
    let world = try World(ScriptedAgent("n1", liar), ScriptedAgent("n2", liar))
    let observed = try await world.run(plan(2), world.settings(policy: Policy(batchSeconds: 0)))
    #expect(observed.verdicts == ["case1": .pass, "case2": .pass])
    observed.checkLogs()
  }

  @Test func errorsAreTriedOnceMoreElsewhereAndAreNeverFails() async throws {
    var script = ScriptedAgent.Script()
    script.run = { order, agent in agent.start(order) }
    let world = try World(ScriptedAgent("n1", script), ScriptedAgent("n2", script))
    let ready = Atomic(0)
    let observed = try await world.run(plan(["c"])) { [weak world] batch in
      ready.add(batch.count { $0.event.activity.name == "node_ready" }, ordering: .relaxed)
      // Nothing ends before there is another node.
      guard ready.load(ordering: .relaxed) == 2 else { return }
      for agent in world?.agents ?? [] { agent.endAll(Cancel(attempts: nil), reason: "python3 is missing") }
    }
    #expect(observed.verdicts == ["c": .error])
    #expect(observed.attempts.count == 2)
    #expect(Set(observed.attempts.compactMap(\.node)) == ["n1", "n2"])
    #expect(observed.finished.first?.reason == "python3 is missing")
    let fails = try await World(ScriptedAgent("n1")).run(plan(["c"]))
    #expect(fails.attempts.count == 1)
  }
}
