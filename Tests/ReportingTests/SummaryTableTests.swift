import Model
import Testing

@testable import Reporting

struct SummaryTableTests {
  @Test func looksAsUsersKnowIt() {
    var script = Script()
    script.begin([planned("smoke", "vping_ssh"), planned("smoke", "odl", skip: "not here"), planned("smoke", "four")])
    script.attempt("vping_ssh", on: "n1", .pass, result: 100, duration: 61.99)
    script.finish("vping_ssh", .pass)
    script.finish("odl", .skip, "not here", attempts: 0)
    script.attempt("four", on: "n2", .fail, result: 0, duration: 6000, output: "x")
    script.finish("four", .fail, "exit status 1")
    script.end()
    #expect(
      SummaryTable.text(script.report) == """
        Sortie report:

        +-------------------+------------------+---------------+------------------+----------------+
        |     TEST CASE     |     PROJECT      |      TIER     |     DURATION     |     RESULT     |
        +-------------------+------------------+---------------+------------------+----------------+
        |     vping_ssh     |     functest     |     smoke     |      01:01       |      PASS      |
        |        odl        |     functest     |     smoke     |      00:00       |      SKIP      |
        |        four       |     functest     |     smoke     |      100:00      |      FAIL      |
        +-------------------+------------------+---------------+------------------+----------------+

        What did not pass:
          SKIP   smoke/odl: not here
          FAIL   smoke/four on n2: exit status 1 (cases/four/1.log)

        3 cases in 01:23: 1 passed, 1 failed, 1 skipped, 0 errors
        Exit 1: failed: four

        """)
  }

  @Test func holdsWhatWasExpected() {
    let lines = SummaryTable.text(ExpectedOutcomes.script().report).split(separator: "\n")
    let rows = lines.filter { $0.hasPrefix("|") }.dropFirst()
    #expect(rows.count == ExpectedOutcomes.cases.count)
    for (row, expected) in zip(rows, ExpectedOutcomes.cases) {
      let cells = row.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
      let time = expected.duration.map(minutesAndSeconds) ?? (expected.verdict == .skip ? "00:00" : "XX:XX")
      #expect(cells[0] == expected.id)
      #expect(cells[2] == expected.tier)
      #expect(cells[3] == time)
      #expect(cells[4] == expected.verdict.rawValue.uppercased() + (expected.flaky.map { " (flaky \($0))" } ?? ""))
      if let reason = expected.reason, expected.verdict != .pass {
        #expect(lines.contains { $0.contains(reason) && $0.contains(expected.id) })
      }
    }
    #expect(lines.contains("  FAIL   teardown:tier:smoke on n1: 3 ports are left"))
    #expect(lines.contains("  n3 got no more work: host key is not the pinned one"))
    #expect(lines.contains("  n4 was never reached"))
    #expect(lines.contains("Resumed once."))
    #expect(lines.contains("13 cases in 01:23: 6 passed (1 flaky), 1 failed, 2 skipped, 4 errors"))
    #expect(lines.contains { $0.contains("leaky.1 on n1: sleep (4711)") })
  }

  @Test func wideNamesKeepTheFrame() {
    var table = TextTable(header: ["TEST CASE"])
    table.rows = [["テスト"], ["e\u{301}té"], ["🚀"]]
    #expect(Set(table.lines.map { columns(of: $0) }).count == 1)
  }

  @Test(arguments: [
    (0.0, "00:00"), (59.999, "00:59"), (60, "01:00"), (6000, "100:00"), (-1, "00:00"), (.nan, "00:00"),
    (.infinity, "00:00"),
  ]) func durations(_ seconds: Double, _ text: String) {
    #expect(minutesAndSeconds(seconds) == text)
  }

  @Test(arguments: [
    (0.0, "0.00 s"), (0.42, "0.42 s"), (9.999, "9.99 s"), (12.34, "12.3 s"), (59.99, "59.9 s"), (61, "01:01"),
    (3723, "1:02:03"), (.nan, "0.00 s"),
  ]) func spokenDurations(_ seconds: Double, _ text: String) {
    #expect(spoken(seconds) == text)
  }
}
