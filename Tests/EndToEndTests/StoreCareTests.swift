import Foundation
import Glibc
import Testing

/// `sortie store` from outside, beside a server and without one.
@Suite struct StoreCare {
  private static let pods = #"""
    {"_id":{"$oid":"5700000000000000000000a1"},"name":"pod1","mode":"metal","role":"","details":"","creator":"me"}

    """#
  private static let results = #"""
    {"_id":{"$oid":"5800000000000000000000a1"},"pod_name":"pod1","project_name":"functest","case_name":"vping","version":2023.1,"criteria":"PASS","build_tag":{"$numberLong":"12345678"},"details":{"a":1.0},"start_date":"2016-05-23 07:16:09"}
    {"_id":"5800000000000000000000a2","pod_name":"pod2","project_name":12,"case_name":"vping","details":"x"}

    """#

  @Test func theOldServersDataAreServed() async throws {
    try await Site.with { site in
      let results = try site.write("testapi.results.json", Self.results + "nonsense\n")
      let pods = try site.write("pods.json", Self.pods)
      let imported = try await site.sortie(
        "store", "import", "--from", "mongoexport", "--store", "results.db", results, pods)
      #expect(imported.status == 1, "\(imported)")
      #expect(imported.out == "added 3\npresent 0\nconflicts 0\nbad 1\ndeclared 5\n")
      #expect(imported.err.contains("testapi.results.json:3: no JSON"))
      #expect(imported.err.contains("results.json:2: pod pod2 was not there, and is declared"))
      let api = try await site.serve() + "/api/v1"
      let (status, body) = try await WebClient.get(api + "/results/5800000000000000000000a1")
      #expect(status.contains("200"))
      let text = String(decoding: body, as: UTF8.self)
      #expect(text.contains(#""version": 2023.1"#) && text.contains(#""build_tag": 12345678"#), "\(text)")
      #expect(text.contains(#""details": {"a":1.0}"#), "\(text)")
      #expect(try await WebClient.results(api, "project=12").count == 1)
      let again = try await site.sortie(
        "store", "import", "--from", "mongoexport", "--strict", "--store", "results.db", results)
      #expect(again.status == 2 && again.err.contains("testapi.results.json:3"), "\(again)")
    }
  }

  @Test func aStoreInUseIsBackedUpButNotRestored() async throws {
    try await Site.with { site in
      try site.write("pods.json", Self.pods)
      let made = try await site.sortie("store", "import", "--from", "mongoexport", "--store", "results.db", "pods.json")
      #expect(made.status == 0, "\(made)")
      _ = try await site.serve()
      let backup = try await site.sortie("store", "backup", "b.db", "--store", "results.db")
      #expect(backup.status == 0, "\(backup)")
      let twice = try await site.sortie("store", "backup", "b.db", "--store", "results.db")
      #expect(twice.status == 2, "\(twice)")
      let refused = try await site.sortie("store", "restore", "b.db", "--store", "results.db")
      #expect(refused.status == 2 && refused.err.contains("in use"), "\(refused)")
      let vacuum = try await site.sortie("store", "prune", "--keep-days", "1", "--vacuum", "--store", "results.db")
      #expect(vacuum.status == 2 && vacuum.out.contains("results 0"), "\(vacuum)")
      for store in ["results.db", "b.db"] {
        let check = try await site.sortie("store", "check", "--store", store)
        #expect(check.status == 0 && !check.out.contains("BAD"), "\(check)")
      }
      let elsewhere = try await site.sortie("store", "restore", "b.db", "--store", "new.db")
      #expect(elsewhere.status == 0, "\(elsewhere)")
      try site.write("text.db", "this is no database at all")
      #expect(try await site.sortie("store", "check", "--store", "text.db").status == 3)
      #expect(try await site.sortie("store", "check", "--store", "nowhere.db").status == 2)
      #expect(try await site.sortie("store", "prune", "--keep-days", "-1").status == 2)
    }
  }

  @Test func anArchiveBecomesRunsAndExportsComeBackByteByByte() async throws {
    try await Site.with { site in
      let run = "archive/teuthology-2026-11-01_02:00:00-rados-main-distro-default-smithi"
      for (job, passed) in [("1", true), ("2", false)] {
        try site.write(
          "\(run)/\(job)/orig.config.yaml", "job_id: '\(job)'\nname: n\npriority: 70\nroles: [[mon.a, osd.0]]\n")
        try site.write("\(run)/\(job)/config.yaml", "sha1: 0a0b\ntargets: {ubuntu@smithi001.front: ssh-rsa}\n")
        try site.write("\(run)/\(job)/summary.yaml", "success: \(passed)\nduration: 12.5\nowner: me\n")
        try site.write("\(run)/\(job)/teuthology.log", "…\n")
      }
      try site.write("\(run)/3/config.yaml", "a: [")
      try site.write("\(run)/notes/config.yaml", "a: b\n")
      try site.write("secret.yaml", "name: secret\n")
      try site.write("\(run)/4/config.yaml", "name: four\n")
      symlink(site.folder + "/secret.yaml", site.folder + "/\(run)/4/summary.yaml")
      symlink(site.folder + "/\(run)/1", site.folder + "/\(run)/5")
      let imported = try await site.sortie("store", "import", "--from", "teuthology", "--store", "p.db", "archive/")
      #expect(imported.status == 1 && imported.out.hasPrefix("added 3\npresent 0\n"), "\(imported)")
      #expect(imported.err.contains("/4/summary.yaml: this is no file") && imported.err.contains("/3/config.yaml"))
      let again = try await site.sortie("store", "import", "--from", "teuthology", "--store", "p.db", run)
      #expect(again.out.hasPrefix("added 0\npresent 3\n"), "\(again)")
      let check = try await site.sortie("store", "check", "--store", "p.db")
      #expect(check.status == 0, "\(check)")

      let server = try await site.serve(store: "p.db")
      let (status, list) = try await WebClient.get(server + "/paddles/runs/")
      let text = String(decoding: list, as: UTF8.self)
      #expect(status.contains("200") && text.contains(#""pass": 1"#) && text.contains(#""fail": 1"#), "\(text)")
      #expect(!text.contains("secret"))

      let first = try await site.sortie("store", "export", "--store", "p.db")
      #expect(first.status == 0 && first.out.hasSuffix("}\n"), "\(first)")
      try site.write("all.jsonl", first.out)
      let copied = try await site.sortie("store", "import", "--store", "q.db", "all.jsonl")
      #expect(copied.status == 0, "\(copied)")
      let second = try await site.sortie("store", "export", "--store", "q.db")
      #expect(second.out == first.out)
      let twice = try await site.sortie("store", "import", "--store", "q.db", "all.jsonl")
      #expect(twice.status == 0 && twice.out.hasPrefix("added 0\n"), "\(twice)")

      // In the wrong order, and cut.
      var lines = first.out.lines
      lines.removeLast()
      let header = lines.removeFirst()
      try site.write("cut.jsonl", ([header] + lines.reversed()).joined(separator: "\n"))
      let cut = try await site.sortie("store", "import", "--store", "r.db", "cut.jsonl")
      #expect(
        cut.status == 1 && cut.err.contains("ends too early") && cut.out.contains("conflicts 0\nbad 1\n"), "\(cut)")
      #expect(try await site.sortie("store", "export", "--store", "r.db").out == first.out)
      try site.write("other.txt", "hello\n")
      #expect(try await site.sortie("store", "import", "--store", "s.db", "other.txt").status == 2)
    }
  }

  @Test func whoMistakesAPathIsToldAndLosesNothing() async throws {
    try await Site.with { site in
      let made = try await site.sortie("token", "add", "ci", "--store", "results.db")
      #expect(made.status == 0 && made.err.contains("results.db was not there, and is made"), "\(made)")
      try site.write("empty.db", "")
      try FileManager.default.createDirectory(atPath: site.folder + "/nothing", withIntermediateDirectories: true)
      for (arguments, status, text) in [
        (["token", "list", "--store", "typo.db"], 2, "no store at typo.db (name one with --store"),
        (["token", "revoke", "ci", "--store", "typo.db"], 2, "no store at typo.db"),
        (["store", "check", "--store", "typo.db"], 2, "no store at typo.db (name one with --store"),
        (["store", "backup", "b.db", "--store", "typo.db"], 2, "no store at typo.db"),
        (
          ["serve", "--listen", "127.0.0.1:0", "--store", "none/r.db"], 3, "none/r.db: No such file or directory (does"
        ),
        (["serve", "--listen", "127.0.0.1:70000", "--store", "results.db"], 2, "65535"),
        (["store", "backup", "none/b.db", "--store", "results.db"], 3, "none/b.db: No such file or directory (does"),
        (["store", "restore", "empty.db", "--store", "results.db"], 3, "empty.db is no store of sortie"),
        (["store", "restore", "typo.db", "--store", "results.db"], 2, "no backup at typo.db"),
        (
          ["store", "import", "--from", "teuthology", "nothing", "--store", "results.db"], 1,
          "nothing: there are no jobs"
        ),
      ] as [([String], Int32, String)] {
        let ended = try await site.sortie(arguments)
        #expect(ended.status == status && ended.err.contains(text), "\(arguments): \(ended)")
      }
      #expect(!FileManager.default.fileExists(atPath: site.folder + "/typo.db"), "a typo makes no store")
      #expect(try await site.sortie("token", "list", "--store", "results.db").out.hasPrefix("ci\t"))
    }
  }

  @Test func thePageSaysWhatTheVerbsTake() async throws {
    try await Site.with { site in
      let page = try String(contentsOfFile: Binaries.checkout + "/docs/store.md", encoding: .utf8)
      let example = page.components(separatedBy: "```json\n").dropFirst().first?.components(separatedBy: "```").first
      try site.write("example.jsonl", try #require(example))
      let imported = try await site.sortie("store", "import", "example.jsonl", "--store", "results.db")
      #expect(imported.status == 0, "\(imported)")
      #expect(
        try await site.sortie("store", "export", "--store", "results.db").out.hasPrefix(example?.lines.first ?? "-"))
      // Every command of the page that needs nothing else, as it stands there.
      let commands = page.lines.filter {
        $0.hasPrefix("$ sortie store ") && !$0.contains("--from") && !$0.contains(">")
      }
      #expect(commands.count >= 6)
      try site.write("all.jsonl", try await site.sortie("store", "export", "--store", "results.db").out)
      for command in commands {
        let words = command.split(separator: " ").dropFirst(2).map(String.init)
        let ended = try await site.sortie(words)
        #expect(ended.status == 0, "\(command): \(ended)")
      }
      let help = try await site.sortie("store", "--help")
      for verb in ["backup", "restore", "check", "prune", "export", "import"] {
        #expect(page.contains("| `\(verb)") && help.out.contains(verb))
        #expect(try await site.sortie("store", verb, "--help").out.contains("Examples:"))
      }
    }
  }
}
