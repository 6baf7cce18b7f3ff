import Foundation
import Glibc
import Model
import Reporting
import Testing

/// What people want of a run that goes on, said from another terminal.
@Suite struct StopTests {
  private static let catalog = """
    sortie: 1
    tiers:
      - name: long
        teardown: {run: {name: bashfeature, args: {cmd: 'echo done > <site>/torn-down'}}}
        testcases:
          - case_name: stays
            run: {name: bashfeature, args: {cmd: 'echo here > <site>/here; read _ < <site>/never'}}
          - {case_name: later, locks: [sut], run: {name: exec, args: {argv: [/bin/true]}}}

    """

  private func withRun(_ body: (Site, Program, Fifo) async throws -> Void) async throws {
    try await Site.with(nodes: 2, slots: 1) { site in
      let here = try Fifo(site.folder + "/here")
      let never = try Fifo(site.folder + "/never")
      let catalog = try site.write("tiers.yaml", Self.catalog.filling(["site": site.folder]))
      let run = try site.start(
        "run", "--catalog", catalog, "--lab", site.lab, "--state", site.state, "--run-id", "long-run")
      _ = try await here.line()
      try await body(site, run, never)
      #expect(ProcessEntry.naming(site.folder + "/never").isEmpty, "nothing of it is left on any node")
    }
  }

  @Test func stopEndsARunFromAnotherTerminal() async throws {
    try await withRun { site, run, _ in
      let stop = try await site.sortie("stop", "long", "--state", site.state)
      #expect(stop.status == 0, "\(stop)")
      #expect(await run.ended().status == 130)
      #expect(site.read("torn-down") == "done\n")
      #expect(try RunOutput(onlyIn: site.state).one("later").verdict == .skip)
      let again = try await site.sortie("stop", "long", "--state", site.state)
      #expect(again.status == 2, "\(again)")
      #expect(again.err.contains("has ended already"))
    }
  }

  @Test func stopEndsARunWhoseProcessDied() async throws {
    try await withRun { site, run, _ in
      run.signal(SIGKILL)
      _ = await run.ended()
      #expect(!ProcessEntry.naming(site.folder + "/never").isEmpty, "its node goes on with it")
      let stop = try await site.sortie("stop", "long", "--state", site.state, "--lab", site.lab)
      #expect(stop.status == 130, "\(stop)")
      #expect(site.read("torn-down") == "done\n")
      let output = try RunOutput(onlyIn: site.state)
      #expect(try output.report().missing.isEmpty)
      #expect(try output.one("stays").verdict == .error)
    }
  }

  @Test func aRunThatIsAliveIsNeitherResumedNorBegunAgain() async throws {
    try await withRun { site, run, _ in
      for verb in [["resume", "long-run"], ["run", "--run-id", "long-run", "--catalog", site.folder + "/tiers.yaml"]] {
        let refused = try await site.sortie(verb + ["--lab", site.lab, "--state", site.state])
        #expect(refused.status == 2, "\(refused)")
        #expect(refused.err.contains("is alive"), "\(refused)")
      }
      run.signal(SIGINT)
      _ = await run.ended()
      let again = try await site.sortie(
        "run", "--run-id", "long-run", "--catalog", site.folder + "/tiers.yaml", "--lab", site.lab, "--state",
        site.state)
      #expect(again.status == 2 && again.err.contains("is there already"), "\(again)")
    }
  }

  @Test func aNodeThatIsDrainedGetsNoMoreOfTheRun() async throws {
    try await withRun { site, run, never in
      let start = try await awaited(site.state + "/runs/long-run/events.jsonl", "the start") { text in
        text.split(separator: "\n").first { $0.contains("attempt_started") && $0.contains("long-run.stays.1") }
          .map(String.init)
      }
      let idle = start.contains("\"node\":\"n1\"") ? "n2" : "n1"
      let drained = try await site.sortie("node", "drain", idle, "--lab", site.lab)
      #expect(drained.status == 0, "\(drained)")
      try await awaited("\(idle) gets no more work", in: run.err)
      never.release()
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      let output = try RunOutput(onlyIn: site.state)
      #expect(try output.one("later").node != idle)
    }
  }
}
