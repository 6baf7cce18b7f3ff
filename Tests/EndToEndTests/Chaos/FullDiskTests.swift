import Foundation
import Glibc
import Model
import Reporting
import Testing

/// File systems that fill up and are emptied again.
@Suite(.enabled(if: TinyDisk.isPossible, "mounting a tmpfs takes root")) struct FullDisks {
  @Test func ofTheCoordinator() async throws {
    try await Site.with(nodes: 2) { site in
      let disk = try TinyDisk(site, "state", bytes: 4 << 20)
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      // First in the catalog: nothing that is held waits behind something that is held.
      var talkers = ["big_1", "big_2"].map {
        Talker(
          name: $0, lines: 10_000, leaves: true, between: "echo > \(here.path); read _ < \(go.path)",
          after: "echo > \(here.path)")
      }
      talkers += Talker.mixed(3)
      let run = try site.start(try site.arguments(talkers))
      for _ in 0..<2 { _ = try await here.line() }
      try disk.fill()
      go.release(2)
      // It says so; the cases go on, and their agents keep what they print.
      try await awaited("No space left", in: run.err)
      for _ in 0..<2 { _ = try await here.line() }
      disk.free()
      let ended = await run.ended()
      #expect(ended.status == 1, "\(ended)")
      try await checkRun(site, talkers, story: "\(ended)")
    }
  }

  @Test func ofTheCoordinatorWithMoreToDo() async throws {
    try await Site.with(nodes: 1, slots: 1) { site in
      let disk = try TinyDisk(site, "state", bytes: 4 << 20)
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let held = Talker(name: "held", lines: 10_000, between: "echo > \(here.path); read _ < \(go.path)")
      let waits = Talker(name: "waits", lines: 10)
      let catalog = try site.write([held, waits])
      try String(contentsOfFile: catalog, encoding: .utf8)
        .replacing("case_name: waits", with: "case_name: waits\n        locks: [sut]")
        .write(toFile: catalog, atomically: true, encoding: .utf8)
      let run = try site.start("run", "--catalog", catalog, "--lab", site.lab, "--state", site.state)
      _ = try await here.line()
      try disk.fill()
      go.release()
      try await awaited("No space left", in: run.err)
      disk.free()
      let ended = await run.ended()
      let output = try RunOutput(onlyIn: site.state)
      #expect(try output.one("held").verdict == .pass)
      // What was not begun when the disk was full: run after all, or an error that says why, never a silent loss.
      let rest = try output.one("waits")
      #expect(rest.verdict == .pass || rest.reason?.contains("not run") == true, "\(rest)")
      #expect(ended.status == (rest.verdict == .pass ? 0 : 3), "\(ended)")
      #expect(try output.report().isComplete)
    }
  }

  @Test func ofANode() async throws {
    // The agent itself takes 15 MB of it. Mounted before the node's own mounts part from everybody's.
    try await Site.with(nodes: 2, prepare: { _ = try TinyDisk($0, "lab/n1/work", bytes: 24 << 20) }) { site in
      let disk = TinyDisk(at: site.node("n1") + "/work")
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let talkers = ["big_1", "big_2", "big_3", "big_4"].map {
        Talker(
          name: $0, lines: 40_000, leaves: true,
          between: "case $SORTIE_ATTEMPT in *.1) echo > \(here.path); read _ < \(go.path);; esac")
      }
      let run = try site.start(try site.arguments(talkers))
      for _ in 0..<4 { _ = try await here.line() }
      try disk.fill()
      go.release(4)
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      #expect((ended.err + ended.out).lowercased().contains("space"), "it says so: \(ended)")
      try await checkRun(site, talkers, Tolerance(errors: true))
    }
  }
}
