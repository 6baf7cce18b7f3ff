import Model
import Testing

@testable import Dialects

@Suite struct ImportTests {
  private static let values: [StoreLine.Value] = [
    .null, .integer(0), .integer(.min), .integer(.max), .real(0.1), .real(-0.0), .real(1e300),
    .real(.leastNonzeroMagnitude),
    .real(.infinity), .real(-.infinity), .real(3), .text(""), .text("2023.1"), .text("ä\u{1F600}\"\\\n\u{0}\u{7F}"),
    .text("{\"utf8\":\"x\"}"), .bytes([]), .bytes(Array("1e400".utf8)), .bytes(Array("{\"a\": [1,\n2]}".utf8)),
    .bytes([0xFF]), .bytes([0xC0, 0x80]), .bytes([0xED, 0xA0, 0x80]), .bytes(Array(0...255)),
  ]

  @Test func linesComeBackAsTheyWere() throws {
    let cells = Self.values.enumerated().map { StoreLine.Cell(column: "c\(100 + $0)", value: $1) }
    let lines: [StoreLine] = [
      .header(version: 1, identity: "0123456789", schema: "6: \"tokens\""), .row(table: "results", cells: cells),
      .row(table: "ä\n", cells: []), .end(rows: 12),
    ]
    for line in lines {
      let bytes = line.bytes
      #expect(bytes.last == 10 && bytes.dropLast().allSatisfy { $0 >= 0x20 })
      #expect(try StoreLine(bytes) == line)
      #expect(try StoreLine(bytes).bytes == bytes)
    }
  }

  @Test(arguments: [
    "", "{", "[]", "null", "{}", #"{"sortie_store":"1"}"#, #"{"sortie_store":1,"identity":"x"}"#, #"{"rows":1.5}"#,
    #"{"table":"x"}"#, #"{"table":1,"row":{}}"#, #"{"table":"x","row":[]}"#, #"{"table":"x","row":{"a":true}}"#,
    #"{"table":"x","row":{"a":[]}}"#, #"{"table":"x","row":{"a":{}}}"#, #"{"table":"x","row":{"a":{"base64":"?"}}}"#,
    #"{"table":"x","row":{"a":{"base64":"AAA"}}}"#, #"{"table":"x","row":{"a":{"utf8":1}}}"#,
    #"{"table":"x","row":{"a":{"utf8":"","base64":""}}}"#, #"{"table":"x","row":{"a":99999999999999999999}}"#,
    #"{"table":"x","row":{"a":1e999}}"#, "\u{FF}",
  ])
  func whatIsNoLineIsAProblem(_ text: String) {
    #expect(throws: ImportProblem.self) { try StoreLine(Array(text.utf8)) }
  }

  @Test func bytesAreTextByTheStandard() {
    for (text, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
      #expect(Base64.text(Array(text.utf8)) == coded)
      #expect(Base64.bytes(coded) == Array(text.utf8))
    }
  }

  @Test(arguments: [
    (#""x""#, #""x""#), ("1.0", "1.0"), (#"{"b":1,"a":2,"b":3}"#, #"{"b":1,"a":2,"b":3}"#),
    (#"{"$oid":"5f"}"#, #""5f""#), (#"{"$numberLong":"12345678901234567890"}"#, "12345678901234567890"),
    (#"{"$numberInt":"-5"}"#, "-5"), (#"{"$numberDouble":"NaN"}"#, #""NaN""#), (#"{"$undefined":true}"#, "null"),
    (#"{"$date":"2016-05-23T07:16:09.477Z"}"#, #""2016-05-23 07:16:09.477000""#),
    (#"{"$date":"2016-05-23T07:16:09+0200"}"#, #""2016-05-23 05:16:09""#),
    (#"{"$date":{"$numberLong":"1463987769477"}}"#, #""2016-05-23 07:16:09.477000""#),
    (#"{"$date":1463987769000}"#, #""2016-05-23 07:16:09""#),
    (#"{"$date":{"$numberLong":"9223372036854775807"}}"#, #"{"$date": 9223372036854775807}"#),
    (#"{"b": 1.0, "a": [{"$numberLong": "7"}, {"$oid": "x"}], "b": 2}"#, #"{"b": 1.0, "a": [7, "x"], "b": 2}"#),
    (#"{"$oid": "x", "more": 1}"#, #"{"$oid": "x", "more": 1}"#),
  ])
  func extendedJSONBecomesPlain(_ sent: String, _ plain: String) throws {
    guard case .object(let members) = try JSONBody(Array("{\"v\":\(sent)}".utf8)), let value = members["v"] else {
      Issue.record("no JSON: \(sent)")
      return
    }
    #expect(try ExtendedJSON.plain(value).json == plain)
  }

  @Test func deepNestingIsAProblem() {
    let deep = String(repeating: "[", count: 300) + #"{"$oid":"x"}"# + String(repeating: "]", count: 300)
    #expect(throws: ImportProblem.self) { try ExtendedJSON.plain(.other(json: deep)) }
  }

  @Test func aDocumentKeepsItsIdAndItsKinds() throws {
    let line = #"""
      {"_id":{"$oid":"5800000000000000000000A1"},"pod_name":"p","case_name":"c","version":2023.1,"build_tag":12345678,
      "creation_date":{"$date":"2016-05-23T07:16:09Z"},"trust_indicator":{"current":0.5,"histories":[]},"build_id":"17"}
      """#
    let document = try MongoDocument(Array(line.utf8))
    #expect(document.id == "5800000000000000000000a1")
    #expect(document.created == Timestamp(rfc3339: "2016-05-23T07:16:09Z"))
    #expect(document.members["version"] == .other(json: "2023.1"))
    #expect(document.collection == .results)
    #expect(document.columns["trust_level"] == .other(json: "0.5"))
    #expect(document.columns["build_number"] == .other(json: "17"))
    for bad in [#"{"name":"x"}"#, #"{"_id":5}"#, #"{"_id":"short"}"#, #"{"_id":{"$oid":"zz0000000000000000000000"}}"#] {
      #expect(throws: ImportProblem.self) { try MongoDocument(Array(bad.utf8)) }
    }
  }

  @Test(arguments: [
    ("results.json", MongoDocument.Collection.results), ("/a/b/testapi.results.json", .results), ("Pods.jsonl", .pods),
    ("deployresults-2021.json", .deployresults), ("dump.json", nil), ("pods.results.json", nil),
    ("results/x.json", nil),
  ])
  func aFileSaysWhatItHolds(_ name: String, _ collection: MongoDocument.Collection?) {
    #expect(MongoDocument.collection(ofFile: name) == collection)
  }

  @Test func laterFilesOfAJobWin() throws {
    let job = try TeuthologyJob(
      folder: "7",
      documents: [
        ["job_id": "8", "name": "a", "roles": [["mon.a"]], "updated": "x"], .null, ["name": "b", "success": true],
      ])
    #expect(job.id == "8")
    #expect(job.members["name"] == .string("b"))
    #expect(job.members["roles"] == .other(json: #"[["mon.a"]]"#))
    #expect(job.members["success"] == .other(json: "true"))
    #expect(job.members["updated"] == nil)
    #expect(try TeuthologyJob(folder: "7", documents: [["job_id": 9]]).id == "9")
    #expect(try TeuthologyJob(folder: "7", documents: [.null]).id == "7")
    #expect(throws: ImportProblem.self) { try TeuthologyJob(folder: "7", documents: [["x"], []]) }
    #expect(["1", "00123"].allSatisfy(TeuthologyJob.isJob))
    #expect(!["", "..", "1a", "-1", String(repeating: "1", count: 33)].contains(where: TeuthologyJob.isJob))
  }
}
