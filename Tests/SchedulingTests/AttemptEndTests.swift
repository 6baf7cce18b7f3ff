import Model
import Testing

@testable import Scheduling

@Suite struct AttemptEndTests {
  /// The decision table of `docs/scheduling.md`, written a second time.
  private func expected(_ end: AttemptEnd, _ retries: Int) -> AttemptEnd.Sequel {
    let mayRetry = end.errors < retries
    switch end.verdict {
    case .pass: return .verdict(.pass)
    case .fail: return .verdict(.fail)
    case .skip: return .verdict(.skip)
    case .error:
      if end.halt == .cancelled { return .cancelled(end.isStarted ? .error : .skip) }
      if end.halt == .recalled { return .again(countsAsError: false) }
      return mayRetry ? .again(countsAsError: true) : .verdict(.error)
    case nil:
      if !end.isStarted { return end.halt == .cancelled ? .cancelled(.skip) : .again(countsAsError: false) }
      if end.halt == .cancelled { return .verdict(.error) }
      return mayRetry ? .again(countsAsError: true) : .verdict(.error)
    }
  }

  @Test(arguments: 0...2) func everyEndHasItsSequel(retries: Int) {
    let verdicts: [Verdict?] = Verdict.allCases + [nil]
    let halts: [Halt?] = [nil, .recalled, .cancelled]
    for verdict in verdicts {
      for halt in halts {
        for isStarted in [false, true] {
          for errors in 0...3 {
            let end = AttemptEnd(verdict: verdict, isStarted: isStarted, halt: halt, errors: errors)
            #expect(end.sequel(errorRetries: retries) == expected(end, retries), "\(end)")
          }
        }
      }
    }
  }
}
