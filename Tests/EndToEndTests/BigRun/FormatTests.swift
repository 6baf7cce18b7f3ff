import Foundation
import FoundationXML
import Model
import Reporting
import Testing

/// The same table of outcomes in every format.
extension OnOneSite {
  @Suite struct Formats {
    @Test func exitStatusIsTheStrongest() async throws {
      let run = try await BigRun.result()
      #expect(run.ended.status == 3, "\(run.ended)")
      #expect(run.ended.out.isEmpty, "data on stdout, talk on stderr")
      let report = try run.output.report()
      #expect(report.exit == 3)
      #expect(report.isComplete)
      #expect(report.missing.isEmpty)
      #expect(report.pod == "e2e-pod")
      #expect(report.installer == "apex")
      #expect(report.buildTag == BigRun.buildTag)
    }

    @Test func reportHoldsEveryVerdict() async throws {
      let run = try await BigRun.result()
      let report = try run.output.report()
      #expect(report.cases.map(\.id) == Expected.all.map(\.id))
      for (one, expected) in zip(report.cases, Expected.all) {
        #expect(one.tier == expected.tier)
        #expect(one.name == expected.name)
        #expect(one.verdict == expected.verdict, "\(one.id): \(one.reason ?? "")")
        #expect(one.result == expected.result, "\(one.id)")
        #expect(one.attempts == expected.attempts, "\(one.id): \(one.reason ?? "")")
        #expect((one.reason == nil) == (expected.reason == nil), "\(one.id): \(one.reason ?? "")")
        #expect(one.reason?.contains(expected.reason ?? "") ?? true, "\(one.id): \(one.reason ?? "")")
        #expect((one.node == nil) == (expected.attempts == 0), "\(one.id)")
        #expect(one.published.state == (expected.criteria == nil ? .no : .delivered), "\(one.id): \(one.published)")
      }
      #expect(report.counts.pass == Expected.all.count { $0.verdict == .pass })
      #expect(report.counts.fail == Expected.all.count { $0.verdict == .fail })
      #expect(report.counts.skip == Expected.all.count { $0.verdict == .skip })
      #expect(report.counts.error == Expected.all.count { $0.verdict == .error })
      #expect(report.nodes.map(\.name).sorted() == ["n1", "n2", "n3"])
      #expect(Set(report.nodes.map(\.slots)) == [2])
    }

    @Test func junitHoldsEveryVerdict() async throws {
      let run = try await BigRun.result()
      let text = run.output.text("junit.xml")
      // The parser does not survive an empty text.
      try #require(!text.isEmpty)
      let document = try XMLDocument(xmlString: text)
      let root = try #require(document.rootElement())
      let cases = root.elements(forName: "testsuite").flatMap { $0.elements(forName: "testcase") }
      #expect(cases.map { $0.text("name") } == Expected.all.map(\.id))
      for (one, expected) in zip(cases, Expected.all) {
        let marks = ["failure", "error", "skipped"].flatMap { one.elements(forName: $0) }
        let names = [.pass: [], .fail: ["failure"], .error: ["error"], .skip: ["skipped"]][expected.verdict]
        #expect(marks.compactMap(\.name) == names, "\(expected.id)")
        #expect(marks.first?.text("message").contains(expected.reason ?? "") ?? true, "\(expected.id)")
      }
      #expect(root.text("tests") == "\(Expected.all.count)")
      #expect(root.text("failures") == "\(Expected.all.count { $0.verdict == .fail })")
      #expect(root.text("errors") == "\(Expected.all.count { $0.verdict == .error })")
      let suites = root.elements(forName: "testsuite").map { $0.text("name") }
      #expect(suites == Expected.all.map(\.tier).reduce(into: []) { if $0.last != $1 { $0.append($1) } })
    }

    @Test func tapHoldsEveryVerdict() async throws {
      let run = try await BigRun.result()
      let lines = run.output.text("results.tap").lines
      #expect(lines.prefix(2) == ["TAP version 13", "1..\(Expected.all.count)"])
      let results = lines.dropFirst(2).filter { !$0.hasPrefix("  ") }
      #expect(results.count == Expected.all.count)
      for (index, (line, expected)) in zip(results, Expected.all).enumerated() {
        let isOK = expected.verdict == .pass || expected.verdict == .skip
        let start = "\(isOK ? "ok" : "not ok") \(index + 1) - \(expected.tier)/\(expected.id)"
        let mark = [.skip: " # SKIP ", .error: " # ERROR "][expected.verdict]
        #expect(mark.map { line.hasPrefix(start + $0) } ?? (line == start), "\(line)")
      }
    }

    @Test func summaryHoldsEveryVerdict() async throws {
      let run = try await BigRun.result()
      let text = run.output.text("summary.txt")
      let rows = text.lines.filter { $0.hasPrefix("|") }.map { line in
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      #expect(rows.first == ["TEST CASE", "PROJECT", "TIER", "DURATION", "RESULT"])
      let expected = Expected.all.map { [$0.id, "functest", $0.tier, $0.verdict.rawValue.uppercased()] }
      #expect(rows.dropFirst().map { [$0[0], $0[1], $0[2], $0[4]] } == expected)
      for one in Expected.all {
        guard let reason = one.reason else { continue }
        #expect(text.lines.contains { $0.contains("\(one.tier)/\(one.id)") && $0.contains(reason) }, "\(one.id)")
      }
      #expect(text.contains("Exit 3: "))
    }

    @Test func eventsAreNumberedWithoutGap() async throws {
      let run = try await BigRun.result()
      let events = try run.output.events()
      #expect(events.compactMap { $0["number"] as? Int } == Array(1...events.count))
      #expect(events.first?["event"] as? String == "run_started")
      let finished = events.filter { $0["event"] as? String == "case_finished" }
      let verdicts = finished.map { ["\($0["id"] ?? "")", "\($0["verdict"] ?? "")"] }
      #expect(Set(verdicts) == Set(Expected.all.map { [$0.id, $0.verdict.rawValue] }))
      #expect(verdicts.count == Expected.all.count, "one verdict a case")
      let last = events.last { $0["event"] as? String != "published" }
      #expect(last?["event"] as? String == "run_finished")
    }

    @Test func apiHoldsExactlyPassAndFailOnce() async throws {
      let run = try await BigRun.result()
      let results = try await WebClient.results(run.api, "build_tag=\(BigRun.buildTag)")
      let told = results.map { "\($0["case_name"] ?? "") \($0["criteria"] ?? "")" }.sorted()
      let expected = Expected.all.compactMap { one in one.criteria.map { "\(one.name) \($0)" } }.sorted()
      #expect(told == expected)
      let ids = results.compactMap { ($0["details"] as? [String: Any])?["sortie_id"] as? String }
      let decided = try run.output.report().cases.filter { [.pass, .fail].contains($0.verdict) }.compactMap(\.decided)
      #expect(ids.sorted() == decided.sorted())
      for result in results {
        #expect(result["pod_name"] as? String == "e2e-pod")
        #expect(result["installer"] as? String == "apex")
        #expect(result["scenario"] as? String == "os-nosdn-nofeature-ha")
        #expect(result["version"] as? String == "master")
        #expect(result["project_name"] as? String == "functest")
      }
      let all = try await WebClient.results(run.api, "pod=e2e-pod")
      #expect(all.count == results.count)
      for one in try run.output.report().cases where one.published.state == .delivered {
        let link = try #require(one.published.link)
        let (status, body) = try await WebClient.get(link)
        let result = try JSONSerialization.jsonObject(with: body) as? [String: Any]
        #expect(status == "HTTP/1.1 200 OK" && result?["case_name"] as? String == one.name, "\(link)")
      }
    }
  }
}

extension XMLElement {
  /// An attribute's value; empty if it is not there.
  fileprivate func text(_ name: String) -> String { attribute(forName: name)?.stringValue ?? "" }
}
