import Model
import Testing

@testable import Reporting

struct PlainConsoleTests {
  @Test func holdsWhatWasExpected() {
    let lines = ExpectedOutcomes.script().say(PlainConsole()).split(separator: "\n").map(String.init)
    var number = 0
    for expected in ExpectedOutcomes.cases where expected.reason?.hasPrefix("no verdict") != true {
      number += 1
      let verdict = padded(expected.verdict.rawValue.uppercased(), 5)
      let begin = "\(verdict)  \(expected.tier)/\(expected.id)"
      let line = lines.first { $0.contains("/13] ") && $0.contains(begin) }
      #expect(line != nil, "\(expected.id)")
      #expect(line?.contains("  \(expected.node ?? "")") == true)
      if let reason = expected.reason { #expect(line?.hasSuffix(reason) == true) }
      if expected.attempts > 1 { #expect(line?.contains("(\(expected.attempts) attempts)") == true) }
    }
    #expect(lines.contains { $0.hasPrefix("[11/13] ") })
    #expect(lines.contains("warning: shaky runs again on n1; on n2: no <answer>"))
    #expect(lines.contains("warning: node n3 got no more work: host key is not the pinned one"))
    #expect(lines.contains("warning: node n4 was never reached"))
    #expect(lines.contains("Resumed once."))
    #expect(lines.contains("13 cases in 01:23: 6 passed (1 flaky), 1 failed, 2 skipped, 4 errors"))
    #expect(lines.contains { $0.hasPrefix("  ERROR  vnf/never: no verdict was reported: never leased") })
    #expect(lines.contains("warning: node n3 gets no more work: host key is not the pinned one"))
    #expect(lines.contains("warning: tempest runs again on n1; on n2: nobody heard how it ended"))
    #expect(lines.contains("warning: gone runs again on n1; on n2: robot is not installed"))
    #expect(lines.contains("warning: leaky left running: sleep (4711); ended"))
    #expect(lines.contains("warning: teardown:tier:smoke on n1 did not pass: 3 ports are left"))
    #expect(lines.contains("    | \\x1b[31mred\\x1b[0m"))
    #expect(lines.contains("exit 130: interrupted by interrupt"))
    #expect(
      lines.contains(
        "5 of 7 results delivered to \(ExpectedOutcomes.server); the rest is kept, "
          + "and goes out with the next run or `sortie publish`"))
    #expect(lines.contains("JUnit    .sortie/runs/20261118-000640-abcd/junit.xml"))
  }

  @Test func aFailureInFull() {
    var script = Script()
    script.begin([planned("smoke", "a"), planned("smoke", "b")])
    script.attempt("a", on: "n1", .fail, result: 0, reason: "exit status 1", output: "one\ntwo\r\n")
    script.finish("a", .fail, "exit status 1")
    script.attempt("b", on: "n1", .pass, result: 100)
    script.finish("b", .pass)
    script.end()
    #expect(
      script.say(PlainConsole()) == """
        run 20261118-000640-abcd
        2 cases in 1 tier
        [1/2] FAIL   smoke/a  3.00 s  n1  exit status 1
            | one
            | two
            log: cases/a/1.log
        [2/2] PASS   smoke/b  3.00 s  n1

        What did not pass:
          FAIL   smoke/a on n1: exit status 1
                 cases/a/1.log

        2 cases in 01:23: 1 passed, 1 failed, 0 skipped, 0 errors
        exit 1: failed: a
        results  .sortie/runs/20261118-000640-abcd/report.json
        logs     .sortie/runs/20261118-000640-abcd/console.log
        JUnit    .sortie/runs/20261118-000640-abcd/junit.xml

        """)
  }

  @Test func aLateVerdictIsNotShown() {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.attempt("a", on: "n1", .pass, result: 100)
    script.finish("a", .pass)
    script.finish("a", .fail, "too late")
    script.end()
    #expect(!script.say(PlainConsole()).contains("too late"))
  }

  @Test func manyFailuresAreListedInPart() {
    var script = Script()
    script.begin((0..<60).map { planned("smoke", "c\($0)") })
    for number in 0..<60 {
      script.attempt("c\(number)", on: "n1", .fail)
      script.finish("c\(number)", .fail, "no")
    }
    script.end()
    #expect(script.say(PlainConsole()).contains("  … and 10 more, see summary.txt\n"))
  }

  @Test func saysThatItIsAliveAfterAMinuteOfSilence() {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.start("a", on: "n1")
    let state = script.state
    var console = PlainConsole()
    for event in script.events { _ = console.render(event, in: state, tail: script.tail) }
    let later = { Script.start.advanced(bySeconds: $0) }
    #expect(console.tick(state, now: later(50), width: 80, height: 24).isEmpty)
    #expect(console.tick(state, now: later(62), width: 80, height: 24) == "[0/1] running: a on n1 (59.0 s)\n")
    #expect(console.tick(state, now: later(63), width: 80, height: 24).isEmpty)
    #expect(console.tick(state, now: later(130), width: 80, height: 24) == "[0/1] running: a on n1 (02:07, SLOW)\n")
  }
}

struct LiveConsoleTests {
  @Test func holdsWhatWasExpected() {
    let script = ExpectedOutcomes.script()
    var screen = Screen(width: 100)
    screen.write(script.say(LiveConsole(style: Style(isColored: true))))
    let plain = script.say(PlainConsole()).split(separator: "\n", omittingEmptySubsequences: false)
    // With the area gone, what stays on the screen is what the plain console says, cut to the width.
    #expect(screen.text == plain.map { fit(String($0), 99) })
  }

  @Test func theAreaShowsWhatRunsAndIsBounded() {
    var script = Script()
    script.begin([planned("smoke", "quick"), planned("smoke", "slow")] + (0..<40).map { planned("vnf", "c\($0)") })
    script.start("slow", on: "n1")
    script.attempt("quick", on: "n2", .pass, result: 100)
    script.finish("quick", .pass)
    for number in 0..<40 { script.start("c\(number)", on: "n\(number)") }
    let now = Script.start.advanced(bySeconds: 75)
    let rows = LiveArea(style: Style(isColored: false), width: 60, height: 12).rows(script.state, now: now)
    #expect(rows.count == 9)
    #expect(rows[0] == "[                        ] 1/42  01:14  1 passed")
    #expect(rows[1] == "  n1  01:12     SLOW  smoke/slow")
    #expect(rows.last == "  … and 34 more")
    for width in 1...70 {
      for height in 1...30 {
        let rows = LiveArea(style: Style(isColored: false), width: width, height: height).rows(script.state, now: now)
        #expect(rows.count < max(height, 2))
        #expect(rows.allSatisfy { columns(of: $0) < width })
      }
    }
  }

  @Test func expectedlyLongCasesAreNotSlow() {
    var script = Script()
    script.begin([planned("smoke", "rally", expected: 1000)])
    script.start("rally", on: "n1")
    let attempt = script.state.running[0]
    #expect(!script.state.isSlow(attempt, now: attempt.seen.advanced(bySeconds: 2999)))
    #expect(script.state.isSlow(attempt, now: attempt.seen.advanced(bySeconds: 3001)))
  }

  @Test func aFailureIsDrawnAtOnce() {
    var script = Script()
    script.begin([planned("smoke", "a"), planned("smoke", "b")])
    script.attempt("a", on: "n1", .pass)
    script.finish("a", .pass)
    script.attempt("b", on: "n1", .fail, reason: "no", output: "the last words\n")
    script.finish("b", .fail, "no")
    var console = LiveConsole(style: Style(isColored: false))
    var state = RunState()
    let said = script.events.map { event in
      state.apply(event)
      return console.render(event, in: state, tail: script.tail)
    }
    #expect(said.dropLast().joined().isEmpty)
    #expect(said.last?.contains("PASS   smoke/a") == true)
    #expect(said.last?.contains("    | the last words") == true)
  }

  @Test func survivesResizing() {
    var script = Script()
    script.begin((0..<30).map { planned("smoke", "case-with-a-long-name-\($0)") })
    for number in 0..<8 { script.start("case-with-a-long-name-\(number)", on: "node-\(number)") }
    let state = script.state
    var console = LiveConsole(style: Style(isColored: true))
    for event in script.events { _ = console.render(event, in: state, tail: script.tail) }
    var screen = Screen(width: 120)
    for (width, height) in [(120, 80), (30, 80), (200, 80), (11, 80), (80, 80)] {
      screen.resize(to: width)
      screen.write(console.tick(state, now: Script.start.advanced(bySeconds: 40), width: width, height: height))
    }
    #expect(screen.text.count { $0.contains("0/30") } == 1)
    screen.write(console.finish(script.report, folder: "f"))
    #expect(!screen.text.contains { $0.hasPrefix("  node-") })
  }

  @Test func noColorMeansNoColor() {
    let said = ExpectedOutcomes.script().say(LiveConsole(style: Style(isColored: false)))
    #expect(!said.contains("\u{1b}[3"))
    #expect(!said.contains("\u{1b}[0m"))
  }
}
