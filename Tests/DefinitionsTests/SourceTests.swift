import Glibc
import Model
import Testing

@testable import Definitions

@Suite struct SourceTests {
  @Test func linesEndAsYAMLSays() {
    let source = SourceText(file: "f", text: "a\r\nb\rc\u{85}d\u{2028}e\n")
    #expect((1...6).map { source.line($0).map(String.init) } == ["a", "b", "c", "d", "e", ""])
    #expect(source.line(0) == nil)
    #expect(source.line(7) == nil)
    #expect(source.location(ofByte: 3) == SourceLocation(file: "f", line: 2, column: 1))
  }

  @Test func bytesThatAreNoTextHaveAPlace() {
    func fault(_ bytes: [UInt8]) -> Fault? {
      do throws(Fault) { _ = try SourceText.decode(bytes, file: "f") } catch { return error }
      return nil
    }
    let broken = fault(Array("a: 1\nb: é".utf8) + [0xC3, 0x28])
    #expect(broken?.location == SourceLocation(file: "f", line: 2, column: 5))
    #expect(fault([0xFF, 0xFE, 0x61, 0]) != nil)
    #expect(fault([0xEF, 0xBB, 0xBF, 0x61]) == nil)
  }

  @Test func onlyRegularFilesOfAllowedSizeAreRead() throws {
    func code(_ path: String) -> Fault.Code? {
      do throws(Fault) { _ = try SourceText.read(path) } catch { return error.code }
      return nil
    }
    try withFolder { folder in
      #expect(code(folder + "/missing.yaml") == .notFound)
      #expect(code(folder) == .definition)
      #expect(code("/dev/zero") == .definition)
      let huge = folder + "/huge.yaml"
      try write("a: 1\n", to: huge)
      #expect(code(huge) == nil)
      #expect(truncate(huge, 100 << 20) == 0)
      #expect(code(huge) == .limit)
    }
  }

  @Test func faultsAreShownWithTheirLine() {
    let source = SourceText(file: "c.yaml", text: "a:\n\tb: \u{1B}x\n")
    let place = SourceLocation(file: "c.yaml", line: 2, column: 5)
    let fault = Fault(.definition, "no good", at: place, hint: "do it\nwell")
    #expect(
      DiagnosticText.render(fault, .error, source: source)
        == "c.yaml:2:5: error: no good\n  \tb: ·x\n  \t   ^\n  hint: do it·well\n")
    #expect(DiagnosticText.render(Fault(.usage, "m"), .warning, source: nil) == "warning: m\n")
  }

  @Test func ofLongLinesThePartAroundTheFaultIsShown() {
    let source = SourceText(
      file: "f", text: String(repeating: "x", count: 5000) + "!" + String(repeating: "y", count: 5000))
    let fault = Fault(.definition, "here", at: SourceLocation(file: "f", line: 1, column: 5001))
    let lines = DiagnosticText.render(fault, .error, source: source).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].count < 130)
    let caret = lines[2].distance(from: lines[2].startIndex, to: lines[2].firstIndex(of: "^") ?? lines[2].startIndex)
    #expect(Array(lines[1])[caret] == "!")
  }

  @Test func hintsAreNear() {
    #expect(Nearest.question("vping_shs", among: ["vping_ssh", "vping_userdata"]) == "did you mean \"vping_ssh\"?")
    #expect(Nearest.question("blcoking", among: ["blocking", "enabled"]) == "did you mean \"blocking\"?")
    #expect(Nearest.question("nothing", among: ["vping_ssh"]) == nil)
  }

  @Test(arguments: [
    ("90", 90.0), ("90s", 90), ("15m", 900), ("2h", 7200), ("1.5h", 5400), ("1d", 86400), ("", nil), ("-1", nil),
    ("1e300", nil), ("nan", nil), ("5 parsecs", nil), (String(repeating: "9", count: 50), nil),
  ])
  func timesHaveUnits(text: String, seconds: Double?) {
    #expect(Quantity.seconds(text) == seconds)
  }

  @Test(arguments: [
    ("4096", 4096), ("64 KiB", 65536), ("2GiB", 2_147_483_648), ("1kB", 1000), ("9999 TiB", nil), ("x", nil),
  ])
  func sizesHaveUnits(text: String, bytes: Int64?) {
    #expect(Quantity.bytes(text) == bytes)
  }
}
