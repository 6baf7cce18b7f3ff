import Testing

@testable import Drivers

struct PhrasesTests {
  @Test(arguments: [
    (30, "30"), (0.5, "0.5"), (-0.5, "-0.5"), (1.25, "1.3"), (0, "0"), (2.999, "3"), (1e300, "1e+300"),
    (.infinity, "inf"),
  ])
  func numbersHaveAtMostOneDecimal(number: Double, text: String) {
    #expect(decimal(number) == text)
  }

  @Test(arguments: [(99.99, "99.9 %"), (100, "100 %"), (66.666, "66.6 %"), (0, "0 %")])
  func percentagesNeverLookBetterThanTheyAre(number: Double, text: String) {
    #expect(percent(number) == text)
  }

  @Test(arguments: [
    ("a\n\t b\u{1B}c", 20, "a b c"), ("  a  ", 20, "a"), ("abcdef", 4, "abc…"), ("abcd", 4, "abcd"), ("", 4, ""),
  ])
  func linesStayLines(text: String, limit: Int, line: String) {
    #expect(oneLine(text, limit: limit) == line)
  }
}
