import Dialects
import Foundation
import Testing

@Suite struct AvocadoValueTests {
  @Test(arguments: [
    ("2013-05-02 00:01:01", "2013-05-02T05:01:01Z"), ("2013-05-02T00:01:02Z", "2013-05-02T00:01:02Z"),
    ("2014-01-01 00:00:00", "2014-01-01T06:00:00Z"), ("2013-05-02", "2013-05-02T05:00:00Z"),
    ("2013-5-2 0:1", "2013-05-02T05:01:00Z"), ("2013-05-02T00:00:00.5Z", "2013-05-02T00:00:00.500000Z"),
    ("2013-05-02T00:00:00.1234567Z", "2013-05-02T00:00:00.123456Z"),
    ("2013-05-02T00:00:00+0530", "2013-05-01T18:30:00Z"),
    ("2013-05-02T00:00:00-03", "2013-05-02T03:00:00Z"), ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"), ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    // The hour that clocks leave out, and the one that they show twice.
    ("2013-03-10 01:59:59", "2013-03-10T07:59:59Z"), ("2013-03-10 02:30:00", "2013-03-10T08:30:00Z"),
    ("2013-03-10 03:00:00", "2013-03-10T08:00:00Z"), ("2013-11-03 01:30:00", "2013-11-03T06:30:00Z"),
    ("2013-11-03 02:00:00", "2013-11-03T08:00:00Z"), ("1974-02-01 00:00:00", "1974-02-01T05:00:00Z"),
  ])
  func times(_ sent: String, _ shown: String) throws {
    #expect(try #require(Avocado.DateTime(sent)).text == shown)
  }

  @Test(arguments: [
    "", "soon", "1369000000", "2013-02-29", "2013-13-01 00:00", "2013-05-02 24:00", "2013-05-02 00:60",
    "2013-05-02 00:00:60", "2013-05-02T00:00:00.", "2013-05-02T00", "2013-05-02 00:00:00 Z",
    "2013-05-02T00:00:00+24:00",
    "2013-05-02x", "0000-01-01", "9999-12-31T23:59:59", "0001-01-01T00:00:00+01:00", "2013-05-02T00:00:00+1",
    "2013-05-02T00:00:00Z\n", "２013-05-02", "+013-05-02",
  ])
  func noTimes(_ sent: String) { #expect(Avocado.DateTime(sent) == nil) }

  /// Every third hour from 1967 on, against the zone files of this machine.
  @Test func chicagoIsWhereFoundationHasIt() throws {
    let zone = try #require(TimeZone(identifier: "America/Chicago"))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    var time = Date(timeIntervalSince1970: -94_608_000)
    let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space, timeZone: zone)
    while time < Date(timeIntervalSince1970: 2_130_000_000) {
      let local = String(style.year().month().day().time(includingFractionalSeconds: false).format(time))
      let read = try #require(Avocado.DateTime(String(local.prefix(19))))
      #expect(read.microseconds == Int64(time.timeIntervalSince1970) * 1_000_000, "\(local)")
      time += 3 * 86_400 + 3 * 3600
    }
  }

  @Test func pages() throws {
    let cases: [(String?, Int, Int?, next: Int?, previous: Int?)] = [
      (nil, 0, 1, nil, nil), ("", 5, 1, nil, nil), ("last", 0, 1, nil, nil), ("1", 10, 1, nil, nil),
      ("1", 11, 1, 2, nil), ("2", 11, 2, nil, 1), ("last", 31, 4, nil, 3), (" 2 ", 31, 2, 3, 1),
      ("2", 10, nil, nil, nil),
      ("0", 10, nil, nil, nil), ("-1", 10, nil, nil, nil), ("abc", 10, nil, nil, nil), ("1.0", 10, nil, nil, nil),
      ("9223372036854775808", 10, nil, nil, nil),
    ]
    for (text, total, number, next, previous) in cases {
      let page = try? Avocado.Page(text, of: total)
      #expect(page?.number == number, "\(text ?? "nil")")
      #expect(page?.next == next, "\(text ?? "nil")")
      #expect(page?.previous == previous, "\(text ?? "nil")")
    }
  }

  @Test func orderings() {
    let cases: [(String?, [(Avocado.JobField, Bool)])] = [
      (nil, []), ("", []), ("time", [(.time, false)]), ("-time,status", [(.time, true), (.status, false)]),
      ("nothing,elapsed_time", [(.elapsed, false)]), ("--time", []), ("time,-time", [(.time, false)]),
      (" description ,", [(.description, false)]),
    ]
    for (text, expected) in cases {
      let read = Avocado.Ordering<Avocado.JobField>.read(text)
      #expect(read.map(\.field) == expected.map(\.0), "\(text ?? "nil")")
      #expect(read.map(\.isDescending) == expected.map(\.1), "\(text ?? "nil")")
    }
  }

  @Test func indentationInPiecesOfAnySize() {
    let json = Array(#"{"a":[],"b":{},"c":[1,{"d":"x,\"{: "}],"e":null}"#.utf8)
    let expected = """
      {
        "a": [],
        "b": {},
        "c": [
          1,
          {
            "d": "x,\\"{: "
          }
        ],
        "e": null
      }
      """
    for size in 1...json.count {
      var indentation = Avocado.Indentation(width: 2)
      var text: [UInt8] = []
      for start in stride(from: 0, to: json.count, by: size) {
        text += indentation.indent(Array(json[start..<min(start + size, json.count)]))
      }
      #expect(String(decoding: text, as: UTF8.self) == expected)
    }
  }

  @Test func rates() {
    let cases: [(Int, Int, String)] = [
      (0, 0, "0"), (2, 1, "66.67"), (3, 1, "75.0"), (0, 3, "0.0"), (1, 2, "33.33"), (5, 0, "100.0"),
    ]
    for (passed, failed, rate) in cases {
      let answer = Avocado.Summary(passed: passed, failed: failed, other: 0).passRate
      #expect(String(decoding: answer, as: UTF8.self) == #"{"passrate":\#(rate)}"#)
    }
  }

  @Test func multipartBodies() throws {
    func read(_ text: String, _ boundary: String = "X") throws -> [String] {
      try Avocado.Multipart.fields(Array(text.utf8), boundary: boundary).map { "\($0.name)=\($0.value)" }
    }
    let head = "Content-Disposition: form-data; name="
    #expect(try read("--X--") == [])
    #expect(
      try read("--X\r\n\(head)\"a\"\r\n\r\n1\r\n--X\r\n\(head)b; filename=f\r\nContent-Type: x\r\n\r\n\r\n--X--\r\n")
        == ["a=1", "b="])
    for bad in [
      "", "--X", "--X\r\n", "--X\r\n\r\n--X--", "--X\r\n\(head)\"a\"\r\n\r\n1", "--Xy\r\n", "x--X--",
      "--X\r\nContent-Type: x\r\n\r\n1\r\n--X--", "--X\r\n\(head)a\r\n\r\n\u{0}\r\n--X--",
    ] {
      #expect(throws: Avocado.Refusal.self, "\(bad)") { try read(bad) }
    }
    #expect(throws: Avocado.Refusal.self) { try read("----", "") }
  }
}
