import Dispatch
import GRDB
import Model
import Synchronization
import Testing

@testable import Store

/// Reads that go far do not hold up those that take no time.
@Suite(.timeLimit(.minutes(1))) struct ReadLaneTests {
  @Test func aTurnstileLetsSoManyThroughInTheOrderTheyCame() async throws {
    let turnstile = Turnstile(places: 2)
    let (inside, most, done) = (Count(), Count(), Count())
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<50 {
        group.addTask {
          await turnstile.pass {
            most.raise(to: inside.add(1))
            for _ in 0..<10 { await Task.yield() }
            inside.add(-1)
          }
          done.add(1)
        }
      }
    }
    #expect(most.value == 2)
    #expect(done.value == 50 && inside.value == 0)
  }

  @Test func whoFailsInsideMakesRoom() async throws {
    let turnstile = Turnstile(places: 1)
    for _ in 0..<3 {
      await #expect(throws: Fault.self) { try await turnstile.pass { throw Fault(.system, "no") } }
    }
    #expect(await turnstile.pass { true })
  }

  @Test func readsThatTakeNoTimeFindAReaderHoweverManyGoFar() async throws {
    try await withStore { store, _ in
      try await store.declare()
      try await store.add(.sample(buildTag: .string("t")))
      let gate = DispatchSemaphore(value: 0)
      let begun = Count()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<20 {
          // Stands for a scan of everything: it blocks its reader, which has a thread of its own.
          group.addTask {
            try await store.read(reaching: index % 2 == 0 ? .rows : .details) { _ in
              begun.add(1)
              gate.wait()
            }
          }
        }
        while begun.value < 3 { await Task.yield() }
        for _ in 0..<20 {
          let found = try await store.page(
            ResultFilter([.equals(.buildTag, "t")]), page: 1, size: 20, ascending: false)
          #expect(found.total == 1)
          #expect(try await store.all(ResultFilter()).results.count == 1)
          #expect(try await store.pods().count == 1)
        }
        #expect(await store.obstacle(within: 10) == nil)
        #expect(begun.value == 3)
        for _ in 0..<20 { gate.signal() }
        try await group.waitForAll()
      }
    }
  }

  private static let reaches: [(conditions: [ResultFilter.Condition], ReadReach)] = [
    ([], .few), ([.never, .detail(path: ["a"], "x")], .few), ([.equals(.id, "i")], .few),
    ([.equals(.buildTag, "t"), .detail(path: ["a"], "x")], .few), ([.detail(path: ["sortie_id"], "x")], .few),
    ([.equals(.project, "p")], .rows), ([.equals(.installer, "i")], .rows), ([.notBefore(.startDate, "2026")], .rows),
    ([.trust(0)], .rows), ([.detail(path: ["a"], "x")], .details), ([.detailNumber(path: ["a"], 1)], .details),
    ([.equals(.project, "p"), .detail(path: ["a"], "x")], .details),
  ]

  @Test(arguments: reaches.indices)
  func howFarAFilterGoes(_ index: Int) {
    let (conditions, reach) = Self.reaches[index]
    #expect(ResultFilter(conditions).reach(in: .results) == reach, "\(conditions)")
  }

  @Test func attemptsAreIndexedInResultsOfCasesOnly() {
    #expect(ResultFilter([.detail(path: ["sortie_id"], "x")]).reach(in: .deployResults) == .details)
    #expect(ResultFilter([.build(.buildID, 1)]).reach(in: .deployResults) == .few)
  }
}

/// A number that several count in.
private final class Count: Sendable {
  private let number = Mutex(0)

  var value: Int { number.withLock { $0 } }

  @discardableResult
  func add(_ more: Int) -> Int {
    number.withLock { number in
      number += more
      return number
    }
  }

  func raise(to least: Int) { number.withLock { $0 = max($0, least) } }
}
