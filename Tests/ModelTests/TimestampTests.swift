import Model
import TestSupport
import Testing

@Suite struct TimestampTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0),
      ("1970-01-01T00:00:00.000000001Z", 1),
      ("1969-12-31T23:59:59.999999999Z", -1),
      ("1970-01-01t00:00:01z", 1_000_000_000),
      ("1970-01-01 00:00:01Z", 1_000_000_000),
      ("1970-01-01T01:00:00+01:00", 0),
      ("1969-12-31T19:30:00-04:30", 0),
      ("1970-01-01T23:59:00+23:59", 0),
      ("1970-01-01T00:00:00.5Z", 500_000_000),
      ("1970-01-01T00:00:00.1234567894444Z", 123_456_789),
      ("2000-02-29T12:00:00Z", 951_825_600_000_000_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
      ("2026-11-21T00:36:34.123456Z", 1_795_221_394_123_456_000),
      ("1677-09-21T00:12:43.145225Z", -9_223_372_036_854_775_000),
      ("1677-09-21T00:12:43.145224Z", .min),
      ("2262-04-11T23:47:16.854775807Z", .max),
    ] as [(String, Int64)])
  func reads(_ text: String, _ nanoseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: [
    "", "Z", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00.", "1970-01-01T00:00:00.Z",
    "1970-01-01T00:00:00,5Z", "1970-01-01T00:00Z", "70-01-01T00:00:00Z", "1970-00-01T00:00:00Z",
    "1970-13-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-01-32T00:00:00Z", "1970-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z", "1970-04-31T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
    "1970-01-01T00:00:61Z", "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+01", "1970-01-01T00:00:00+24:00",
    "1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00Z ", " 1970-01-01T00:00:00Z", "1970-01-01T00:00:00ZZ",
    "1970-01-01X00:00:00Z", "+970-01-01T00:00:00Z", "1970-01-01T00:00:0٣Z", "1970-01-01T-1:00:00Z",
    "0000-01-01T00:00:00Z", "1600-01-01T00:00:00Z", "1677-09-21T00:12:42Z", "2262-04-11T23:47:17Z",
    "9999-12-31T23:59:59Z",
  ])
  func refuses(_ text: String) { #expect(Timestamp(rfc3339: text) == nil) }

  @Test func whatIsWrittenIsReadBackToTheMicrosecond() {
    var random = Seeded(1)
    for _ in 0..<5000 {
      let time = Timestamp(nanoseconds: Int64(bitPattern: random.next()) >> Int64(random.below(60)))
      let rest = time.nanoseconds % 1000
      let floor = time.nanoseconds.subtractingReportingOverflow(rest < 0 ? rest + 1000 : rest)
      let whole = floor.overflow ? .min : floor.partialValue
      #expect(Timestamp(rfc3339: time.rfc3339)?.nanoseconds == whole, "\(time.nanoseconds)")
      #expect(time.rfc3339.hasPrefix(time.spaced.prefix(10)) && time.rfc3339.contains(time.spaced.suffix(8)))
    }
  }

  @Test func writtenTimesSortAsTheyFollow() {
    var random = Seeded(2)
    let times = (0..<2000).map { _ in Timestamp(nanoseconds: Int64(bitPattern: random.next()) / 1000 * 1000) }
    #expect(times.sorted().map(\.rfc3339) == times.map(\.rfc3339).sorted())
  }

  @Test(arguments: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max])
  func extremesStopAtTheEdge(_ nanoseconds: Int64) {
    let time = Timestamp(nanoseconds: nanoseconds)
    #expect(!time.rfc3339.isEmpty && !time.spaced.isEmpty)
    #expect(Timestamp(rfc3339: time.rfc3339) != nil)
    for seconds in [0, 1e-9, 1, 1.8e10, 1.85e10, 9.3e9, 1e300, .infinity, .greatestFiniteMagnitude] {
      #expect(time.advanced(bySeconds: seconds) >= time || seconds == 0)
      #expect(time.advanced(bySeconds: -seconds) <= time || seconds == 0)
    }
    _ = time.advanced(bySeconds: .nan)
    #expect(Timestamp(nanoseconds: .max).seconds(since: time) >= 0)
    #expect(Timestamp(nanoseconds: .min).seconds(since: time) <= 0)
  }

  @Test func movesAndMeasures() {
    let time = Timestamp(nanoseconds: 1_795_221_394_123_456_789)
    #expect(time.advanced(bySeconds: 1.5).nanoseconds == 1_795_221_395_623_456_789)
    #expect(time.advanced(bySeconds: -0.000_000_001).nanoseconds == 1_795_221_394_123_456_788)
    #expect(time.advanced(bySeconds: 1.5).seconds(since: time) == 1.5)
    #expect(time.seconds(since: time.advanced(bySeconds: 3)) == -3)
    #expect(time.spaced == "2026-11-21 00:36:34")
  }

  @Test(.enabled(if: Python.isThere, "needs python3")) func agreesWithPythonOnWriting() throws {
    var random = Seeded(3)
    let values = (0..<2000).map { _ in Int64(bitPattern: random.next()) >> Int64(random.below(24)) }
    let script = """
      import sys
      from datetime import datetime, timedelta
      for line in sys.stdin:
          time = datetime(1970, 1, 1) + timedelta(microseconds=int(line) // 1000)
          print(time.isoformat(timespec="microseconds") + "Z")
      """
    let expected = try Python.run(script, values.map(String.init))
    #expect(values.map { Timestamp(nanoseconds: $0).rfc3339 } == expected)
  }

  @Test(.enabled(if: Python.isThere, "needs python3")) func agreesWithPythonOnReading() throws {
    var random = Seeded(4)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    // Days up to 31 in every month: what is no date has to be refused by both.
    let texts = (0..<3000).map { _ in
      let zone =
        random.below(2) == 0
        ? "Z" : "\(random.below(2) == 0 ? "+" : "-")\(two(random.below(24))):\(two(random.below(60)))"
      let date = "\(1700 + random.below(500))-\(two(1 + random.below(12)))-\(two(1 + random.below(31)))"
      let clock = "\(two(random.below(24))):\(two(random.below(60))):\(two(random.below(60)))"
      return "\(date)T\(clock).\(100_000 + random.below(900_000))\(zone)"
    }
    let script = """
      import sys
      from datetime import datetime, timedelta, timezone
      epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
      for line in sys.stdin:
          try:
              print((datetime.fromisoformat(line.strip()) - epoch) // timedelta(microseconds=1))
          except ValueError:
              print("none")
      """
    let expected = try Python.run(script, texts)
    for (text, microseconds) in zip(texts, expected) {
      let read = Timestamp(rfc3339: text).map { "\($0.nanoseconds / 1000)" } ?? "none"
      #expect(read == microseconds, "\(text)")
    }
    #expect(expected.count == texts.count)
  }
}
