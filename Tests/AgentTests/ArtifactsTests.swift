import Glibc
import Model
import Testing
import Wire

@testable import Agent

@Suite struct ArtifactsTests {
  @Test(arguments: [
    ("*.xml", "a.xml", true), ("*.xml", "d/a.xml", false), ("*", "a", true), ("*", "d/a", true),
    ("d", "d/e/f", true), ("d/", "d/e", true), ("d", "de", false), ("d/*", "d/e", true), ("d/*/f", "d/e/f", true),
    ("d/*/f", "d/e/g/f", false), ("**", "a", true), ("**", "d/e/f", true), ("**/*.log", "a.log", true),
    ("**/*.log", "d/e/a.log", true), ("d/**", "d/e/f", true), ("d/**", "d", false), ("d/**/f", "d/f", true),
    ("d/**/f", "d/e/g/f", true), ("a?c", "abc", true), ("a?c", "a/c", false), ("[ab].txt", "b.txt", true),
    ("[!a].txt", "a.txt", false), ("*", ".hidden", false), (".*", ".hidden", true), ("*/x", ".git/x", false),
    ("**", ".git/x", true), ("**/*.txt", ".git/a.txt", true), ("**/*.txt", ".a.txt", false), ("a\\*", "a*", true),
    ("../*", "a", false), ("../a", "../a", true), ("/a", "a", true), ("", "a", true), ("A", "a", false),
    ("é*", "één", true),
  ])
  func globs(_ glob: String, _ path: String, _ isMatch: Bool) {
    #expect(Artifacts.matches(path, glob: glob) == isMatch)
  }

  @Test func manyStarsEnd() {
    let glob = Array(repeating: "**/a", count: 15).joined(separator: "/") + "/b"
    #expect(!Artifacts.matches(Array(repeating: "a", count: 32).joined(separator: "/"), glob: glob))
  }

  @Test func onlyPlainFilesBelowTheFolderAreFound() throws {
    try withFolder { folder in
      try makeFolders(folder + "/in/d/.e")
      for name in ["in/a.log", "in/d/b.log", "in/d/.e/c.log", "out.log", "in/with\nline.log"] {
        try write("text", to: folder + "/" + name)
      }
      symlink(folder + "/out.log", folder + "/in/link.log")
      symlink(folder, folder + "/in/up")
      symlink("loop", folder + "/in/loop")
      mkfifo(folder + "/in/pipe.log", 0o600)
      let found = Artifacts.find(["**"], in: folder + "/in")
      #expect(found.map(\.path) == ["a.log", "d/.e/c.log", "d/b.log"] && found.allSatisfy { $0.size == 4 })
      #expect(Artifacts.find(["../*.log", "/out.log", folder + "/out.log"], in: folder + "/in") == [])
      #expect(Artifacts.find([], in: folder) == [] && Artifacts.find(["*"], in: folder + "/none") == [])
    }
  }

  @Test func aLinkIsNotReadEvenIfItTookAFilesPlace() throws {
    try withFolder { folder in
      try write("secret", to: folder + "/target")
      symlink("target", folder + "/a")
      #expect(throws: Fault.self) {
        try Artifacts.keep(folder + "/a", as: folder + "/copy", limit: 10, redactor: Redactor([]))
      }
    }
  }

  @Test(
    arguments: [
      ("plain text", 100, [], "plain text"), ("plain text", 5, [], "plain"), ("plain text", 0, [], ""),
      ("the word is hunter2!", 100, ["hunter2"], "the word is *******!"),
      ("the word is hunter2!", 15, ["hunter2"], "the word is ***"),
    ] as [(String, Int64, [String], String)])
  func copies(_ text: String, _ limit: Int64, _ secrets: [String], _ expected: String) throws {
    try withFolder { folder in
      try write(text, to: folder + "/a")
      let size = try Artifacts.keep(folder + "/a", as: folder + "/b", limit: limit, redactor: Redactor(secrets))
      #expect(size == Int64(expected.utf8.count))
      #expect(readFile(folder + "/b", limit: 1000) == Array(expected.utf8))
    }
  }

  @Test func treesAreDeletedWithoutFollowingLinks() throws {
    try withFolder { folder in
      try makeFolders(folder + "/keep")
      try write("x", to: folder + "/keep/a")
      try makeFolders(folder + "/gone/d/e")
      try write("x", to: folder + "/gone/d/e/f")
      symlink(folder + "/keep", folder + "/gone/d/link")
      chmod(folder + "/gone/d", 0)
      removeTree(folder + "/gone")
      #expect(folderEntries(folder) == ["keep"] && folderEntries(folder + "/keep") == ["a"])
      removeTree(folder + "/none")
    }
  }

  /// A case with the rights to do it may have mounted something below its directory.
  @Test func whatStaysBehindIsSaid() async throws {
    try await withNode { node in
      let client = try node.attach()
      let attempt = try client.script("many", "seq 1003 | while read i; do : >f$i; done") { $0.artifacts = ["f*"] }
      #expect(try client.outcome(attempt).verdict == .pass)
      #expect(client.artifacts(attempt).count == 1000)
      #expect(client.notices(.warning) == ["\(attempt) left 1003 files; 3 of them stay behind"])
    }
  }

  @Test(.enabled(if: getuid() == 0, "needs root")) func whatIsMountedIsNotDeleted() throws {
    try withFolder { folder in
      try makeFolders(folder + "/gone/mounted")
      // Not every container lets its root mount.
      guard mount("none", folder + "/gone/mounted", "tmpfs", 0, nil) == 0 else { return }
      defer { umount2(folder + "/gone/mounted", Int32(MNT_DETACH)) }
      try write("x", to: folder + "/gone/mounted/kept")
      try write("x", to: folder + "/gone/a")
      removeTree(folder + "/gone/mounted")
      removeTree(folder + "/gone")
      #expect(folderEntries(folder + "/gone") == ["mounted"] && folderEntries(folder + "/gone/mounted") == ["kept"])
    }
  }

  private func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT, 0o600)
    #expect(file >= 0)
    try writeAll(Array(text.utf8), to: file, path)
    close(file)
  }
}

/// A fresh folder that is gone afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  var template = Array("/tmp/sortie-agent-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else { throw systemFault("mkdtemp", "/tmp") }
  let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { removeTree(folder) }
  return try body(folder)
}
