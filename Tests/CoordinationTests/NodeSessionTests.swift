import Model
import Testing
import Wire

@testable import Coordination

/// What a node's side of a run remembers from line to line.
@Suite struct NodeSessionTests {
  private let attempt = AttemptID(rawValue: "r.c.1")

  private var order: AttemptOrder {
    AttemptOrder(
      attempt: attempt, id: CaseID(rawValue: "c"), name: "c", project: "p", tier: "t", unit: UnitID(rawValue: "u1"),
      fence: 1, run: RunSpec(driver: "exec"))
  }

  private func welcome(
    _ life: String, sequence: UInt64 = 0, acknowledged: UInt64? = nil, _ attempts: [AttemptID] = []
  ) -> Welcome {
    Welcome(
      wire: 1, version: "1", life: life, facts: NodeFacts(), sequence: sequence, acknowledged: acknowledged,
      attempts: attempts, time: Timestamp(nanoseconds: 0))
  }

  private func started(_ sequence: UInt64) -> NodeRecord {
    NodeRecord(sequence: sequence, content: .event(.started(attempt, began: Timestamp(nanoseconds: 0))))
  }

  @Test func whatNeverReachedTheAgentIsSentAgain() throws {
    var session = NodeSession(node: "n1")
    _ = session.welcome(welcome("a"))
    session.send([order])
    #expect(session.welcome(welcome("a")).again.map(\.attempt) == [attempt])
    #expect(session.welcome(welcome("a", [attempt])).again.isEmpty)
  }

  @Test func whatADeadAgentHadBegunIsLost() throws {
    var session = NodeSession(node: "n1")
    _ = session.welcome(welcome("a"))
    session.send([order])
    try session.hear(started(1))
    #expect(session.welcome(welcome("b")).lost.map(\.attempt) == [attempt])
    #expect(session.outstanding.isEmpty && session.received == 0 && session.epoch == 1)
  }

  @Test func anAttemptThatKillsItsAgentsIsNotSentForEver() {
    var session = NodeSession(node: "n1")
    _ = session.welcome(welcome("life 0"))
    session.send([order])
    #expect(session.welcome(welcome("life 1")).again.count == 1)
    #expect(session.welcome(welcome("life 1")).again.count == 1, "a cut line is no death")
    #expect(session.welcome(welcome("life 2")).again.count == 1)
    let last = session.welcome(welcome("life 3"))
    #expect(last.again.isEmpty)
    #expect(last.lost.map(\.reason) == ["3 agents on n1 died before they began it"])
  }

  @Test func whatNobodyCountsOnIsNamed() {
    var session = NodeSession(node: "n1")
    let stray = AttemptID(rawValue: "r.x.1")
    session.send([order])
    #expect(session.welcome(welcome("a", [attempt, stray])).strays == [stray])
  }

  @Test func recordsGoOnBehindTheLastOneThatIsDurable() throws {
    var session = NodeSession(
      node: "n1", life: "a", received: 7, outstanding: [order], started: [], cancelled: [:])
    #expect(session.confirmed == 7, "said again, the process that died may have kept it to itself")
    // Parts of a file leave no event: the agent was told more than the journal has.
    _ = session.welcome(welcome("a", sequence: 20, acknowledged: 11, [attempt]))
    #expect(session.received == 11)
    #expect(throws: Fault.self) { try session.hear(started(13)) }
    try session.hear(started(12))
  }

  @Test func anAcknowledgementOfAnotherLifeCountsForNothing() {
    var session = NodeSession(node: "n1")
    _ = session.welcome(welcome("a"))
    #expect(session.confirm(3, epoch: 0) == 3)
    #expect(session.confirm(2, epoch: 0) == nil)
    _ = session.welcome(welcome("b"))
    #expect(session.confirm(4, epoch: 0) == nil)
    #expect(session.confirm(1, epoch: 1) == 1)
  }

  @Test func aLeaseCountsFromTheLastWordToTheNode() {
    var lease = NodeLease(lease: 10, margin: 2, at: 0)
    lease.hear(at: 5)
    lease.tell(at: 8)
    #expect(lease.left(at: 8) == 12 && lease.left(at: 19) == 1 && lease.left(at: 21) == 0)
    // It is given up by what was heard, and its work waits for what was said.
    #expect(!lease.isOverdue(at: 16.9) && lease.isOverdue(at: 17))
  }
}
