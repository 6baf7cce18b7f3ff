import Foundation
import Model
import Testing

@testable import Reporting

/// The pages that users rely on name everything that the code writes.
struct DocumentationTests {
  private static func page(_ name: String) throws -> String {
    let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("docs/\(name)"), encoding: .utf8)
  }

  /// One of each, with every field set.
  private static let activities: [Activity] = [
    .runStarted(
      .init(
        run: RunID(rawValue: "r"), version: "v", host: "h", arguments: [], pod: "p", installer: "i", scenario: "s",
        buildTag: "t", servers: [],
        settings: .init(nodes: [], sut: "s", loop: "l", lease: 1, leaseMargin: 1, timeout: 1, policy: Policy()))),
    .runResumed(.init(version: "v", host: "h")),
    .planned(Plan(cases: [], slice: Slice(index: 1, count: 2))),
    .nodeReady(.init(node: "n", facts: NodeFacts(), life: "l")),
    .nodeLost(.init(node: "n", reason: "r")), .nodeExcluded(.init(node: "n", reason: "r")),
    .unitLeased(.init(unit: UnitID(rawValue: "u"), tier: "t", domain: "d", node: "n", attempts: [])),
    .attemptStarted(
      .init(
        attempt: attempt, id: id, node: "n", unit: UnitID(rawValue: "u"), fence: 1, began: Script.start)),
    .output(.init(attempt: attempt, offset: 0, length: 1)),
    .artifactAnnounced(.init(stream: 1, artifact: .init(attempt: attempt, path: "p", size: 1, isCut: true))),
    .artifact(.init(attempt: attempt, path: "p", size: 1, isCut: true)),
    .attemptFinished(
      .init(
        attempt: attempt, id: id, node: "n",
        outcome: Outcome(verdict: .pass, started: Script.start, stopped: Script.start))),
    .caseFinished(.init(id: id, verdict: .fail, reason: "r", attempt: attempt, attempts: 1)),
    .cancelRequested(.init(by: "b", now: true)), .notice(.init(.info, "t", node: "n")),
    .published(.init(id: id, server: "s", link: "l", refusal: "r")),
    .runFinished(.init(isCancelled: true, missing: [], duration: 1)),
  ]
  private static let attempt = AttemptID(rawValue: "r.c.1")
  private static let id = CaseID(rawValue: "c")

  /// Does not compile when an activity is added, so that it cannot be forgotten here.
  private static func place(_ activity: Activity) -> Int {
    switch activity {
    case .runStarted: 0
    case .runResumed: 1
    case .planned: 2
    case .nodeReady: 3
    case .nodeLost: 4
    case .nodeExcluded: 5
    case .unitLeased: 6
    case .attemptStarted: 7
    case .output: 8
    case .artifactAnnounced: 9
    case .artifact: 10
    case .attemptFinished: 11
    case .caseFinished: 12
    case .cancelRequested: 13
    case .notice: 14
    case .published: 15
    case .runFinished: 16
    case .unknown: 17
    }
  }

  @Test func everyActivityAndEachOfItsFieldsIsDocumented() throws {
    let page = try Self.page("reports.md")
    let lines = page.split(separator: "\n").drop { $0 != "## events.jsonl" }
    #expect(Self.activities.map(Self.place) == Array(0..<17))
    for activity in Self.activities {
      let line = try #require(lines.first { $0.hasPrefix("| `\(activity.name)` |") }, "\(activity.name)")
      let event = Event(number: 1, time: Script.start, activity: activity, sequence: 7)
      let written = try JSONSerialization.jsonObject(with: Data(try EventLines().line(event))) as? [String: Any]
      for field in (written ?? [:]).keys where !["number", "time", "event", "sequence"].contains(field) {
        #expect(line.contains("`\(field)`"), "\(activity.name): \(field)")
      }
    }
    for field in ["number", "time", "event", "sequence"] { #expect(lines.contains { $0.contains("`\(field)`") }) }
  }

  @Test func everyKeyOfTheReportIsDocumented() throws {
    let page = try Self.page("reports.md")
    let script = ExpectedOutcomes.script()
    for json in [try script.report.json(), try Manifest(of: script.state).json()] {
      for key in Self.keys(try JSONSerialization.jsonObject(with: Data(json))) {
        #expect(page.contains("`\(key)`") || page.contains("\"\(key)\""), "\(key)")
      }
    }
  }

  @Test func everyExitCodeIsDocumented() throws {
    let page = try Self.page("exit-codes.md")
    for status in Reporting.ExitStatus.allCases { #expect(page.contains("\n| \(status.rawValue) | ")) }
    let order = Reporting.ExitStatus.precedence.map { String($0.rawValue) }.joined(separator: ", ")
    #expect(page.contains(order))
  }

  private static func keys(_ value: Any) -> Set<String> {
    switch value {
    case let object as [String: Any]: object.values.reduce(Set(object.keys)) { $0.union(keys($1)) }
    case let array as [Any]: array.reduce([]) { $0.union(keys($1)) }
    default: []
    }
  }
}
