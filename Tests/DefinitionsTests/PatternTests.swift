import Foundation
import Model
import TestSupport
import Testing

@testable import Definitions

@Suite struct PatternTests {
  private static let python = "/usr/bin/python3"
  private static let isPythonThere = FileManager.default.isExecutableFile(atPath: python)

  /// Patterns of upstream's catalogs, and tricky ones.
  private static let patterns = [
    "", "^((?!lxd).)*$", "^((?!bgpvpn|odl_l3).)*$", "^((?!bgpvpn).)*$", "odl", "onos", "(fuel)|(joid)", "apex",
    "^((?!fdio).)*$", "(fuel)|(apex)", "(odl)*(moon)", "^((?!fdio|lxd).)*$", "odl_l2-sfc", "^((?!bgpvpn|noha).)*$",
    "(ocl)|(nosdn)|^(os-odl)((?!bgpvpn).)*$", "^((?!netvirt).)*$", "^((?!odl_l3|odl-bgpvpn|gluon).)*$", "odl.*-fdio",
    "os-odl_l3-nofeature", "odl.*sfc", "os-nosdn-nofeature-ha", "^(?![tT]rue$)", "^(?!\\s*$).+", "^(?!aarch64$)",
    "(daily)|(weekly)", "daily$", "daily\\Z", "^daily", "\\Adaily", "(?i)DAILY", "(?i:DAI)LY", "(?P<a>o)d(?P=a)?",
    "(o)\\1",
    "\\bodl\\b", "[[:alpha:]]", "[]x]", "[^]x]+", "a{,2}b", "a{2}", "a{1,}b", "x{,}y", "a{", "a{b}", "{", "a}", "]",
    "(?x) o d l # three", "(?x:o d)l", "(?s).\\Z", ".+$", "(?m)^x$", "\\d+", "\\w+\\s\\w+", "[\\s-]", "\\S+\\S",
    "[\\w.-]+@",
    "\\x6fdl", "\\u006fdl", "\\157dl", "[\\157]dl", "\\0", "[\\b]", "\\v", "(?<=o)dl", "(?<!o)dl", "(?>o+)d", "o++d",
    "o*+o",
    "(?(1)a|b)", "(o)?(?(1)d|x)", "(?P<n>o)?(?(n)d|x)", "(?#note)odl", "(a|b)*?c", "^$", "\\.", "\\-", "\\/", "é",
    "\\é", "[é-ü]",
    "\\w", "(?a)\\w", "(?a)\\s", "(?i)É", "(?i)ß", "\\s", "[\\s]", "\\$", "|", "(|a)", "a||b", "(?:)*", "()*x",
    "(?=o)*d",
    // What Python refuses.
    "(", ")", "[", "a**", "a{2}{3}", "*a", "^*", "\\b+", "(?P<1>a)", "(?P=x)", "(?<n>a)", "(?R)", "(?1)", "(?&n)",
    "(*FAIL)",
    "(*UTF)a", "\\h", "\\K", "\\Q", "\\z", "\\R", "\\X", "\\pL", "[\\h]", "[\\A]", "\\1", "(a\\1)", "\\8", "\\400",
    "\\x1", "\\u12",
    "a(?i)b", "(?z)", "(?L)a", "(?au)a", "(?i-i:a)", "(?-:a)", "(?P<a>x)(?P<a>y)", "[z-a]", "[\\w-a]", "a{3,2}", "\\",
    "(?", "(?P",
    "(?#x", "(?'n'a)", "(?|a)", "(?C)", "\\G", "\\c", "\\e", "\\g1", "\\k<n>", "\\o", "\\N", "[[", "(?^i:a)", "(?i-)",
    "\\U00110000",
  ]

  private static let subjects = [
    "", "odl", "os-odl_l2-sfc-ha", "os-nosdn-nofeature-ha", "os-odl-bgpvpn-noha", "lxd", "daily", "daily\n",
    "weekly\n\n",
    "DAILY", "true", "True", "aarch64", "x86_64", "   ", "\t", "ood", "oodl", "aab", "ab", "a{,2}b", "a{", "{", "y",
    "xxxy", "x\ny",
    "é", "É", "ü", "ß", "a b", "\u{1C}", "\u{85}", "\u{180E}", "\u{2028}", "\u{B}", "\u{0}", "\u{8}", "日本", "_", "٣",
    "-", "]", ":", "moon", "$.",
    "user@host", "ls", "e\u{301}", "İ", "K",
  ]

  @Test(.enabled(if: isPythonThere)) func answersAreThoseOfCPython() throws {
    let answers = try Self.ask(Self.patterns, Self.subjects)
    for (pattern, expected) in zip(Self.patterns, answers) {
      #expect(Self.answer(pattern, Self.subjects) == expected, "\(pattern)")
    }
  }

  /// Random patterns: where Python has an answer, so have we, and it is the same.
  @Test(.enabled(if: isPythonThere)) func randomPatternsAgreeWithCPython() throws {
    let atoms = [
      "a", "b", "c", ".", "^", "$", "*", "+", "?", "|", "(", ")", "(?:", "(?=", "(?!", "[ab]", "[^a]", "\\w", "\\s",
      "\\b", "\\d",
      "{1,2}", "{,2}", "{2}", "{", "\\1", "(?P<n>", "(?P=n)", "(?>", "*?", "++", "\\Z", "[", "]", "-", "\\n", " ",
      "\\.",
      "(?i:", "(?(1)", "\\\\", "é", "(?<!a)", "(?<=b)", "[\\s\\w]", "#", "0",
    ]
    var random = Seeded(20_261_121)
    let patterns = (0..<4000).map { _ in
      let parts = (0..<Int.random(in: 1...7, using: &random)).compactMap { _ in atoms.randomElement(using: &random) }
      let missing = max(0, parts.count { $0.hasPrefix("(") && !$0.hasPrefix("(?<") } - parts.count { $0 == ")" })
      return (parts + Array(repeating: ")", count: missing)).joined()
    }
    let subjects = ["", "a", "ab", "aabb", "ba c", "A\n", "é", "b-a", "a{", "0.\\", "  #", "[a]"]
    let answers = try Self.ask(patterns, subjects)
    #expect(answers.count { $0 != "error" } > 1000)
    for (pattern, expected) in zip(patterns, answers) where expected != "error" {
      #expect(Self.answer(pattern, subjects) == expected, "\(pattern)")
    }
  }

  @Test(arguments: ["^(a+)+$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$"])
  func explosivePatternsAreGivenUp(text: String) throws {
    let pattern = try Pattern(text)
    #expect(pattern.search(String(repeating: "a", count: 5000) + "!") == .tooExpensive)
  }

  @Test func hugePatternsAreRefused() {
    for text in [String(repeating: "a", count: 9000), "((a{1000}){1000}){1000}", String(repeating: "(", count: 4000)] {
      #expect(throws: Fault.self) { try Pattern(text) }
    }
  }

  @Test func faultsSayWhere() {
    let fault = #expect(throws: Fault.self) { try Pattern("odl\\h") }
    #expect(fault?.message == "this regular expression is wrong: bad escape \\h, at character 5")
  }

  /// `10…` for each subject, or `error`.
  private static func answer(_ text: String, _ subjects: [String]) -> String {
    guard let pattern = try? Pattern(text) else { return "error" }
    return subjects.map { subject in
      switch pattern.search(subject) {
      case .matched: "1"
      case .unmatched: "0"
      case .tooExpensive: "x"
      }
    }.joined()
  }

  private static func ask(_ patterns: [String], _ subjects: [String]) throws -> [String] {
    let script = """
      import json, re, sys, warnings
      warnings.simplefilter("ignore")
      patterns, subjects = json.load(sys.stdin)
      def answer(pattern):
          try:
              compiled = re.compile(pattern)
          except Exception:
              return "error"
          return "".join("1" if compiled.search(subject) else "0" for subject in subjects)
      json.dump([answer(pattern) for pattern in patterns], sys.stdout)
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", script]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode([patterns, subjects]))
    try input.fileHandleForWriting.close()
    let answers = try JSONDecoder().decode([String].self, from: output.fileHandleForReading.readToEnd() ?? Data())
    process.waitUntilExit()
    return answers
  }
}
