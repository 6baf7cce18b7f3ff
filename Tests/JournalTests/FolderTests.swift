import Glibc
import Journal
import Model
import TestSupport
import Testing

@Suite struct FolderTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func find(_ prefix: String) throws -> String {
    try RunFolder.find(prefix, in: scratch.path).run.rawValue
  }

  @Test func aRunIsFoundByAnyUniquePrefix() throws {
    for name in ["20260101-000000-aaaa", "20260101-000001-bbbb", "20260101"] { try Folder.make(scratch.run(name).path) }
    #expect(try find("20260101-000000") == "20260101-000000-aaaa")
    #expect(try find("20260101") == "20260101", "an exact name wins over longer ones")
    #expect(#expect(throws: Fault.self) { try find("20260101-") }?.code == .usage)
    #expect(#expect(throws: Fault.self) { try find("2027") }?.code == .notFound)
    #expect(#expect(throws: Fault.self) { try find("../") }?.code == .notFound)
    #expect(RunFolder.all(in: scratch.path).map(\.run.rawValue).first == "20260101")
    #expect(RunFolder.all(in: scratch.file("nowhere")).isEmpty)
  }

  @Test(arguments: [
    "", ".", "..", "../../etc/passwd", "/abs", "a/b", "a\u{0}b", "line\nbreak", String(repeating: "x", count: 121),
    String(repeating: "é", count: 100), "con\u{7f}trol",
  ])
  func noCaseNameLeavesItsFolder(_ name: String) {
    let file = RunFolder.fileName(CaseID(rawValue: name))
    #expect(isPathComponent(file))
    #expect(isConfinedPath(RunFolder.log(of: CaseID(rawValue: name), ordinal: 1)))
    #expect(isConfinedPath(RunFolder.artifacts(of: CaseID(rawValue: name), ordinal: 1)))
  }

  @Test func noTwoCasesShareAFolder() {
    let long = String(repeating: "x", count: 190)
    let names = ["a/b", "a_b", "a\u{1}b", long + "@node-number-1", long + "@node-number-2", "", ".", "..", "plain"]
    #expect(Set(names.map { RunFolder.fileName(CaseID(rawValue: $0)) }).count == names.count)
    #expect(RunFolder.log(of: CaseID(rawValue: "node_ready@n1"), ordinal: 2) == "cases/node_ready@n1/2.log")
    #expect(RunFolder.artifacts(of: CaseID(rawValue: "c"), ordinal: 1) == "artifacts/c/1")
  }

  @Test func removingAFolderSparesWhatItsLinksPointTo() throws {
    let (inside, outside) = (scratch.file("inside"), scratch.file("outside"))
    try Folder.make(inside + "/deep/er")
    try Folder.make(outside)
    replace(outside + "/kept", with: [1])
    replace(inside + "/deep/er/file", with: [2])
    #expect(symlink(outside, inside + "/link") == 0)
    #expect(symlink("/nowhere", inside + "/dangling") == 0)
    try Folder.remove(inside)
    #expect(access(inside, F_OK) != 0)
    #expect(content(of: outside + "/kept") == [1])
    try Folder.remove(inside)
    let link = scratch.file("to-outside")
    #expect(symlink(outside, link) == 0)
    try Folder.remove(link)
    #expect(content(of: outside + "/kept") == [1])
  }

  @Test func removingAFolderTakesNamesThatSortieWouldNotGive() throws {
    let path = scratch.file("odd")
    try Folder.make(path)
    for name in [String(repeating: "n", count: 200), "tab\there", "..."] { replace(path + "/" + name, with: [1]) }
    #expect(mkdir(Array(path.utf8CString.dropLast()) + [47, -1, -2, 0], 0o700) == 0, "a name that is no UTF-8")
    try Folder.remove(path)
    #expect(access(path, F_OK) != 0)
  }

  @Test func makingAFolderSaysWhatIsInTheWay() throws {
    replace(scratch.file("file"), with: [1])
    #expect(#expect(throws: Fault.self) { try Folder.make(scratch.file("file/sub")) }?.code == .system)
  }
}

@Suite struct DurableFileTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  @Test func aFileIsReplacedWhole() throws {
    let path = scratch.file("report.json")
    for size in [0, 1, 100_000, 10] {
      try DurableFile.write([UInt8](repeating: UInt8(size & 255), count: size), to: path)
      #expect(content(of: path).count == size)
      #expect(Folder.names(scratch.path) == ["report.json"])
    }
    try DurableFile.remove(path)
    try DurableFile.remove(path)
    #expect(Folder.names(scratch.path).isEmpty)
  }

  @Test func aFailedWriteLeavesTheOldContentAndNothingElse() throws {
    let path = scratch.file("target")
    try Folder.make(path)
    #expect(#expect(throws: Fault.self) { try DurableFile.write([1, 2], to: path) }?.code == .system)
    #expect(Folder.names(scratch.path) == ["target"], "nothing is left beside a file that could not be renamed")
    #expect(#expect(throws: Fault.self) { try DurableFile.write([1], to: scratch.file("no/where")) }?.code == .system)
  }

  @Test func whoeverReadsMeanwhileSeesOneContentOrTheOther() async throws {
    let path = scratch.file("state")
    let contents = (0..<4).map { [UInt8](repeating: UInt8($0), count: 50_000 + $0) }
    try DurableFile.write(contents[0], to: path)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for round in 0..<40 { try? DurableFile.write(contents[round % 4], to: path) } }
      for _ in 0..<200 { #expect(contents.contains(content(of: path))) }
    }
  }
}
