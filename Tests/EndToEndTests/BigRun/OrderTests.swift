import Foundation
import Model
import Reporting
import Testing

/// What may not happen at the same time, and what has to come first.
extension OnOneSite {
  @Suite struct Order {
    @Test func whatIsAloneOverlapsWithNothing() async throws {
      let run = try await BigRun.result()
      var inside: Set<String> = []
      let lines = run.site.read("locks").lines
      for line in lines {
        let name = String(line.dropFirst())
        if line.hasPrefix("+") {
          #expect(
            inside.isEmpty || (!name.hasPrefix("alone") && !inside.contains { $0.hasPrefix("alone") }), "\(lines)")
          inside.insert(name)
        } else {
          inside.remove(name)
        }
      }
      #expect(lines.count == 12)
    }

    @Test func aTierIsSetUpFirstAndTornDownLast() async throws {
      let run = try await BigRun.result()
      let steps = try Steps(run.output.events())
      let members = Set(Expected.all.filter { $0.tier == "basics" && $0.attempts > 0 }.map(\.id))
      let begin = try #require(steps.index("attempt_finished") { $0 == "setup:tier:basics" }.first)
      let end = try #require(steps.index("attempt_started") { $0 == "teardown:tier:basics" }.first)
      #expect(steps.index("attempt_started", members.contains).allSatisfy { $0 > begin })
      #expect(steps.index("attempt_finished", members.contains).allSatisfy { $0 < end })
      #expect(steps.index("attempt_started") { $0 == "setup:tier:basics" }.count == 1)
    }

    @Test func aDomainIsSetUpOncePerNodeThatTakesIt() async throws {
      let run = try await BigRun.result()
      let report = try run.output.report()
      let took = Set(report.cases.filter { $0.domain == "fussy" }.compactMap(\.node))
      for kind in ["setup", "teardown"] {
        let hooks = report.hooks.filter { $0.id.hasPrefix("\(kind):domain:fussy") }
        let nodes = hooks.flatMap(\.history).compactMap(\.node)
        #expect(took.isSubset(of: nodes), "\(kind) on \(nodes), cases on \(took)")
        #expect(Set(nodes).count == nodes.count, "once a node")
        #expect(hooks.allSatisfy { $0.verdict == .pass })
      }
    }

    @Test func aGateOnEachNodeComesFirst() async throws {
      let run = try await BigRun.result()
      let steps = try Steps(run.output.events())
      let gates = steps.index("case_finished") { $0.hasPrefix("alive@") }
      let first = try #require(steps.index("attempt_started") { !$0.hasPrefix("alive@") }.first)
      #expect(gates.count == 3)
      #expect(try #require(gates.first) < first)
    }
  }
}

/// A run's events by name and case.
private struct Steps {
  private let steps: [(event: String, id: String)]

  init(_ events: [[String: Any]]) throws {
    steps = events.map { ($0["event"] as? String ?? "", $0["id"] as? String ?? "") }
  }

  /// Where events of that name stand.
  func index(_ event: String, _ isMeant: (String) -> Bool) -> [Int] {
    steps.indices.filter { steps[$0].event == event && isMeant(steps[$0].id) }
  }
}
