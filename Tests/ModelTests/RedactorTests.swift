import Model
import TestSupport
import Testing

@Suite struct RedactorTests {
  @Test(
    arguments: [
      (["hunter2"], "password hunter2, again hunter2hunter2", "password *******, again **************"),
      (["ab", "bc"], "abc xbc aab", "*** x** a**"),
      (["aba"], "ababa", "*****"),
      (["abc", "b"], "abc b xbx", "*** * x*x"),
      (["aaa"], "aa aaaa", "aa ****"),
      (["é"], "café", "caf**"),
      (["x"], "", ""),
      ([], "nothing", "nothing"),
      ([""], "nothing", "nothing"),
      (["long secret"], "long secre", "long secre"),
      (["a\nb"], "1 a\nb 2", "1 *** 2"),
    ] as [([String], String, String)])
  func blanks(_ secrets: [String], _ text: String, _ expected: String) {
    #expect(Redactor(secrets).redact(text) == expected)
    var one = Redactor(secrets)
    let bytes = text.utf8.flatMap { one.push([$0]) } + one.finish()
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  /// Two letters and short secrets: nearly everything overlaps with everything.
  @Test(arguments: 0..<20) func chunksDoNotMatter(_ seed: Int) {
    var random = Seeded(UInt64(seed))
    for round in 0..<60 {
      let letters: [Character] = round % 3 == 0 ? ["a"] : round % 3 == 1 ? ["a", "b"] : ["a", "b", "é", "\n"]
      func text(_ length: Int) -> String { String((0..<length).map { _ in letters[random.below(letters.count)] }) }
      let secrets = (0..<1 + random.below(4)).map { _ in text(1 + random.below(7)) }
      let input = Array(text(random.below(80)).utf8)
      let longest = secrets.map(\.utf8.count).max() ?? 0
      var redactor = Redactor(secrets)
      var (output, index): ([UInt8], Int) = ([], 0)
      while index < input.count {
        let next = min(input.count, index + random.below(6))
        output += redactor.push(input[index..<next])
        index = next
        #expect(index - output.count < longest, "held back \(index - output.count) bytes for \(secrets)")
      }
      output += redactor.finish()
      #expect(output == covered(input, secrets), "seed \(seed): \(secrets)")
      for secret in secrets where !secret.contains("*") {
        #expect(!contains(output, Array(secret.utf8)), "seed \(seed): \(secret) got through")
      }
    }
  }

  @Test func whatIsNoBeginningIsNotHeldBack() {
    var redactor = Redactor(["secret"])
    #expect(redactor.push(Array("a line\n".utf8)) == Array("a line\n".utf8))
    #expect(redactor.push(Array("a sec".utf8)) == Array("a ".utf8))
    #expect(redactor.push(Array("ond".utf8)) == Array("second".utf8))
  }

  @Test func aCutStreamDoesNotShowTheBeginningOfASecret() {
    var redactor = Redactor(["secret"])
    var output = redactor.push(Array("it is secr".utf8))
    output += redactor.finish(isCut: true)
    #expect(String(decoding: output, as: UTF8.self) == "it is ****")
  }

  @Test func aLongStreamIsNotQuadratic() {
    var redactor = Redactor([String(repeating: "ab", count: 50), "needle"])
    let chunk = Array(String(repeating: "ababab no needle here ", count: 200).utf8)
    var count = 0
    for _ in 0..<50 { count += redactor.push(chunk).count }
    count += redactor.finish().count
    #expect(count == 50 * chunk.count)
  }

  /// The definition, written down plainly: every byte that lies in any occurrence of any secret.
  private func covered(_ input: [UInt8], _ secrets: [String]) -> [UInt8] {
    var output = input
    for secret in secrets.map({ Array($0.utf8) }) where secret.count <= input.count {
      for index in 0...(input.count - secret.count) where Array(input[index..<index + secret.count]) == secret {
        for at in index..<index + secret.count { output[at] = UInt8(ascii: "*") }
      }
    }
    return output
  }

  private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    bytes.count >= part.count
      && (0...(bytes.count - part.count)).contains { bytes[$0..<$0 + part.count].elementsEqual(part) }
  }
}
