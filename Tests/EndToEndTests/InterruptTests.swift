import Foundation
import Glibc
import Model
import Reporting
import Testing

/// Ctrl-C: once is an orderly end, twice is one at once.
@Suite struct Interrupts {
  private static let catalog = """
    sortie: 1
    tiers:
      - name: long
        teardown: {run: {name: bashfeature, args: {cmd: 'echo done > <site>/torn-down'}}}
        testcases:
          - case_name: stays
            run: {name: bashfeature, args: {cmd: '<trap> setsid <site>/stayer <site>/here & read _ < <site>/never'}}
          - {case_name: waits, locks: [sut], run: {name: exec, args: {argv: [/bin/true]}}}

    """

  /// Starts a run on two nodes and lends it once its case runs.
  private func withRun(trap: String, _ body: (Site, Program) async throws -> Void) async throws {
    try await Site.with(nodes: 2) { site in
      let here = try Fifo(site.folder + "/here")
      let never = try Fifo(site.folder + "/never")
      let stayer = try site.write("stayer", "#!/bin/sh\ntrap '' TERM\necho here > \"$1\"\nread _ < <site>/never\n")
      try site.write("stayer", site.read("stayer").filling(["site": site.folder]))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stayer)
      let catalog = try site.write("tiers.yaml", Self.catalog.filling(["site": site.folder, "trap": trap]))
      let run = try site.start("run", "--catalog", catalog, "--lab", site.lab, "--state", site.state)
      _ = try await here.line()
      let stayers = ProcessEntry.naming(stayer)
      try await body(site, run)
      for process in stayers { try await site.end(of: process) }
      #expect(ProcessEntry.naming(stayer).isEmpty, "nothing of it is left on any node")
      withExtendedLifetime(never) {}
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func onceRunsTheTearDowns(_ number: Int32) async throws {
    try await withRun(trap: "") { site, run in
      run.signal(number)
      let ended = await run.ended()
      #expect(ended.status == 130, "\(ended)")
      #expect(ProcessEntry.naming(site.folder + "/stayer").isEmpty, "ended before the run says that it is over")
      #expect(site.read("torn-down") == "done\n")
      let output = try RunOutput(onlyIn: site.state)
      #expect(try output.report().exit == 130)
      #expect(try output.one("stays").verdict == .error)
      #expect(try output.one("stays").reason?.contains("cancelled") == true)
      #expect(try output.one("waits").verdict == .skip)
      #expect(try output.report().missing.isEmpty)
    }
  }

  @Test func twiceEndsAtOnce() async throws {
    try await withRun(trap: "trap \"\" TERM INT;") { site, run in
      run.signal(SIGINT)
      try await awaited("running the tear-downs", in: run.err)
      run.signal(SIGINT)
      let ended = await run.ended()
      #expect(ended.status == 130, "\(ended)")
      #expect(site.read("torn-down").isEmpty, "no time for tear-downs")
      #expect(try RunOutput(onlyIn: site.state).report().exit == 130)
    }
  }
}
