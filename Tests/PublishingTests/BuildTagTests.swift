import Dialects
import Testing

@Suite struct BuildTagTests {
  static let table: [(tag: String, version: String)] = [
    ("jenkins-functest-apex-apex-daily-master-190", "master"), ("x-weekly-master-8", "master"),
    ("jenkins-functest-apex-apex-daily-colorado-daily-colorado-246", "colorado"),
    ("x-daily-stable-danube-12", "stable"), ("weather-latest-daily-12", "unknown"), ("x-suite-master-3", "unknown"),
    ("4f2a9c1e", "unknown"), ("", "unknown"), ("daily-", "unknown"), ("daily--", "unknown"), ("daily---", "-"),
    ("daily--5-", "-5"), ("daily-a-", "a"), ("daily-a\n-", "unknown"), ("daily-\n-a-daily-b-1", "b"),
    ("daily-a\nb-daily-c-", "c"), ("daily-\r\n-daily-c-", "c"), ("weekly-é日-1", "é日"), ("Daily-a-1", "unknown"),
    ("daidaily-x-1", "x"), ("weekdaily-y-1", "y"), ("weekly-weekly-z-1", "weekly"), ("daily-daily-", "daily"),
    ("daily-e\u{301}-1", "e\u{301}"), ("daily-\u{2028}-1", "\u{2028}"), ("daily-\u{85}-1", "\u{85}"),
  ]

  @Test(arguments: table) func `a tag gives its version`(row: (tag: String, version: String)) {
    #expect(BuildTag.version(of: row.tag) == row.version)
  }

  @Test func `no tag gives no version`() { #expect(BuildTag.version(of: nil) == "unknown") }

  @Test func `random tags give what Python gives`() async throws {
    var generator = SplitMix(state: 7)
    let pieces = [
      "daily", "weekly", "dai", "ly", "-", "-", "-", "daily-", "weekly-", "master", "1", "190", "\n", "\r", "é", "日",
      "\u{301}", " ", "🚀",
    ]
    var tags = Self.table.map(\.tag)
    for _ in 0..<5000 {
      tags.append(
        (0..<Int.random(in: 0...8, using: &generator)).map { _ in
          pieces.randomElement(using: &generator) ?? ""
        }.joined())
    }
    try await withTemporaryFolder { folder in
      let script = """
        import re, sys
        for tag in open(sys.argv[1], newline='', encoding='utf-8').read().split('\\0'):
            m = re.search("(dai|week)ly-(.+?)-[0-9]*", tag)
            sys.stdout.buffer.write((m.group(2) if m else 'unknown').encode() + b'\\0')
        """
      let answers = try python(script, input: tags.joined(separator: "\0"), in: folder)
        .split(separator: "\0", omittingEmptySubsequences: false).dropLast().map(String.init)
      try #require(answers.count == tags.count)
      for (tag, answer) in zip(tags, answers) {
        #expect(Array(BuildTag.version(of: tag).utf8) == Array(answer.utf8), "\(tag.debugDescription)")
      }
    }
  }
}

/// Sebastiano Vigna's splitmix64: the same numbers every time.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
