import Foundation
import Model
import Testing

@testable import Reporting

/// Names, reasons and output full of what terminals, parsers and line formats obey: nothing may get through.
struct HostileTests {
  static let text = "\u{1b}]0;owned\u{07}\r\n\u{0}<&>\"']]> #1\\ \u{9b}2J\u{202e}\u{fffe}\u{85}\u{2028} ok 7 | * é🚀"

  static func script() -> Script {
    var script = Script()
    script.begin([planned(text, "a" + text, project: text, domain: text), planned(text, "b" + text, skip: text)])
    script.add(.nodeReady(.init(node: text, facts: NodeFacts(system: text, warnings: [text]))))
    script.add(.nodeLost(.init(node: text, reason: text)))
    script.add(.notice(.init(.error, text, node: text)))
    let odd: [UInt8] = Array(text.utf8) + [0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x00]
    script.start("a" + text, on: text)
    script.print("a" + text, odd)
    script.attempt("a" + text, on: text, .fail, reason: text, leaked: [text])
    script.add(.artifact(.init(attempt: script.attempt("a" + text, 1), path: text, size: -1, isCut: false)))
    script.finish("a" + text, .fail, text)
    script.finish("b" + text, .skip, text, attempts: 0)
    script.attempt("setup:" + text, on: text, .error, reason: text)
    script.add(.published(.init(id: CaseID(rawValue: "a" + text), server: text, refusal: text)))
    script.add(.cancelRequested(.init(by: text, now: false)))
    script.end(missing: [text])
    return script
  }

  private func isSafe(_ text: String, ansi: Bool = false) -> Bool {
    let colors = ["31", "32", "33", "35", "2", "1", "0"].map { "\u{1b}[\($0)m" }
    let plain = ansi ? colors.reduce(text) { $0.replacing($1, with: "") } : text
    return plain.unicodeScalars.allSatisfy { isHarmless($0) || $0 == "\n" }
  }

  @Test func linesStayLines() {
    let script = Self.script()
    #expect(isSafe(script.log()))
    #expect(script.log().split(separator: "\n").allSatisfy { $0.hasPrefix("2026-11-") })
    #expect(isSafe(SummaryTable.text(script.report)))
    #expect(isSafe(TAP.document(script.report)))
    #expect(TAP.document(script.report).split(separator: "\n").count { $0.hasPrefix("ok ") } == 1)
    #expect(isSafe(script.say(PlainConsole())))
    #expect(isSafe(script.say(PlainConsole(style: Style(isColored: true))), ansi: true))
  }

  @Test func theScreenIsOursAlone() {
    let said = Self.script().say(LiveConsole(style: Style(isColored: true)))
    let ours = said.replacing(/\u{1b}\[[0-9]*A|\u{1b}\[J|\r/, with: "")
    #expect(isSafe(ours, ansi: true))
  }

  @Test func xmlIsXML() throws {
    let script = Self.script()
    let read = try #require(JUnitReader(JUnit().document(script.report, tail: script.tail)))
    #expect(read.cases.count == 2)
    let kept = String(Self.text.unicodeScalars.filter { !["\u{1b}", "\u{7}", "\u{0}", "\u{fffe}"].contains($0) })
    #expect(read.cases[0].message == kept)
    #expect(read.cases[0].output.hasPrefix(kept))
  }

  @Test func jsonIsJSON() throws {
    let script = Self.script()
    #expect(try Report(json: script.report.json()) == script.report)
    for event in script.events {
      let line = try EventLines().line(event)
      #expect(line.count { $0 == 10 } == 1)
      #expect(try JSONDecoder().decode(Event.self, from: Data(line)) == event)
    }
  }

  @Test func fittingNeverExceedsTheWidth() {
    for width in 0..<40 {
      #expect(columns(of: fit(printable(Self.text) + "漢字", width)) <= width)
    }
    #expect(fit("abc", 3) == "abc")
    #expect(fit("abcd", 3) == "ab…")
    #expect(fit("漢字", 3) == "漢…")
  }
}
