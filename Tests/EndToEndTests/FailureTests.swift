import Foundation
import Glibc
import Journal
import Model
import Reporting
import Testing

/// What dies, and what then happens.
@Suite struct Failures {
  /// Each case says where it runs, and which attempt it is; first attempts wait for a word.
  private static let catalog = """
    sortie: 1
    tiers:
      - name: held
        testcases:
          - {case_name: held_1, run: {name: bashfeature, args: {cmd: '<cmd>'}}}
          - {case_name: held_2, run: {name: bashfeature, args: {cmd: '<cmd>'}}}

    """
  private static let command = """
    echo before; echo "$SORTIE_CASE $SORTIE_ATTEMPT $HOME" > <site>/here; \
    case $SORTIE_ATTEMPT in *.1) <site>/stayer & read _ < <site>/go;; esac; echo after
    """

  /// A case that waits, and where.
  private struct Held {
    let id: String
    let node: String
  }

  /// Starts a run whose two cases are held on two nodes, and lends it.
  private func withHeldCases(
    _ options: [String], _ body: (Site, Program, [Held], Fifo) async throws -> Void
  ) async throws {
    try await Site.with(nodes: 2, slots: 1) { site in
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let stayer = try site.write("stayer", "#!/bin/sh\ntrap '' TERM\nread _ < \(site.folder)/never\n")
      _ = try Fifo(site.folder + "/never")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stayer)
      let command = Self.command.filling(["site": site.folder])
      let catalog = try site.write("tiers.yaml", Self.catalog.filling(["cmd": command]))
      let run = try site.start(
        ["run", "--catalog", catalog, "--lab", site.lab, "--state", site.state] + options)
      var held: [Held] = []
      for _ in 0..<2 {
        let words = try await here.line().split(separator: " ").map(String.init)
        let node = try #require(["n1", "n2"].first { words.last == site.node($0) + "/home" })
        held.append(Held(id: words[0], node: node))
      }
      #expect(Set(held.map(\.node)) == ["n1", "n2"])
      try await body(site, run, held.sorted { $0.node < $1.node }, go)
    }
  }

  /// The server of a node.
  private func server(of node: String, _ site: Site) throws -> ProcessEntry {
    try #require(ProcessEntry.naming(site.node(node) + "/sshd_config").first { $0.name == "sshd" })
  }

  private func agents(of node: String, _ site: Site) -> [ProcessEntry] {
    ProcessEntry.naming("serve " + site.node(node) + "/")
  }

  @Test func whatADeadNodeHadInHandMovesOn() async throws {
    try await withHeldCases(["--lease", "5"]) { site, run, held, go in
      let stayers = ProcessEntry.naming(site.folder + "/stayer")
      let server = try server(of: "n1", site)
      for process in [server] + ProcessEntry.below(server.id) + agents(of: "n1", site) { kill(process.id, SIGKILL) }
      // Two words: the dying case may still take one.
      go.release(2)
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.err.contains("n1"), "\(ended)")
      let output = try RunOutput(onlyIn: site.state)
      let moved = try output.one(held[0].id)
      #expect(moved.verdict == .pass && moved.node == "n2" && moved.attempts == 2, "\(moved)")
      #expect(moved.history.first?.verdict != .fail)
      #expect(try output.one(held[1].id).attempts == 1)
      #expect(output.text("\(moved.log ?? "")") == "before\nafter\n")
      #expect(try output.report().nodes.first { $0.name == "n1" }?.state != .ready)
      for process in stayers { try await site.end(of: process) }
    }
  }

  @Test func whatADeadAgentHadInHandIsTriedAgain() async throws {
    try await withHeldCases([]) { site, run, held, go in
      let stayers = ProcessEntry.naming(site.folder + "/stayer")
      for process in agents(of: "n1", site) { kill(process.id, SIGKILL) }
      // The second attempt waits for the other node, which is busy. Two words: the dying case may still take one.
      try await awaited("node n1 is lost", in: run.err)
      go.release(2)
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      let output = try RunOutput(onlyIn: site.state)
      let again = try output.one(held[0].id)
      #expect(again.verdict == .pass && again.attempts == 2, "\(again)")
      #expect(again.history.first?.verdict == .error)
      #expect(try output.one(held[1].id).attempts == 1)
      for process in stayers { try await site.end(of: process) }
    }
  }

  @Test func aCutLinkCutsNoLine() async throws {
    try await Site.with(nodes: 1) { site in
      let here = try Fifo(site.folder + "/here")
      let go = try Fifo(site.folder + "/go")
      let catalog = try site.write(
        "tiers.yaml",
        """
        sortie: 1
        tiers:
          - name: talking
            testcases:
              - case_name: talks
                run:
                  name: bashfeature
                  args:
                    cmd: |
                      seq 1 20000; echo > \(here.path); read _ < \(go.path)
                      seq 20001 40000; read _ < \(go.path); echo last

        """)
      let run = try site.start("run", "--catalog", catalog, "--lab", site.lab, "--state", site.state)
      _ = try await here.line()
      let sessions = ProcessEntry.below(try server(of: "n1", site).id).filter { $0.name.hasPrefix("sshd") }
      #expect(!sessions.isEmpty)
      for process in sessions { kill(process.id, SIGKILL) }
      go.release()
      _ = try await awaited(run.err, "the node again") { text in
        text.matches(of: /node n1 is ready/).count == 2 ? true : nil
      }
      go.release()
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      let output = try RunOutput(onlyIn: site.state)
      #expect(output.text("cases/talks/1.log") == (1...40000).map { "\($0)\n" }.joined() + "last\n")
      #expect(try output.one("talks").attempts == 1)
      let events = try output.events().compactMap { $0["event"] as? String }.filter { $0.hasPrefix("node_") }
      #expect(events == ["node_ready", "node_lost", "node_ready"], "\(sessions) \(ended)")
    }
  }

  @Test func aKilledCoordinatorDoesNoDamage() async throws {
    try await withHeldCases([]) { site, run, held, go in
      try await awaited("held_1 ", in: RunOutput(onlyIn: site.state).folder.console)
      run.signal(SIGKILL)
      #expect(await run.ended().status == -SIGKILL)
      let name = try RunOutput(onlyIn: site.state).name
      let listed = try await site.sortie("runs", "--state", site.state)
      #expect(listed.status == 0 && listed.out.contains(name) && listed.out.contains("unfinished"), "\(listed)")
      let shown = try await site.sortie("show", name, "--state", site.state)
      #expect(shown.status == 0 && held.allSatisfy { shown.out.contains($0.id) }, "\(shown)")
      let json = try await site.sortie("show", name, "--state", site.state, "-o", "json")
      let report = try Report(json: Array(json.out.utf8))
      #expect(report.exit == 3 && !report.isComplete && report.missing.sorted() == ["held_1", "held_2"])
      let logs = try await site.sortie("logs", name, "--state", site.state)
      #expect(logs.out.contains("held_1"), "\(logs)")
      // What ran goes on under its lease, and another run gets along with that.
      #expect(ProcessEntry.naming(site.folder + "/stayer").count >= 2)
      go.release(4)
      let next = try await site.sortie(
        "run", "--catalog", site.folder + "/tiers.yaml", "--lab", site.lab, "--state", site.state)
      #expect(next.status == 0, "\(next)")
      #expect(RunFolder.all(in: site.state).count == 2)
    }
  }
}
