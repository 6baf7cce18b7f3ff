import Foundation
import Reporting
import Testing

/// The inventory, by its verbs.
@Suite struct NodeVerbs {
  @Test func nodesAreAddedLookedAtDrainedAndRemoved() async throws {
    try await Site.with(nodes: 2) { site in
      let lab = site.folder + "/own/lab.yaml"
      let port = try #require(
        try String(contentsOfFile: site.lab, encoding: .utf8).firstMatch(of: /127\.0\.0\.1:(\d+)/)?.output.1)
      let add = [
        "node", "add", "\(NSUserName())@127.0.0.1:\(port)", "--name", "n7", "--identity",
        site.folder + "/lab/id_ed25519",
        "--label", "rack=3", "--slots", "2", "--directory", site.node("n1") + "/work", "--lab", lab,
      ]
      let told = try await site.tool("/usr/bin/ssh-keygen", "-lf", site.node("n1") + "/host_key.pub")
      let fingerprint = String(told.out.split(separator: " ")[1])
      let unasked = try await site.sortie(add)
      #expect(unasked.status == 3 && unasked.err.contains(fingerprint), "nobody said yes: \(unasked)")
      let wrong = "SHA256:" + String(repeating: "A", count: 43)
      let refused = try await site.sortie(add + ["--fingerprint", wrong])
      #expect(refused.status == 3 && refused.err.contains(fingerprint) && refused.err.contains(wrong), "\(refused)")
      #expect(!FileManager.default.fileExists(atPath: lab))

      let added = try await site.sortie(add + ["--fingerprint", fingerprint])
      #expect(added.status == 0 && added.err.contains("cores"), "\(added)")
      let twice = try await site.sortie(add + ["--fingerprint", fingerprint])
      #expect(twice.status == 2 && twice.err.contains("n7 already"), "\(twice)")
      try ("# ours\n" + String(contentsOfFile: lab, encoding: .utf8)).write(
        toFile: lab, atomically: true, encoding: .utf8)

      let listed = try await site.sortie("node", "list", "--lab", lab, "-o", "json")
      let document = try JSONSerialization.jsonObject(with: Data(listed.out.utf8)) as? [String: [[String: Any]]]
      let row = try #require(document?["nodes"]?.first)
      #expect(row["name"] as? String == "n7" && row["slots"] as? Int == 2 && row["drained"] as? Bool == false)
      #expect(row["labels"] as? [String: String] == ["rack": "3"])
      let shown = try await site.sortie("node", "show", "n7", "--lab", lab)
      #expect(shown.status == 0 && shown.out.contains("ssh-ed25519"), "\(shown)")
      let checked = try await site.sortie("node", "check", "--lab", lab)
      #expect(checked.status == 0 && checked.out.contains("n7: fine"), "\(checked)")

      let drained = try await site.sortie("node", "drain", "n7", "--lab", lab)
      #expect(drained.status == 0, "\(drained)")
      #expect(site.read("own/lab.yaml").contains("drained: true") && site.read("own/lab.yaml").hasPrefix("# ours\n"))
      let table = try await site.sortie("node", "list", "--lab", lab)
      #expect(table.out.contains("drained"), "\(table)")
      let back = try await site.sortie("node", "drain", "n7", "--undo", "--lab", lab)
      #expect(back.status == 0 && !site.read("own/lab.yaml").contains("drained: true"), "\(back)")
      let removed = try await site.sortie("node", "remove", "n7", "--lab", lab)
      #expect(removed.status == 0 && !site.read("own/lab.yaml").contains("n7"), "\(removed)")
      #expect(site.read("own/lab.yaml").hasPrefix("# ours\n"))
      let again = try await site.sortie("node", "remove", "n7", "--lab", lab)
      #expect(again.status == 2, "\(again)")
    }
  }

  @Test func cleaningWaitsForTheAgent() async throws {
    try await Site.with(nodes: 1) { site in
      let checked = try await site.sortie("node", "check", "n1", "--lab", site.lab)
      #expect(checked.status == 0, "\(checked)")
      let work = site.node("n1") + "/work"
      #expect(try !FileManager.default.contentsOfDirectory(atPath: work).isEmpty)
      let cleaned = try await site.sortie("node", "clean", "n1", "--lab", site.lab)
      #expect(cleaned.status == 0 && cleaned.out.hasPrefix(work), "\(cleaned)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: work).isEmpty)

      let catalog = try site.writeOneCase()
      let ran = try await site.sortie("run", "--catalog", catalog, "--lab", site.lab)
      #expect(ran.status == 0, "a cleaned node gets its agent again: \(ran)")
      let refused = try await site.sortie("node", "clean", "n1", "--lab", site.lab)
      #expect(refused.status == 2 && refused.err.contains("at work"), "\(refused)")
    }
  }

  @Test func aDrainedNodeGetsNoWork() async throws {
    try await Site.with(nodes: 2) { site in
      let drained = try await site.sortie("node", "drain", "n1", "--lab", site.lab)
      #expect(drained.status == 0, "\(drained)")
      let catalog = try site.write(
        "each.yaml",
        "sortie: 1\ntiers:\n  - name: t\n    testcases:\n"
          + "      - {case_name: c, on: each-node, run: {name: exec, args: {argv: [/bin/true]}}}\n")
      let ran = try await site.sortie("run", "--catalog", catalog, "--lab", site.lab, "--state", site.state)
      #expect(ran.status == 0, "\(ran)")
      #expect(try RunOutput(onlyIn: site.state).report().cases.map(\.id) == ["c@n2"])
    }
  }
}
