import Foundation
import Model
import Testing

@testable import Scheduling

/// The decision table as `docs/scheduling.md` has it: each row names what it holds for, and what comes next.
private struct DocumentedTable {
  private let rows: [[String]]

  init() throws {
    let tests = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    let root = tests.deletingLastPathComponent().deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/scheduling.md"), encoding: .utf8)
    let lines = page.split(separator: "\n").drop { !$0.hasPrefix("| came back |") }.dropFirst(2)
    rows = lines.prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// What the rows say that hold for such an end; exactly one should.
  func sequels(of end: AttemptEnd) -> [String] {
    let isOver = end.isCancelled || end.halt == .cancelled
    let facts = [
      end.verdict?.rawValue ?? "nothing", isOver ? "cancelled" : "goes on", end.halt == .recalled ? "yes" : "no",
      end.isStarted ? "yes" : "no", end.errors.isLeft ? "left" : "used up", end.failures.used > 0 ? "yes" : "no",
      end.failures.isLeft ? "left" : "used up",
    ]
    return rows.filter { row in
      row.count == facts.count + 1
        && zip(row, facts).allSatisfy { cell, fact in cell == "–" || cell.components(separatedBy: ", ").contains(fact) }
    }.map { $0[facts.count] }
  }

  static func words(_ sequel: AttemptEnd.Sequel) -> String {
    switch sequel {
    case .verdict(let verdict): verdict.rawValue
    case .cancelled(let verdict): "\(verdict.rawValue), `cancelled`"
    case .failureStands: "the earlier failure"
    case .again(.nothing): "again, not counted"
    case .again(.error): "again, counted as an error"
    case .again(.failure): "again, counted as a failure"
    }
  }
}

@Suite struct AttemptEndTests {
  private static let budgets: [AttemptEnd.Budget] = (0...2).flatMap { limit in
    (0...3).map { AttemptEnd.Budget(used: $0, limit: limit) }
  }

  @Test func everyEndHasTheOneSequelThatTheDocumentGives() throws {
    let table = try DocumentedTable()
    let verdicts: [Verdict?] = Verdict.allCases + [nil]
    let halts: [Halt?] = Halt.allCases + [nil]
    var count = 0
    for verdict in verdicts {
      for halt in halts {
        for (isStarted, isCancelled) in [(false, false), (false, true), (true, false), (true, true)] {
          for errors in AttemptEndTests.budgets {
            for failures in AttemptEndTests.budgets {
              let end = AttemptEnd(
                verdict: verdict, isStarted: isStarted, halt: halt, isCancelled: isCancelled, errors: errors,
                failures: failures)
              count += 1
              let sequels = table.sequels(of: end)
              guard sequels == [DocumentedTable.words(end.sequel)] else {
                Issue.record("\(end): \(end.sequel), and the document says \(sequels)")
                return
              }
            }
          }
        }
      }
    }
    #expect(count == 5 * 3 * 4 * 12 * 12)
  }
}
