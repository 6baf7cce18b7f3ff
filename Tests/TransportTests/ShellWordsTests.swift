import Model
import Testing

@testable import Transport

@Suite struct ShellWordsTests {
  @Test(arguments: [
    ["true"], ["a b", "", "c"], ["it's", "''", "'"], ["$HOME", "`id`", "$(id)", "\\", "\"", "!!", "~", "*", "a;b|c&d"],
    ["line\nbreak", "tab\t", "\u{1}\u{7f}\r"], ["-n", "--", "é漢🎈", "e\u{301}"],
  ])
  func wordsSurviveTheShell(words: [String]) async throws {
    let line = try ShellWords.quote(["printf", #"%s\0"#] + words)
    let result = try await local(["sh", "-c", line])
    #expect(result.output == words.flatMap { Array($0.utf8) + [0] })
  }

  @Test func everyByteButNULSurvives() async throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let word = String(
        String.UnicodeScalarView(
          (0..<200).compactMap { _ in Unicode.Scalar(UInt32.random(in: 1..<0x3000, using: &generator)) }))
      let result = try await local(["sh", "-c", try ShellWords.quote(["printf", "%s", word])])
      #expect(result.output == Array(word.utf8))
    }
  }

  @Test func nothingAndNULAreRefused() async throws {
    #expect(throws: Fault.self) { try ShellWords.quote([]) }
    #expect(throws: Fault.self) { try ShellWords.quote(["a\0b"]) }
  }
}
