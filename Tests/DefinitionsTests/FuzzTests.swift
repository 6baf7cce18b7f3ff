import Model
import TestSupport
import Testing

@testable import Definitions

/// Broken files: whatever comes out is a catalog or faults, never a crash, and never a fault that points nowhere.
@Suite struct FuzzTests {
  private static let seeds = [
    Fixtures.colorado, Fixtures.danube, Fixtures.euphrates, Fixtures.xtesting, Fixtures.own,
    "a: &a [x]\nb: &b {<<: {c: *a}, d: *a}\nc: !!str 5\n? k\n: |+\n  text\n...\n",
  ]

  private static let fragments = [
    "*a", "&a ", "<<: ", "- ", ": ", "\n", "  ", "\t", "'", "\"", "[", "]", "{", "}", "#", "|", ">", "!!int ", "? ",
    "%", "---\n",
    "null", "1e999", "-1", "\u{F0000}", "\u{0}", "é", "\r", "\\x", "(?!", "a: 1\n", "case_name", "run",
  ]

  @Test func brokenCatalogs() throws {
    let mutator = Mutator(
      corpus: Self.seeds.map { Array($0.utf8) }, words: Self.fragments.map { Array($0.utf8) }, limit: 8 << 10)
    try Fuzz("catalog", mutator).run { _, bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let found = findings(text)
      // To the YAML parser the end of a text is on a line of its own.
      let lines = SourceText(file: "c.yaml", text: text).lineCount + 1
      for case let place? in (found.errors + found.warnings).map(\.location) {
        guard (1...lines).contains(place.line), place.column >= 1 else {
          throw Fault(.damaged, "a fault points to \(place) of \(lines) lines")
        }
      }
      _ = found.text
    }
  }

  @Test func mutatedLabs() {
    var random = Seeded(99)
    let seed =
      "sortie: 1\nnodes:\n  # one\n  - name: n1\n    address: u@h:22\n    host_key: \(pinnedKey)\n  - name: n2\n    address: local\n"
    for _ in 0..<200 {
      let text = Self.mutated(seed, &random)
      _ = try? lab(text)
      // An edit gives a lab with that change, or a fault.
      if let edited = try? LabEditor.add(Node(name: "n3", address: .local), to: text, file: "f") {
        #expect((try? lab(edited).nodes.last?.name) == "n3")
      }
      if let edited = try? LabEditor.remove("n1", from: text, file: "f") {
        #expect((try? lab(edited).nodes.contains { $0.name == "n1" }) == false)
      }
    }
  }

  private static func mutated(_ text: String, _ random: inout Seeded) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let at = Int.random(in: 0...scalars.count, using: &random)
      let end = min(scalars.count, at + Int.random(in: 0...12, using: &random))
      switch Int.random(in: 0..<4, using: &random) {
      case 0: scalars.removeSubrange(at..<end)
      case 1: scalars.insert(contentsOf: scalars[at..<end], at: Int.random(in: 0...scalars.count, using: &random))
      case 2: scalars.insert(contentsOf: (fragments.randomElement(using: &random) ?? "").unicodeScalars, at: at)
      default: scalars.replaceSubrange(at..<end, with: (fragments.randomElement(using: &random) ?? "").unicodeScalars)
      }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }
}
