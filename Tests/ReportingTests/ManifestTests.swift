import Model
import Testing

@testable import Reporting

struct ManifestTests {
  @Test func holdsWhatWasExpected() throws {
    let manifest = Manifest(of: ExpectedOutcomes.script().state)
    #expect(manifest.cases.map(\.id) == ExpectedOutcomes.cases.map(\.id))
    for (entry, expected) in zip(manifest.cases, ExpectedOutcomes.cases) {
      let isMissing = expected.reason?.hasPrefix("no verdict") == true
      #expect(entry.verdict == (isMissing ? nil : expected.verdict), "\(entry.id)")
      #expect(entry.lastSeen.map { "no verdict was reported: \($0)" } == (isMissing ? expected.reason : nil))
      #expect(entry.attempts == expected.attempts)
      #expect(entry.tier == expected.tier)
    }
    let counts = Manifest.Totals(planned: 13, pass: 6, fail: 1, skip: 2, error: 2, missing: 2)
    #expect(manifest.counts == counts)
    #expect(!manifest.isComplete)
    #expect(manifest.cases[4].decided == "20261118-000640-abcd.tempest.2")
    #expect(manifest.cases[5].plan == .skip)
    #expect(try Manifest(json: manifest.json()) == manifest)
    #expect(throws: Fault.self) { try Manifest(json: Array("{}".utf8)) }
  }

  @Test func aRunWithoutAWordStillListsItsPlan() throws {
    var script = Script()
    script.begin([planned("smoke", "a"), planned("smoke", "b", skip: "not here")])
    let manifest = Manifest(of: script.state)
    #expect(manifest.cases.map(\.verdict) == [nil, .skip])
    #expect(manifest.cases.map(\.reason) == [nil, "not here"])
    #expect(!manifest.isComplete)
  }

  @Test func completeMeansThatEverythingHasAVerdictAndTheWorkIsOver() {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.finish("a", .error, "no node", attempts: 0)
    #expect(!Manifest(of: script.state).isComplete)
    script.end()
    #expect(Manifest(of: script.state).isComplete)
    #expect(Manifest(of: script.state).cases[0].lastSeen == nil)
  }

  /// Whatever happened, what is missing is named with where it was, everywhere, and the exit code is 3.
  @Test(arguments: LastSeenTests.rows) func theMissingAreNamedEverywhere(_ row: LastSeenTests.Row) {
    var script = row.script
    script.end(missing: ["a"])
    let report = script.report
    #expect(report.exit == 3)
    #expect(report.exitReason.contains("not reported: a (\(row.place))"))
    #expect(report.lastSeen == [LastSeen(id: "a", place: row.place)])
    #expect(SummaryTable.text(report).contains("smoke/a") && SummaryTable.text(report).contains(row.place))
    #expect(script.say(PlainConsole()).contains(row.place))
    #expect(Manifest(of: script.state).cases.last?.lastSeen == row.place)
  }
}

struct LastSeenTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let place: String
    let script: Script
    var testDescription: String { place }

    init(_ place: String, _ cases: [PlannedCase] = [planned("smoke", "a")], _ events: (inout Script) -> Void) {
      self.place = place
      var script = Script()
      script.begin(cases)
      events(&script)
      self.script = script
    }
  }

  private static let began = Script.start.advanced(bySeconds: 9)

  static let rows: [Row] = [
    Row("never leased") { _ in },
    Row("leased to n2 as u17, attempt 1, never started") { $0.lease("a", to: "n2", unit: "u17") },
    Row("leased to n2 as u17, attempt 1, never started; the node is lost: no frame for 10 s") {
      $0.lease("a", to: "n2", unit: "u17")
      $0.add(.nodeLost(.init(node: "n2", reason: "no frame for 10 s")))
    },
    Row("running on n1 since \(began.rfc3339), no output") {
      $0.lease("a", to: "n1")
      $0.start("a", on: "n1", began: began)
    },
    Row("running on n1 since \(began.rfc3339), 1 byte of output") {
      $0.start("a", on: "n1", began: began)
      $0.print("a", [65])
    },
    Row("running on n1 since \(began.rfc3339), 2.1 kB of output; the node is lost: cut") {
      $0.lease("a", to: "n1")
      $0.start("a", on: "n1", began: began)
      for _ in 0..<7 { $0.print("a", Array(repeating: 65, count: 300)) }
      $0.add(.nodeLost(.init(node: "n1", reason: "cut")))
    },
    Row("running on n1 since \(began.rfc3339), 1.2 MB of output") {
      $0.start("a", on: "n1", began: began)
      $0.print("a", Array(repeating: 65, count: 1_234_567))
    },
    Row("leased to n2 as u2, attempt 2, never started") {
      $0.lease("a", to: "n1", unit: "u1")
      $0.attempt("a", on: "n1", .error, reason: "no disk")
      $0.lease("a", to: "n2", unit: "u2", ordinal: 2)
    },
    Row("attempt 1 ended on n1: error, no disk; not leased again") {
      $0.lease("a", to: "n1", unit: "u1")
      $0.attempt("a", on: "n1", .error, reason: "no disk")
    },
    Row("waiting behind gate smoke/g", [planned("smoke", "g", gate: true), planned("smoke", "a")]) {
      $0.finish("g", .fail)
    },
    Row("never leased", [planned("smoke", "g", gate: true), planned("smoke", "a")]) { $0.finish("g", .pass) },
    Row(
      "waiting behind gate smoke/g",
      [
        planned("smoke", "g", node: "n1", gate: true), planned("smoke", "g", node: "n2", gate: true),
        planned("smoke", "a"),
      ]
    ) {
      $0.finish("g@n1", .fail)
      $0.finish("g@n2", .error)
    },
    Row(
      "never leased",
      [
        planned("smoke", "g", node: "n1", gate: true), planned("smoke", "g", node: "n2", gate: true),
        planned("smoke", "a"),
      ]
    ) {
      $0.finish("g@n1", .fail)
      $0.finish("g@n2", .pass)
    },
  ]

  @Test(arguments: rows) func saysWhere(_ row: Row) {
    #expect(row.script.state.lastSeen.last == LastSeen(id: "a", place: row.place))
  }

  @Test func namesWhatNobodyPlanned() {
    var script = Script()
    script.begin([])
    script.end(missing: ["ghost"])
    #expect(script.state.lastSeen == [LastSeen(id: "ghost", place: "not in the plan")])
    #expect(Manifest(of: script.state).cases.map(\.id) == ["ghost"])
    #expect(script.report.exit != 0)
  }

  @Test func namesOfStrangersAreSurvived() {
    var script = Script()
    script.begin([planned("smoke", "a.b.c")])
    script.lease("a.b.c", to: "n1", unit: "u9")
    for name in ["", ".", "20261118-000640-abcd", "20261118-000640-abcd.", "20261118-000640-abcda.b.c.1", "x.a.b.c.1"] {
      script.add(
        .unitLeased(
          .init(
            unit: UnitID(rawValue: "u"), tier: "t", domain: "d", node: "n2", attempts: [AttemptID(rawValue: name)])))
    }
    #expect(script.state.lastSeen.map(\.place) == ["leased to n1 as u9, attempt 1, never started"])
  }

  @Test(arguments: [(Int64.max, Int64.max), (-5, 3), (0, -1)])
  func impossibleRangesOfOutputAreSurvived(offset: Int64, length: Int64) {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.start("a", on: "n1", began: LastSeenTests.began)
    script.add(.output(.init(attempt: script.attempt("a", 1), offset: offset, length: length)))
    #expect(script.state.lastSeen.map(\.place) == ["running on n1 since \(LastSeenTests.began.rfc3339), no output"])
  }
}
