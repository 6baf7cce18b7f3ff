import Model
import Testing
import Wire

@testable import Agent

@Suite struct SessionTests {
  private let a = AttemptID(rawValue: "r.a.1")
  private let b = AttemptID(rawValue: "r.b.1")
  private let limit = Int64(DataHeader.limit)

  @Test func ordersAreTakenOnceAndRunInOrder() {
    var session = Session(run: RunID(rawValue: "r"))
    let taken = [session.accept(a), session.accept(b), session.accept(a)]
    #expect(taken == [true, true, false])
    #expect(session.queue == [a, b])
    #expect(session.dequeue(for: 0) == a)
    #expect(session.attempts[a] == .running(slot: 0))
    let late = [session.accept(a), session.withdraw(a), session.withdraw(b)]
    #expect(late == [false, false, true] && session.queue.isEmpty)
    #expect(session.dequeue(for: 1) == nil)
    session.finish(a, with: [1])
    #expect(session.accept(a) == false, "a finished attempt is still held")
    #expect(session.acknowledge(1).attempts == [a])
    #expect(session.accept(a) == true, "after that it is forgotten")
  }

  @Test func unsentGrowthOfOneStreamIsOneRecord() {
    var session = Session(run: RunID(rawValue: "r"))
    session.record(a, stream: 0, grownTo: 10)
    session.record(b, stream: 0, grownTo: 3)
    session.record(a, stream: 1, grownTo: 4)
    session.record(a, stream: 0, grownTo: 25)
    session.record(a, stream: 0, grownTo: 25)
    session.record(a, stream: 0, grownTo: 7)
    #expect(
      drain(&session) == [
        Sent(1, .data(a, stream: 0, offset: 0, length: 25)), Sent(2, .data(b, stream: 0, offset: 0, length: 3)),
        Sent(3, .data(a, stream: 1, offset: 0, length: 4)),
      ])
    session.record(a, stream: 0, grownTo: 30)
    #expect(drain(&session) == [Sent(4, .data(a, stream: 0, offset: 25, length: 5))], "what was sent does not grow")
  }

  @Test func growthIsCutAtTheLimit() {
    var session = Session(run: RunID(rawValue: "r"))
    session.record(a, stream: 0, grownTo: limit - 1)
    session.record(a, stream: 0, grownTo: limit * 2 + 5)
    #expect(
      drain(&session) == [
        Sent(1, .data(a, stream: 0, offset: 0, length: limit)),
        Sent(2, .data(a, stream: 0, offset: limit, length: limit)),
        Sent(3, .data(a, stream: 0, offset: limit * 2, length: 5)),
      ])
  }

  @Test func aLinkThatBeginsGetsEverythingBehindWhatItHas() {
    var session = Session(run: RunID(rawValue: "r"))
    session.record([1])
    session.record(a, stream: 0, grownTo: 5)
    session.record([2])
    #expect(drain(&session).map(\.number) == [1, 2, 3])
    #expect(!session.hasUnsent)
    session.attach(received: 1)
    #expect(
      drain(&session) == [Sent(2, .data(a, stream: 0, offset: 0, length: 5)), Sent(3, .event([2]))],
      "the same numbers for the same records")
    session.attach(received: 3)
    #expect(!session.hasUnsent && !session.isIdle, "it may lose again what it has")
    session.attach(received: 0)
    #expect(drain(&session).map(\.number) == [1, 2, 3])
    #expect(session.acknowledge(3).streams == [Session.Stream(attempt: a, index: 0): 5])
    session.attach(received: 0)
    #expect(!session.hasUnsent && session.isIdle, "what was acknowledged is gone for good")
    session.record([3])
    #expect(drain(&session) == [Sent(4, .event([3]))])
  }

  @Test func aFinishedAttemptIsHeldUntilItsLastRecordIsAcknowledged() {
    var session = Session(run: RunID(rawValue: "r"))
    _ = session.accept(a)
    _ = session.dequeue(for: 0)
    session.record(a, stream: 0, grownTo: 5)
    session.finish(a, with: [1])
    session.record([2])
    #expect(session.attempts[a] == .finished(2))
    #expect(session.acknowledge(1).attempts == [])
    #expect(session.attempts[a] != nil)
    #expect(session.acknowledge(2).attempts == [a])
    #expect(session.attempts.isEmpty && !session.isIdle)
    #expect(session.acknowledge(3) == Session.Released())
    #expect(session.isIdle)
  }

  @Test func anAcknowledgementSaysWhatTheDiskNeedNotKeep() {
    var session = Session(run: RunID(rawValue: "r"))
    for attempt in [a, b] { _ = session.accept(attempt) }
    for slot in 0..<2 { _ = session.dequeue(for: slot) }
    session.record(a, stream: 0, grownTo: limit + 5)
    session.record(b, stream: 1, grownTo: 7)
    session.finish(b, with: [1])
    #expect(session.acknowledge(1).streams == [Session.Stream(attempt: a, index: 0): limit])
    let rest = session.acknowledge(4)
    #expect(rest.streams == [Session.Stream(attempt: a, index: 0): limit + 5] && rest.attempts == [b])
  }

  @Test func aFinishClosesTheStreamsOfItsAttemptOnly() {
    var session = Session(run: RunID(rawValue: "r"))
    session.record(a, stream: 0, grownTo: 5)
    session.record(b, stream: 0, grownTo: 5)
    session.finish(a, with: [1])
    session.record(b, stream: 0, grownTo: 9)
    #expect(
      drain(&session) == [
        Sent(1, .data(a, stream: 0, offset: 0, length: 5)), Sent(2, .data(b, stream: 0, offset: 0, length: 9)),
        Sent(3, .event([1])),
      ])
  }

  @Test func acknowledgementsThatMakeNoSenseDoNoHarm() {
    var session = Session(run: RunID(rawValue: "r"))
    let nothing = Session.Released()
    for number in [5, .max] as [UInt64] { #expect(session.acknowledge(number) == nothing) }
    session.attach(received: .max)
    session.record([1])
    session.record([2])
    #expect(drain(&session).map(\.number) == [1, 2], "what was acknowledged in advance is sent all the same")
    for number in [2, 2, 1] as [UInt64] { #expect(session.acknowledge(number) == nothing) }
    #expect(session.isIdle && session.sequence == 2)
    session.attach(received: 0)
    #expect(!session.hasUnsent)
    session.record([3])
    #expect(session.acknowledge(.max) == nothing)
    #expect(session.isIdle && !session.hasUnsent)
  }

  @Test func unsentBytesLookAtTheLatestRecords() {
    var session = Session(run: RunID(rawValue: "r"))
    #expect(session.unsentBytes == 0)
    session.record(a, stream: 0, grownTo: limit * 3)
    session.record([1])
    #expect(session.unsentBytes == limit * 3)
    _ = session.next()
    #expect(session.unsentBytes == limit * 2)
    _ = drain(&session)
    #expect(session.unsentBytes == 0)
  }
}

/// A record on its way.
struct Sent: Equatable {
  var number: UInt64
  var record: Session.Record
  init(_ number: UInt64, _ record: Session.Record) { (self.number, self.record) = (number, record) }
}

func drain(_ session: inout Session) -> [Sent] {
  var sent: [Sent] = []
  while let (number, record) = session.next() { sent.append(Sent(number, record)) }
  return sent
}
