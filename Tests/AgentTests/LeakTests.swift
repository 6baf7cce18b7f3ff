import Glibc
import Model
import Testing
import Wire

@testable import Agent

@Suite(.serialized) struct LeakTests {
  /// However a process left its group, session and environment: it is named, and gone.
  @Test(arguments: [
    "sleep MARK &", "setsid sleep MARK &", "env -i setsid sleep MARK &", "(setsid sh -c 'sleep MARK & ' &) ",
    "setsid sh -c 'trap \"\" TERM HUP; (sleep MARK &) ' >/dev/null 2>&1 </dev/null &",
    "(cd / && nohup env -i setsid sleep MARK >/dev/null 2>&1 &) ",
  ])
  func whatACaseLeavesIsNamedAndEnded(_ text: String) async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let client = try node.attach()
      let alive = "until grep -qsz '^\(mark)$' /proc/[0-9]*/cmdline; do sleep 0.01; done; exit 0"
      let attempt = try client.script("leaver", text.replacing("MARK", with: mark) + "\n" + alive)
      let outcome = try client.outcome(attempt)
      #expect(outcome.verdict == .pass && outcome.ending == .exited(0))
      #expect(outcome.leaked.count == 1 && outcome.leaked.first?.hasPrefix("sleep (") == true, "\(outcome.leaked)")
      #expect(Processes.find([mark]) == [])
    }
  }

  @Test func aTreeThatKeepsForkingIsEnded() async throws {
    try await withNode { node in
      let mark = Processes.mark()
      let client = try node.attach()
      let text = "f() { trap '' TERM; while :; do (exec sleep \(mark)) & sleep 0.01; done; }; f & sleep 0.1; exit 0"
      let outcome = try client.outcome(try client.script("hydra", text) { $0.grace = 0.2 })
      #expect(outcome.verdict == .pass && !outcome.leaked.isEmpty && Processes.find([mark]) == [])
    }
  }

  @Test func aPipelinesLastMembersAreNoLeak() async throws {
    try await withNode { node in
      let client = try node.attach()
      let outcome = try client.outcome(try client.script("pipe", "(sleep 0.01; cat /dev/null) & exit 0"))
      #expect(outcome.verdict == .pass && outcome.leaked == [])
    }
  }
}
