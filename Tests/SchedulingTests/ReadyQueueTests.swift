import TestSupport
import Testing

@testable import Scheduling

@Suite struct ReadyQueueTests {
  @Test func longestFirstThenCatalogOrder() {
    var queue = ReadyQueue()
    for (order, seconds) in [1.0, 5, 5, 0.1].enumerated() { queue.push(order, seconds: seconds) }
    #expect(drain(&queue, assuming: 10) == [1, 2, 0, 3])
  }

  @Test func unknownCasesCountWithWhatIsAssumed() {
    var queue = ReadyQueue()
    queue.push(0, seconds: 3)
    queue.push(1, seconds: nil)
    queue.push(2, seconds: nil)
    #expect(queue.first(assuming: 10)?.order == 1)
    #expect(queue.first(assuming: 1)?.order == 0)
    #expect(queue.first(assuming: 3)?.order == 0)
    #expect(drain(&queue, assuming: 1) == [0, 1, 2])
  }

  @Test(arguments: 0..<20) func aHeapSorts(seed: UInt64) {
    var random = Seeded(seed)
    let items = (0..<100).map { Priority(seconds: Double(random.below(10)), order: $0) }
    var heap = Heap()
    for item in items { heap.push(item) }
    var drained: [Priority] = []
    while let first = heap.first {
      drained.append(first)
      heap.removeFirst()
    }
    #expect(drained == items.sorted(by: >))
  }

  private func drain(_ queue: inout ReadyQueue, assuming seconds: Double) -> [Int] {
    var orders: [Int] = []
    while let first = queue.first(assuming: seconds) {
      orders.append(first.order)
      queue.removeFirst(first)
    }
    return orders
  }
}
