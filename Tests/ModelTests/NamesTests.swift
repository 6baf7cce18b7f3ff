import Model
import Testing

@Suite struct NamesTests {
  @Test(arguments: ["a", "...", ".a", "a b", "a.b", "-rf", "é", "setup:tier:smoke", "node_ready@n1", "~", "*", "\\"])
  func components(_ text: String) {
    #expect(isPathComponent(text))
    #expect(isConfinedPath(text) && isConfinedPath(text + "/" + text))
  }

  @Test(arguments: ["", ".", "..", "a/b", "/", "a\0", "a\n", "\u{1b}[2J", "\u{7f}", String(repeating: "x", count: 201)])
  func noComponents(_ text: String) { #expect(!isPathComponent(text)) }

  @Test func lengthsCountInBytes() {
    #expect(isPathComponent(String(repeating: "x", count: 200)))
    #expect(isPathComponent(String(repeating: "é", count: 100)))
    #expect(!isPathComponent(String(repeating: "é", count: 101)))
    let folder = String(repeating: "x", count: 63) + "/"
    #expect(isConfinedPath(String(repeating: folder, count: 15) + String(repeating: "x", count: 64)))
    #expect(!isConfinedPath(String(repeating: folder, count: 15) + String(repeating: "x", count: 65)))
  }

  @Test(arguments: ["a/b/c", "a/...", ".git/config", "a/..b"])
  func confined(_ path: String) { #expect(isConfinedPath(path)) }

  @Test(arguments: ["", "/", "/etc/passwd", "..", "a/..", "../a", "a/../../b", "./a", "a/./b", "a//b", "a/", "a/\0/b"])
  func notConfined(_ path: String) { #expect(!isConfinedPath(path)) }

  @Test func attemptsAreNumbered() {
    let attempt = AttemptID(run: RunID(rawValue: "20261201-003634-kqzf"), case: CaseID(rawValue: "a.b@n1"), ordinal: 12)
    #expect(attempt.rawValue == "20261201-003634-kqzf.a.b@n1.12")
    #expect(attempt.ordinal == 12)
    for foreign in ["", ".", "x", "a.b", "a.1x"] { #expect(AttemptID(rawValue: foreign).ordinal == nil) }
  }

  @Test func slices() {
    #expect(Slice(index: 2, count: 5)?.description == "2/5")
    for (index, count) in [(0, 1), (2, 1), (1, 0), (-1, 3), (1, 10_001)] {
      #expect(Slice(index: index, count: count) == nil)
    }
  }

  @Test func faultsSayWhereAndWhatToDo() {
    let place = SourceLocation(file: "tiers/smoke.yaml", line: 3, column: 7)
    #expect(Fault(.definition, "no such driver", at: place).description == "tiers/smoke.yaml:3:7: no such driver")
    #expect(Fault(.busy, "in use", hint: "wait").description == "in use (wait)")
  }

  @Test func secretValues() {
    let sut = SUT(environment: ["A": "1", "B": "", "C": "3"], secrets: ["A", "B", "D"])
    #expect(sut.secretValues == ["1"])
  }
}
