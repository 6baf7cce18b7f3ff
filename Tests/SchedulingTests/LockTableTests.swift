import Model
import Testing

@testable import Scheduling

@Suite struct LockTableTests {
  private static let shared = [LockRequest("sut", .shared)]
  private static let exclusive = [LockRequest("sut", .exclusive)]

  @Test func aCaseSharesTheSUTUnlessItSaysOtherwise() {
    #expect(LockTable.requests(of: testCase("a")) == LockTableTests.shared)
    let disk = testCase("a", locks: [LockRequest("disk", .exclusive)])
    #expect(LockTable.requests(of: disk) == [LockRequest("disk", .exclusive), LockRequest("sut", .shared)])
    let twice = testCase("a", locks: [LockRequest("sut", .exclusive), LockRequest("sut", .shared)])
    #expect(LockTable.requests(of: twice) == LockTableTests.exclusive)
  }

  @Test(arguments: [
    (shared, shared, false), (shared, exclusive, true), (exclusive, shared, true), (exclusive, exclusive, true),
    (exclusive, [LockRequest("disk", .exclusive)], false),
  ]) func conflicts(_ left: [LockRequest], _ right: [LockRequest], _ isConflict: Bool) {
    #expect(LockTable.conflict(left, right) == isConflict)
    var table = LockTable()
    table.take(left)
    #expect(table.isFree(right) != isConflict)
    _ = table.release(left)
    #expect(table.isFree(right))
  }

  @Test func sharedLocksAreCounted() {
    var table = LockTable()
    table.take(LockTableTests.shared)
    table.take(LockTableTests.shared)
    _ = table.release(LockTableTests.shared)
    #expect(!table.isFree(LockTableTests.exclusive))
    _ = table.release(LockTableTests.shared)
    #expect(table.isFree(LockTableTests.exclusive))
  }

  @Test func releaseTellsWhetherSomebodyWaits() {
    var table = LockTable()
    table.take(LockTableTests.shared)
    table.reserve(LockTableTests.exclusive, for: 7)
    let isAwaited = table.release(LockTableTests.shared)
    #expect(isAwaited)
    let didWait = table.withdraw(7)
    #expect(didWait)
    let stillWaits = table.withdraw(7)
    #expect(!stillWaits)
    table.take(LockTableTests.shared)
    let isAwaitedStill = table.release(LockTableTests.shared)
    #expect(!isAwaitedStill)
  }
}
