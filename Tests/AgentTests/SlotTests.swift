import Glibc
import Model
import Testing
import Wire

@testable import Agent

@Suite(.serialized) struct SlotTests {
  @Test func twoSlotsRunTwoAtOnce() async throws {
    try await withNode { node in
      let client = try node.attach { $0.slots = 2 }
      #expect(client.welcome?.facts.slots == 2)
      // Each waits for the other: one after the other they would never end.
      let left = try client.script("left", ": >\(node.base)/left; " + node.awaiting("right"))
      let right = try client.script("right", ": >\(node.base)/right; " + node.awaiting("left"))
      #expect(try client.outcome(left).verdict == .pass)
      #expect(try client.outcome(right).verdict == .pass)
    }
  }

  @Test func anotherNumberOfSlotsIsRefusedByName() async throws {
    try await withNode { node in
      let first = try node.attach { $0.slots = 2 }
      let fault = #expect(throws: Fault.self) { try node.attach("r2") { ($0.slots, $0.node) = (3, "n7") } }
      #expect(fault?.code == .busy)
      for word in ["n7", "2 slots", "3"] { #expect(fault?.message.contains(word) == true, "\(fault?.message ?? "")") }
      for none in [0, -1, 1025] {
        #expect(throws: Fault.self) { try node.attach("r3") { $0.slots = none } }
      }
      #expect(try node.attach("r4") { $0.slots = nil }.welcome?.facts.slots == 2, "whoever does not care gets them")
      #expect(try first.outcome(first.order("after", ["true"])).verdict == .pass)
    }
  }

  @Test func twoRunsShareTheSlots() async throws {
    try await withNode { node in
      let (first, second) = (try node.attach("r1"), try node.attach("r2"))
      let holder = try first.script("holder", node.awaiting("go"))
      try first.wait("the start") { $0.hasStarted(holder) }
      let waiter = try second.order("waiter", ["true"])
      try second.roundTrip()
      try second.roundTrip()
      #expect(!second.hasStarted(waiter), "there is only one slot")
      try node.touch("go")
      #expect(try first.outcome(holder).verdict == .pass)
      #expect(try second.outcome(waiter).verdict == .pass)
    }
  }

  @Test func anOrderThatComesTwiceRunsOnce() async throws {
    try await withNode { node in
      let client = try node.attach()
      let attempt = try client.script("once", "echo ran")
      try client.script("once", "echo ran")
      #expect(try client.outcome(attempt).verdict == .pass)
      try client.script("once", "echo ran")
      #expect(try client.outcome(client.order("next", ["true"])).verdict == .pass)
      #expect(client.text(attempt) == "ran\n")
      #expect(client.events.count { if case .started(attempt, _) = $0 { true } else { false } } == 1)
    }
  }

  @Test func aKilledSlotIsAnErrorAndLeavesNothing() async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let client = try node.attach()
      let attempt = try client.script("victim", "setsid sleep \(mark) & echo up; sleep \(mark)")
      try client.wait("output") { $0.text(attempt) == "up\n" }
      let sleepers = Processes.find([mark])
      #expect(node.slots.count == 1 && !sleepers.isEmpty)
      for slot in node.slots { kill(slot, SIGKILL) }
      let outcome = try client.outcome(attempt)
      #expect(outcome.verdict == .error && outcome.reason?.isEmpty == false)
      #expect(Processes.find([mark]) == [], "they are gone before the error is told: the case may run again elsewhere")
      #expect(try client.outcome(client.order("next", ["true"])).verdict == .pass)
    }
  }

  @Test func aKilledAgentLeavesNoOrphan() async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let client = try node.attach()
      let attempt = try client.script("orphan", "trap '' TERM; env -i setsid sleep \(mark) & echo up; sleep \(mark)")
      try client.wait("output") { $0.text(attempt) == "up\n" }
      let (sleepers, slots) = (Processes.find([mark]), node.slots)
      #expect(sleepers.count >= 2 && slots.count == 1)
      let life = client.welcome?.life
      if let daemon = node.daemon { kill(daemon, SIGKILL) }
      #expect(Processes.waitGone(sleepers) && Processes.waitGone(slots))
      let next = try node.attach()
      #expect(next.welcome?.life != life && next.welcome?.attempts == [attempt], "a new life says so")
      let outcome = try next.outcome(attempt)
      #expect(outcome.verdict == .error && outcome.reason == "the agent on n1 died while it ran")
      #expect(next.text(attempt) == "up\n" && next.hasStarted(attempt))
      #expect(try next.outcome(next.order("next", ["true"])).verdict == .pass)
    }
  }

  @Test func slotsOfAnotherNumberGoAndLeaveNoZombie() async throws {
    try await withNode { node in
      let first = try node.attach { $0.slots = 2 }
      for name in ["a", "b"] {
        try first.script(name, ": >\(node.base)/\(name); \(node.awaiting("a")); \(node.awaiting("b"))")
      }
      for name in ["a", "b"] { #expect(try first.outcome(AttemptID(rawValue: "r1.\(name).1")).verdict == .pass) }
      let slots = node.slots
      #expect(slots.count == 2)
      first.acknowledge(.max)
      try first.roundTrip()
      let second = try node.attach { $0.slots = 3 }
      #expect(second.welcome?.facts.slots == 3)
      #expect(Processes.waitGone(slots), "they ended")
      // Who has a parent that does not wait for it stays as a zombie.
      try second.wait("their burial") { _ in
        second.send(Frame.encode(.ping, [0]))
        return slots.allSatisfy { Descendants.status(of: $0) == nil }
      }
      #expect(try second.outcome(second.order("after", ["true"])).verdict == .pass)
    }
  }

  @Test func manyShortCases() async throws {
    try await withNode { node in
      let client = try node.attach { $0.slots = 2 }
      let attempts = try (0..<60).map { try client.script("c\($0)", "echo $SORTIE_CASE") }
      for (index, attempt) in attempts.enumerated() {
        #expect(try client.outcome(attempt).verdict == .pass)
        #expect(client.text(attempt) == "c\(index)\n")
      }
      #expect(client.oddities == [])
    }
  }
}
