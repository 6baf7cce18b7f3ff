import Foundation
import Glibc
import Journal
import Model
import Reporting
import TestSupport
import Testing

/// What is known to go wrong with the systems in this field, as cases for this one.
@Suite struct KnownFailures {
  /// "A killed runner process hangs the job for ever and no timeout ends it."
  @Test(arguments: ["slot", "serve"]) func aKilledRunnerProcessHangsTheJobForEver(_ which: String) async throws {
    try await Site.with(nodes: 1, slots: 1) { site in
      let here = try Fifo(site.folder + "/here")
      let never = try Fifo(site.folder + "/stuck")
      let talkers = [
        Talker(
          name: "stuck", leaves: true,
          between: "case $SORTIE_ATTEMPT in *.1) echo > \(here.path); read _ < \(never.path);; esac"),
        Talker(name: "next", lines: 50),
      ]
      let run = try site.start(try site.arguments(talkers))
      _ = try await here.line()
      let runner = try #require(site.workers(on: "n1").first { $0.command.contains(" \(which) ") })
      kill(runner.id, SIGKILL)
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      try await checkRun(site, talkers, Tolerance(errors: true))
      #expect(try RunOutput(onlyIn: site.state).one("stuck").attempts == 2)
    }
  }

  /// "One reset connection in mid-line freezes the receiver."
  @Test func aResetInMidLineFreezesTheReceiver() async throws {
    try await Site.with(nodes: 1, slots: 1) { site in
      let proxy = try site.proxy("n1")
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let talkers = [
        Talker(
          name: "half", lines: 100,
          between: "printf 'half a '; echo > \(here.path); read _ < \(go.path); echo line")
      ]
      let run = try site.start(try site.arguments(talkers))
      _ = try await here.line()
      try await awaited("half 50", in: RunOutput(onlyIn: site.state).folder.console)
      proxy.cut(.reset)
      go.release()
      #expect(await run.ended().status == 0)
      let output = try RunOutput(onlyIn: site.state)
      let whole = String(decoding: talkers[0].log, as: UTF8.self)
        .replacing("half 50\n", with: "half 50\nhalf a line\n")
      #expect(output.text("cases/half/1.log") == whole)
      #expect(proxy.counts.opened >= 2 && proxy.counts.cut >= 1, "\(proxy.counts)")
    }
  }

  /// "A single output of more than 32 MiB is lost and the test still passes."
  @Test func anOutputOfMoreThan32MiBIsLostAndTheTestStillPasses() async throws {
    try await Site.with(nodes: 1) { site in
      let catalog = try site.write(
        "wide.yaml",
        """
        sortie: 1
        tiers:
          - name: wide
            testcases:
              - {case_name: one_line, run: {name: bashfeature, args: {cmd: 'head -c 40000000 /dev/zero | tr "\\0" x'}}}
              - case_name: one_write
                run: {name: bashfeature, args: {cmd: 'dd if=/dev/zero bs=40000000 count=1 status=none | tr "\\0" y'}}

        """)
      let ended = try await site.sortie("run", "--catalog", catalog, "--lab", site.lab, "--state", site.state)
      #expect(ended.status == 0, "\(ended)")
      let output = try RunOutput(onlyIn: site.state)
      for (name, letter) in [("one_line", UInt8(ascii: "x")), ("one_write", UInt8(ascii: "y"))] {
        let log = FileManager.default.contents(atPath: output.folder.path + "/cases/\(name)/1.log")
        #expect(log == Data(repeating: letter, count: 40_000_000), "\(log?.count ?? -1) bytes")
      }
    }
  }

  /// "A last line without a newline never arrives."
  @Test func aLastLineWithoutANewlineNeverArrives() async throws {
    try await Site.with(nodes: 1) { site in
      let talkers = [Talker(name: "open", lines: 2, isUnended: true), Talker(name: "bare", lines: 0, isUnended: true)]
      let ended = try await site.sortie(try site.arguments(talkers))
      #expect(ended.status == 0, "\(ended)")
      try await checkRun(site, talkers)
      #expect(try RunOutput(onlyIn: site.state).text("console.log").contains("open last"))
    }
  }

  /// "The result server is down at the end of a job and the result is dropped with exit code 0."
  @Test func aDeadResultServerDropsResultsWithExitCode0() async throws {
    try await Site.with(nodes: 1) { site in
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let port = try WebClient.closedPort()
      let server = try site.start("serve", "--listen", "127.0.0.1:\(port)", "--store", site.folder + "/results.db")
      try await awaited("http://", in: server.out)
      let talkers = [Talker(name: "last", between: "echo > \(here.path); read _ < \(go.path)")]
      let run = try site.start(
        try site.arguments(talkers, ["--publish", "http://127.0.0.1:\(port)/api/v1"]),
        environment: ["NODE_NAME": Site.pod])
      _ = try await here.line()
      server.signal(SIGKILL)
      _ = await server.ended()
      go.release()
      let ended = await run.ended()
      #expect(ended.status == 5, "\(ended)")
      #expect(ended.err.contains("results wait"), "\(ended)")
      let api = try await site.serve(port: port) + "/api/v1"
      let later = try await site.sortie("publish", "--state", site.state)
      #expect(later.status == 0, "\(later)")
      try await checkRun(site, talkers, api: api)
    }
  }

  /// "A job that failed to load aborts all the others."
  @Test func aJobThatFailsToLoadAbortsAllTheOthers() async throws {
    try await Site.with(nodes: 1) { site in
      let catalog = try site.write(
        "mixed.yaml",
        """
        sortie: 1
        tiers:
          - name: mixed
            testcases:
              - {case_name: no_program, run: {name: exec, args: {argv: [no-such-program]}}}
              - {case_name: no_module, run: {name: unit, args: {name: no_such_module}}}
              - {case_name: no_robot, run: {name: robotframework, args: {suites: [/nowhere/no.robot]}}}
              - {case_name: fine, run: {name: exec, args: {argv: [/bin/true]}}}
              - {case_name: fine_too, run: {name: exec, args: {argv: [/bin/true]}}}

        """)
      let ended = try await site.sortie("run", "--catalog", catalog, "--lab", site.lab, "--state", site.state)
      let output = try RunOutput(onlyIn: site.state)
      let verdicts = Dictionary(
        try output.report().cases.map { ($0.id, $0.verdict) }, uniquingKeysWith: { first, _ in first })
      #expect(verdicts["fine"] == .pass && verdicts["fine_too"] == .pass && verdicts.count == 5, "\(ended)")
      #expect(["no_program", "no_module", "no_robot"].allSatisfy { verdicts[$0] != .pass }, "\(verdicts)")
      #expect(ended.status == 3, "\(ended)")
    }
  }
}
