import Model
import TestSupport
import Testing

@testable import Reporting

struct ConsolidatedLogTests {
  /// The texts behind the time column.
  private func texts(_ log: String) -> [Substring] {
    log.split(separator: "\n").map { $0.drop { $0 != " " }.dropFirst() }
  }

  @Test func namesNodeAndCaseOnEachLine() {
    var script = Script()
    script.begin([planned("smoke", "a b")])
    script.attempt("a b", on: "n1", .fail, result: 50, reason: "half of it", output: "one\r\n\ttwo\nthree")
    script.finish("a b", .fail, "half of it")
    script.end()
    let time = { (number: Double) in Script.start.advanced(bySeconds: number).rfc3339 }
    #expect(
      script.log() == """
        \(time(1)) - - * run 20261118-000640-abcd started on jump, Sortie 0.1.0
        \(time(2)) - - * planned 1 cases
        \(time(3)) n1 a_b * started, attempt 1
        \(time(4)) n1 a_b | one
        \(time(4)) n1 a_b | \ttwo
        \(time(5)) n1 a_b ~ three
        \(time(5)) n1 a_b * ended, attempt 1: fail after 3.00 s, 50 %: half of it
        \(time(6)) - a_b * FAIL: half of it
        \(time(7)) - - * run finished after 01:23

        """)
  }

  @Test func holdsWhatWasExpected() {
    let lines = texts(ExpectedOutcomes.script().log())
    for expected in ExpectedOutcomes.cases where expected.reason?.hasPrefix("no verdict") != true {
      let reason = expected.reason.map { ": " + $0 } ?? ""
      #expect(lines.contains("- \(expected.id) * \(expected.verdict.rawValue.uppercased())\(reason)"[...]))
    }
    #expect(lines.contains("n1 leaky * left running and ended: sleep (4711)"))
    #expect(lines.contains("n2 vping_userdata ~ \\x1b[31mred\\x1b[0m"))
    #expect(lines.contains("- vping_userdata * refused by \(ExpectedOutcomes.server): 403 pod unknown"[...]))
    #expect(lines.contains("- - * cancel requested by interrupt"))
  }

  /// Random portions of hostile output give the same lines as the whole of it.
  @Test(arguments: 0..<40) func portionsDoNotMatter(_ seed: UInt64) {
    var random = Seeded(seed)
    let output = hostileOutput(&random)
    let limit = Int64.random(in: 0...60_000, using: &random)
    let whole = script { $0.print("a", output) }
    let parts = script { script in
      var rest = output[...]
      while !rest.isEmpty {
        let most = [300, 5000, 20_000][Int.random(in: 0...2, using: &random)]
        let portion = rest.prefix(Int.random(in: 1...most, using: &random))
        script.print("a", Array(portion))
        rest = rest.dropFirst(portion.count)
      }
    }
    #expect(texts(parts.log(limit: limit)) == texts(whole.log(limit: limit)))
  }

  @Test func noByteBreaksALine() {
    let script = script { $0.print("a", (UInt8.min...UInt8.max).filter { $0 != 10 }.flatMap { [$0, 65] } + [10]) }
    let lines = texts(script.log())
    #expect(lines.count == 3)
    let scalars = script.log().unicodeScalars
    #expect(scalars.allSatisfy { isHarmless($0) || $0 == "\n" || $0 == "\t" })
  }

  @Test func longLinesAreBrokenBetweenCharacters() {
    let script = script { $0.print("a", Array((String(repeating: "€", count: 4000) + "\nend\n").utf8)) }
    let lines = texts(script.log()).filter { $0.hasPrefix("n1 a >") || $0.hasPrefix("n1 a |") }
    #expect(lines.map { $0.dropFirst(7).count } == [2730, 1270, 3])
    #expect(lines.allSatisfy { !$0.contains("\u{fffd}") })
  }

  @Test func theLimitSaysWhereTheRestIs() {
    let script = script {
      $0.print("a", Array("12345\n".utf8))
      $0.print("a", Array("67890\n".utf8))
      $0.print("a", Array("more\n".utf8))
    }
    #expect(
      texts(script.log(limit: 8)).filter { $0.hasPrefix("n1 a") } == [
        "n1 a * started, attempt 1", "n1 a | 12345", "n1 a ~ 67", "n1 a * … more in cases/a/1.log",
        "n1 a * ended, attempt 1: pass after 3.00 s",
      ])
    #expect(!script.log(limit: 17).contains("cases/a/1.log\n~"))
    #expect(!script.log(limit: 17 + 12).contains("… more"))
  }

  @Test func outputOfStrangersAndLatecomersIsKept() {
    var script = Script()
    script.print("ghost", Array("boo".utf8))
    script.attempt("a", on: "n1", .pass, output: "x\n")
    script.print("a", Array("late\n".utf8))
    let lines = texts(script.log())
    #expect(lines.first == "- 20261118-000640-abcd.ghost.1 ~ boo")
    #expect(lines.last == "- 20261118-000640-abcd.a.1 | late")
  }

  @Test func attemptsDoNotMixInALine() {
    var script = Script()
    script.start("a", on: "n1")
    script.start("b", on: "n2")
    script.print("a", Array("a1 ".utf8))
    script.print("b", Array("b1\n".utf8))
    script.print("a", Array("a2\n".utf8))
    #expect(texts(script.log()).suffix(2) == ["n2 b | b1", "n1 a | a1 a2"])
  }

  @Test func theClockKeepsUpWithEveryTime() {
    var clock = LogClock()
    var random = Seeded(1)
    var time = Timestamp(nanoseconds: -3_000_000_000)
    for _ in 0..<2000 {
      time.nanoseconds += Int64.random(in: 0...40_000_000, using: &random)
      clock.set(time)
      #expect(String(decoding: clock.bytes, as: UTF8.self) == time.rfc3339 + " ")
    }
  }

  private func script(_ output: (inout Script) -> Void) -> Script {
    var script = Script()
    script.start("a", on: "n1")
    output(&script)
    let end = Outcome(verdict: .pass, started: Script.start, stopped: Script.start, duration: 3)
    script.add(
      .attemptFinished(.init(attempt: script.attempt("a", 1), id: CaseID(rawValue: "a"), node: "n1", outcome: end)))
    return script
  }
}

/// Lines of all lengths, with whatever a program might print.
func hostileOutput(_ random: inout Seeded) -> [UInt8] {
  let patterns: [[UInt8]] = [
    [65], Array("é€🚀".utf8), (0..<97).map { _ in UInt8.random(in: 0...255, using: &random) },
    [0xe2, 0x80, 0xae, 0x1b, 0x5b, 0x0d, 0x00, 0xff],
  ]
  let lengths = [0, 5, 80, 8190, 8191, 8192, 8193, 20_000]
  let ends: [[UInt8]] = [[10], [13, 10], []]
  return (0..<Int.random(in: 0...30, using: &random)).flatMap { _ -> [UInt8] in
    let pattern = patterns[Int.random(in: 0..<patterns.count, using: &random)]
    let length = lengths[Int.random(in: 0..<lengths.count, using: &random)]
    let line = (0..<length).map { pattern[$0 % pattern.count] }
    return line + ends[Int.random(in: 0..<ends.count, using: &random)]
  }
}
