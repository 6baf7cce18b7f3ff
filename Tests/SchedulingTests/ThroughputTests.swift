import Model
import Scheduling
import Testing

@Suite struct ThroughputTests {
  @Test func tenThousandCasesAreOneRun() {
    var plan = Plan(cases: [])
    for order in 0..<10_000 {
      var definition = CaseDefinition(name: "c\(order)", tier: "t\(order / 2500)", domain: "d\(order % 7)")
      definition.isBlocking = order == 5
      let planned = PlannedCase(
        id: CaseID(rawValue: definition.name), definition: definition, order: order,
        expected: order % 3 == 0 ? nil : 0.002)
      plan.cases.append(planned)
    }
    var dispatcher = Dispatcher(plan: plan, run: RunID(rawValue: "r"))
    var pending: [AttemptID] = []
    var finished = 0
    var units = 0
    var facts: [Fact] = (1...4).map { .nodeReady("n\($0)", labels: [:], slots: 4) }
    var next = 0
    while next < facts.count {
      for decision in dispatcher.apply(facts[next], at: 0) {
        switch decision {
        case .lease(let lease):
          units += 1
          pending.append(contentsOf: lease.attempts.map(\.attempt))
        case .finished: finished += 1
        case .cancelAttempt, .exclude, .hookFailed, .done: break
        }
      }
      next += 1
      guard next == facts.count else { continue }
      for attempt in pending.prefix(16) {
        facts.append(.attemptStarted(attempt))
        facts.append(.attemptFinished(attempt, verdict: .pass, reason: nil, duration: 0.002))
      }
      pending.removeFirst(min(16, pending.count))
    }
    #expect(finished == 10_000)
    #expect(units < 1500, "short cases travel in large units")
  }
}
