import CSpawn
import Glibc
import Model
import Testing
import Wire

@testable import Agent

/// Nothing of a dead agent runs once its successor takes orders.
@Suite(.serialized) struct PredecessorTests {
  /// Agent and slot are killed at once, so that nobody is left to end what they ran: a daemon that kept its environment,
  /// and one that works where the case worked.
  @Test(arguments: [
    "cd /; setsid sleep MARK & sleep MARK", "env -i /usr/bin/setsid sleep MARK & env -i sleep MARK",
    "trap '' TERM HUP; (setsid sh -c 'cd /; trap \"\" TERM; sleep MARK; sleep MARK' &) ; sleep MARK",
  ])
  func leftoversOfAKilledAgentAreEnded(_ text: String) async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let first = try node.attach()
      let attempt = try first.script("victim", "echo up; " + text.replacing("MARK", with: mark))
      try first.wait("its processes") { $0.text(attempt) == "up\n" && Processes.find(["sleep", mark]).count >= 2 }
      let (daemon, slots, left) = (node.daemon, node.slots, Processes.find([mark]))
      #expect(daemon != nil && slots.count == 1 && left.count >= 2)
      // A stopped agent does not see its slots end, and stopped slots do not see it go.
      for process in [daemon ?? 0] + slots where process > 0 { kill(process, SIGSTOP) }
      for process in slots + [daemon ?? 0] where process > 0 { kill(process, SIGKILL) }
      Processes.waitGone(slots + [daemon ?? 0])
      #expect(!Processes.find([mark]).isEmpty, "nobody was left to end them")
      let second = try node.attach()
      #expect(Processes.find([mark]) == [], "they are gone before anything is accepted")
      #expect(try second.outcome(attempt).verdict == .error)
      #expect(try second.outcome(second.order("next", ["true"])).verdict == .pass)
    }
  }

  /// A slot that is stopped holds its lock, and does not notice that its agent is gone.
  @Test func aStoppedSlotOfADeadAgentIsEnded() async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let first = try node.attach()
      let attempt = try first.script("stuck", "echo up; env -i setsid sleep \(mark)")
      try first.wait("its process") { $0.text(attempt) == "up\n" && !Processes.find(["sleep", mark]).isEmpty }
      let slots = node.slots
      for slot in slots { kill(slot, SIGSTOP) }
      node.killDaemon()
      let second = try node.attach { $0.slots = 2 }
      #expect(Processes.find([mark]) == [] && Set(node.slots).isDisjoint(with: slots))
      #expect(try second.outcome(attempt).verdict == .error)
      #expect(try second.outcome(second.order("next", ["true"])).verdict == .pass)
    }
  }

  @Test func othersAreLeftAlone() async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let spec = ProcessSpec(
        argv: ["sleep", mark], environment: ["PATH": "/usr/bin:/bin", "SORTIE_WORK": node.base + "x/slots/0/work"],
        directory: "/", descriptors: [nil, nil, nil])
      guard let other = try? Spawn.start(spec) else { throw Fault(.system, "sleep does not start") }
      defer {
        kill(other, SIGKILL)
        waitpid(other, nil, 0)
      }
      _ = try node.attach()
      #expect(Descendants.status(of: other)?.state != nil && Descendants.status(of: other)?.state != "Z")
    }
  }
}
