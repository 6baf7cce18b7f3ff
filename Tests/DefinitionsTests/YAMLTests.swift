import Model
import Testing

@testable import Definitions

@Suite struct YAMLTests {
  private func read(_ text: String) -> (root: YAMLNode?, errors: [Fault]) {
    let findings = Findings()
    let root = YAMLDocument.read(SourceText(file: "f", text: text), findings)
    return (root, findings.diagnostics.errors)
  }

  @Test func placesAreThoseOfTheText() {
    let root = read("a:\n  - x\n  - {b: 'y'}\nü: z\n").root
    let second = root?["a"]?.sequence?.last
    #expect(second?.location == SourceLocation(file: "f", line: 3, column: 5))
    #expect(second?["b"]?.location.column == 9)
    #expect(root?["ü"]?.location == SourceLocation(file: "f", line: 4, column: 4))
  }

  @Test func aliasesAndMergeKeysAreFollowed() throws {
    let (root, errors) = read("base: &b {x: 1, y: '*2'}\nuse: {<<: *b, y: 3}\nlist: [*b, *b]\n")
    #expect(errors.isEmpty)
    #expect(root?["use"]?["x"]?.scalar?.value == .integer(1))
    #expect(root?["use"]?["y"]?.scalar?.value == .integer(3))
    #expect(root?["base"]?["y"]?.scalar?.text == "*2")
    #expect(root?["list"]?.sequence?.count == 2)
  }

  @Test func asterisksInTextsStay() {
    let root = read("a: 2 * 3\nb: \"*x\"\nc: |\n  *y\n# *z\n? '*k'\n: 1\n").root
    #expect(root?["a"]?.scalar?.text == "2 * 3")
    #expect(root?["b"]?.scalar?.text == "*x")
    #expect(root?["c"]?.scalar?.text == "*y\n")
    #expect(root?["*k"] != nil)
  }

  @Test func aliasBombsAreRefused() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    let (root, errors) = read(text)
    #expect(root == nil)
    #expect(errors.map(\.code) == [.limit])
    let keys = read(text + "? *a12\n: 1\n? *a12\n: 2\n")
    #expect(keys.errors.first?.code == .limit)
  }

  @Test func depthIsLimitedThroughAliases() {
    #expect(read(String(repeating: "[", count: 60) + String(repeating: "]", count: 60)).errors.isEmpty)
    #expect(read(String(repeating: "[", count: 70) + String(repeating: "]", count: 70)).errors.first?.code == .limit)
    #expect(read(String(repeating: "[", count: 200_000)).errors.first?.code == .limit)
    #expect(!read(String(repeating: "- ", count: 100_000)).errors.isEmpty)
    #expect(!read(String(repeating: "{a: ", count: 100_000)).errors.isEmpty)
    var chain = "- &a0 [x]\n"
    for level in 1...100 { chain += "- &a\(level) [*a\(level - 1)]\n" }
    #expect(read(chain).errors.first?.code == .limit)
  }

  @Test func cyclesAndMissingAnchorsAreNamed() {
    #expect(read("a: &a [*a]").errors.first?.message.contains("inside of what it names") == true)
    let missing = read("a: 1\nb: *nothing\n").errors
    #expect(missing.first?.location == SourceLocation(file: "f", line: 2, column: 4))
  }

  @Test func everyRepeatedKeyIsReportedWithBothPlaces() {
    let (root, errors) = read("a: 1\nb: {x: 1, 'x': 2}\na: 2\nc: 3\na: 4\n")
    #expect(root?["c"] != nil)
    #expect(
      errors.map(\.description) == [
        "f:2:11: `x` is given twice; the first is at 2:5",
        "f:3:1: `a` is given twice; the first is at 1:1",
        "f:5:1: `a` is given twice; the first is at 3:1",
      ])
  }

  @Test func repeatedKeysThatAreNoNamesEndTheReading() {
    for text in ["? [a]\n: 1\n? [a]\n: 2\n", "'': 1\n'': 2\n", ": 1\n: 2\n"] {
      #expect(read(text).errors.count >= 1, "\(text)")
    }
    let many = (0..<100).flatMap { ["k\($0): 1", "k\($0): 2"] }.joined(separator: "\n")
    #expect(!read(many).errors.isEmpty)
  }

  @Test(arguments: [
    ("", 1, 1, "empty"), ("# only a comment\n", 1, 1, "empty"), ("a: [1, 2\nb: 3\n", 2, 2, "expected"),
    ("a:\n\t- b\n", 2, 1, "cannot start"), ("a: b: c\n", 1, 5, "mapping values"), ("a: 'x\n", 2, 1, "end of stream"),
    ("a: 1\n---\nb: 2\n", 2, 1, "another document"), ("a: \u{1}\n", 1, 4, "U+0001"),
    ("a: 1\r\nb: \u{7}\r\n", 2, 4, "U+0007"), ("a: *\n", 1, 4, "anchor"), ("a: !!binary xx\n", 1, 4, "tag"),
    ("a: \"\\0\"\n", 1, 4, "NUL"), ("%YAML 3.0\n---\na: 1\n", 1, 1, "incompatible"),
  ])
  func syntaxFaultsHaveAPlace(text: String, line: Int, column: Int, words: String) {
    let errors = read(text).errors
    #expect(errors.first?.message.contains(words) == true, "\(errors)")
    #expect(errors.first?.location?.line == line, "\(errors)")
    #expect(errors.first?.location?.column == column, "\(errors)")
  }

  @Test func privateUseCharactersOfTheFileAreKept() {
    let every = (0xF0000...0xF0050).compactMap { Unicode.Scalar($0) }.map(String.init).joined()
    let (root, errors) = read("a: &x \(every)\nb: *x\nc: '*'\n")
    #expect(errors.isEmpty)
    #expect(root?["b"]?.scalar?.text == every)
    #expect(root?["c"]?.scalar?.text == "*")
  }

  @Test(arguments: [
    ("yes", YAMLScalar.Value.bool(true)), ("Off", .bool(false)), ("y", .text("y")), ("~", .null), ("", .null),
    ("12", .integer(12)), ("-0x1F", .integer(-31)), ("010", .integer(8)), ("08", .text("08")), ("0b101", .integer(5)),
    ("1_000", .integer(1000)), ("1:30", .integer(90)), ("1:90", .text("1:90")), ("1.5", .float(1.5)),
    (".5", .float(0.5)), ("-.5", .text("-.5")),
    ("1.", .float(1)), ("1e3", .text("1e3")), ("1.0e+3", .float(1000)), ("1.0e3", .text("1.0e3")),
    ("-.inf", .float(-.infinity)),
    ("1.2.3", .text("1.2.3")), ("0x", .text("0x")), ("-", .text("-")), (".", .text(".")), ("+5", .integer(5)),
    ("192.168.0.1", .text("192.168.0.1")), ("22:22", .integer(1342)), ("12:30:45.5", .float(45045.5)),
  ])
  func scalarsMeanWhatPyYAMLMakesOfThem(text: String, value: YAMLScalar.Value) {
    #expect(YAMLScalar(text: text, isPlain: true).value == value)
    #expect(YAMLScalar(text: text, isPlain: false).value == .text(text))
  }

  @Test(arguments: [
    ("true", "True"), ("No", "False"), ("1.50", "1.5"), ("007", "7"), ("null", "None"), ("1.0e+20", "1e+20"),
    ("123456789012345678901234567890", "123456789012345678901234567890"), ("text", "text"),
  ])
  func environmentValuesAreShownAsPythonDoes(text: String, shown: String) {
    #expect(YAMLScalar(text: text, isPlain: true).pythonText == shown)
  }
}
