import Foundation
import FoundationXML
import Model
import Testing

@testable import Reporting

/// What an independent XML parser makes of a JUnit file.
final class JUnitReader: NSObject, XMLParserDelegate {
  struct Case {
    var attributes: [String: String], tier: String, kind: String?, message: String?, output: String
    /// Messages of failures that a later attempt took back, and what they printed.
    var flaky: [String] = []
    var flakyOutput = ""
  }
  var root: [String: String] = [:]
  var suites: [[String: String]] = []
  var cases: [Case] = []
  var properties: [[String: String]] = []
  private var isOutput = false
  private var isFlaky = false

  init?(_ bytes: [UInt8]) {
    super.init()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    switch name {
    case "testsuites": root = attributes
    case "testsuite": suites.append(attributes)
    case "testcase":
      cases.append(
        Case(attributes: attributes, tier: suites.last?["name"] ?? "", kind: nil, message: nil, output: ""))
      properties.append([:])
    case "failure", "error", "skipped":
      cases[cases.count - 1].kind = name
      cases[cases.count - 1].message = attributes["message"]
    case "flakyFailure":
      isFlaky = true
      cases[cases.count - 1].flaky.append("\(attributes["type"] ?? ""): \(attributes["message"] ?? "")")
    case "property": properties[properties.count - 1][attributes["name"] ?? ""] = attributes["value"]
    case "system-out": isOutput = true
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard isOutput else { return }
    if isFlaky { cases[cases.count - 1].flakyOutput += text } else { cases[cases.count - 1].output += text }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    isOutput = false
    if name == "flakyFailure" { isFlaky = false }
  }
}

struct JUnitTests {
  @Test func holdsWhatWasExpected() throws {
    let script = ExpectedOutcomes.script()
    let read = try #require(JUnitReader(JUnit().document(script.report, tail: script.tail)))
    #expect(read.root["tests"] == "13")
    #expect(read.root["failures"] == "1")
    #expect(read.root["errors"] == "4")
    #expect(read.root["skipped"] == "2")
    #expect(read.suites.map { $0["name"] } == ["healthcheck", "smoke", "features", "vnf"])
    #expect(read.suites.map { $0["tests"] } == ["2", "3", "3", "5"])
    #expect(read.cases.count == ExpectedOutcomes.cases.count)
    let kinds: [Verdict: String?] = [.pass: nil, .fail: "failure", .error: "error", .skip: "skipped"]
    for (index, expected) in ExpectedOutcomes.cases.enumerated() {
      #expect(read.cases[index].attributes["name"] == expected.id)
      #expect(read.cases[index].tier == expected.tier)
      #expect(read.cases[index].kind == kinds[expected.verdict])
      #expect(read.cases[index].message == (expected.verdict == .pass ? nil : expected.reason))
      #expect(read.cases[index].flaky.isEmpty == (expected.flaky == nil))
      #expect(read.properties[index]["flaky"] == expected.flaky)
      #expect(read.cases[index].attributes["time"] == plainNumber(expected.duration ?? 0))
      #expect(read.properties[index]["node"] == expected.node)
      #expect(read.properties[index]["attempts"] == String(expected.attempts))
      #expect(read.properties[index]["result"] == expected.result.map(plainNumber))
    }
    #expect(read.cases[0].attributes["classname"] == "sortie.healthcheck")
    #expect(read.cases[4].attributes["classname"] == "functest.smoke.tempest")
    #expect(read.cases[2].output == "one\ntwo\n")
    #expect(read.cases[12].flaky == ["fail: no <answer>"])
    #expect(read.cases[12].flakyOutput == "lost\n")
  }

  @Test func keepsTheEndOfTheOutputOnly() throws {
    var script = Script()
    script.begin([planned("smoke", "a")])
    script.attempt("a", on: "n1", .fail, output: String(repeating: "ä", count: 5000))
    script.finish("a", .fail)
    script.end()
    let read = try #require(JUnitReader(JUnit(outputLimit: 1001).document(script.report, tail: script.tail)))
    #expect(read.cases.first?.output == String(repeating: "ä", count: 500))
  }

  @Test func comesInPieces() throws {
    var script = Script()
    script.begin((0..<100).map { planned("smoke", "c\($0)") })
    for number in 0..<100 {
      script.attempt("c\(number)", on: "n1", .pass, output: String(repeating: "x", count: 10_000))
      script.finish("c\(number)", .pass)
    }
    script.end()
    var pieces: [Int] = []
    JUnit().write(script.report, tail: script.tail) { pieces.append($0.count) }
    #expect(pieces.count > 10)
    #expect(pieces.allSatisfy { $0 < 100_000 })
  }
}
