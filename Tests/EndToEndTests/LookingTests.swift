import Foundation
import Journal
import Model
import Reporting
import Testing

/// Looking at runs: while they go on, and afterwards.
extension OnOneSite {
  @Suite struct Looking {
    @Test func aRunIsListedAndShown() async throws {
      let run = try await BigRun.result()
      let state = run.site.folder + "/big"
      let listed = try await run.site.sortie("runs", "--state", state, "-o", "json")
      let document = try JSONSerialization.jsonObject(with: Data(listed.out.utf8)) as? [String: [[String: Any]]]
      let row = try #require(document?["runs"]?.first)
      #expect(row["run"] as? String == run.output.name)
      #expect(row["state"] as? String == "finished")
      #expect(row["exit"] as? Int == 3)
      #expect(row["error"] as? Int == Expected.all.count { $0.verdict == .error })

      let shown = try await run.site.sortie("show", String(run.output.name.prefix(8)), "--state", state)
      #expect(shown.status == 0, "\(shown)")
      #expect(shown.out == run.output.text("summary.txt"), "from the journal, the same as at the end of the run")
      let json = try await run.site.sortie("show", run.output.name, "--state", state, "-o", "json")
      #expect(try Report(json: Array(json.out.utf8)) == run.output.report())
    }

    @Test func logsAreShown() async throws {
      let run = try await BigRun.result()
      let state = run.site.folder + "/big"
      let all = try await run.site.sortie("logs", "2", "--state", state)
      #expect(all.status == 0)
      #expect(all.out == run.output.text("console.log"))
      let one = try await run.site.sortie("logs", "2", "unended", "--state", state)
      #expect(one.out == "one\ntwo")
      let none = try await run.site.sortie("logs", "2", "zzz", "--state", state)
      #expect(none.status == 2 && none.err.contains("zzz") && none.err.contains("unended"), "\(none)")
      // A run that is over is not waited for.
      let followed = try await run.site.sortie("logs", "2", "unended", "-f", "--state", state)
      #expect(followed.out == "one\ntwo", "\(followed)")
    }

    @Test func aRunningCaseIsFollowed() async throws {
      let site = try SharedSite.current
      let go = try Fifo(site.folder + "/go")
      let catalog = try site.write(
        "followed.yaml",
        """
        sortie: 1
        tiers:
          - name: talking
            testcases:
              - case_name: talks
                run: {name: bashfeature, args: {cmd: 'echo first; read _ < \(go.path); echo second'}}

        """)
      let state = site.folder + "/followed"
      let run = try site.start("run", "--catalog", catalog, "--lab", site.lab, "--state", state)
      try await awaited("run ", in: run.err)
      let raw = try site.start("logs", "2", "talks", "-f", "--state", state)
      let consolidated = try site.start("logs", "2", "-f", "--state", state)
      try await awaited("first\n", in: raw.out)
      try await awaited("talks | first\n", in: consolidated.out)
      let listed = try await site.sortie("runs", "--state", state)
      #expect(listed.out.contains("running"), "\(listed)")
      go.release()
      #expect(await run.ended().status == 0)
      let ended = await raw.ended()
      #expect(ended.status == 0 && ended.out == "first\nsecond\n", "\(ended)")
      let whole = await consolidated.ended()
      #expect(whole.out == (try RunOutput(onlyIn: state).text("console.log")), "\(whole)")
    }

    @Test func oldRunsAreDeletedAndNothingElse() async throws {
      let site = try SharedSite.current
      let catalog = try site.writeOneCase()
      let state = site.folder + "/pruned"
      for _ in 0..<2 {
        let ended = try await site.sortie("run", "--catalog", catalog, "--lab", site.lab, "--state", state)
        #expect(ended.status == 0, "\(ended)")
      }
      let before = RunFolder.all(in: state).map(\.run.rawValue)
      let ambiguous = try await site.sortie("show", "2", "--state", state)
      #expect(ambiguous.status == 2 && before.allSatisfy(ambiguous.err.contains), "\(ambiguous)")
      let pruned = try await site.sortie("runs", "prune", "--keep", "1", "--state", state)
      #expect(pruned.status == 0 && pruned.out == before[0] + "\n", "\(pruned)")
      #expect(RunFolder.all(in: state).map(\.run.rawValue) == [before[1]])
    }
  }
}
